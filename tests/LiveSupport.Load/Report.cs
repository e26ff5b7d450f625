using System.Text.Json;
using LiveSupport.Load.Traffic;

namespace LiveSupport.Load;

/// <summary>What the runs found: a table for people, JSON for programs.</summary>
internal sealed class Report
{
    /// <summary>The floor: bare SignalR with the product's settings of the runtime, and as ASP.NET Core comes.</summary>
    public const string Echo = "echo";
    public const string PlainEcho = "echo as is";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<Row> _rows = [];

    public sealed record Row(string Run, string Target, Measured? Messages, Findings? Findings, IdleMeasured? Idle);

    /// <summary>Nothing was lost, doubled, reordered, refused or cut off.</summary>
    public bool AllHold => _rows.All(row => row.Findings?.AllHold != false && row.Messages is not ({ Refused: > 0 } or { AgentsCut: > 0 }));

    public void Add(string run, string target, Measured messages, Findings findings)
    {
        _rows.Add(new Row(run, target, messages, findings, null));
        Console.WriteLine(FormattableString.Invariant(
            $"{run,-14} {target,-12} {messages.PerSecond,7:0}/s  ack {messages.Ack,-22} seen {messages.Seen,-22} ms  cpu {messages.CpuPer1000,6:0.0} (load {messages.OwnCpuPer1000:0.0}) ms/1000  {messages.Messages} messages: {findings}{Trouble(messages)}"));
    }

    public void Add(string run, string target, IdleMeasured idle)
    {
        _rows.Add(new Row(run, target, null, null, idle));
        Console.WriteLine(FormattableString.Invariant(
            $"{run,-14} {target,-12} {idle.Connections} connections  {idle.KilobytesEach:0.0} KB each  {idle.Megabytes:0} MB  cpu {idle.CpuPercent:0.0} % of a core"));
    }

    /// <summary>The product against the floors, for every run that has both.</summary>
    public void Compare()
    {
        Console.WriteLine();
        foreach (var ours in _rows.Where(row => !IsFloor(row)))
        {
            foreach (var floor in _rows.Where(row => IsFloor(row) && row.Run == ours.Run))
            {
                if (ours.Messages is { } messages && floor.Messages is { } bare)
                    Console.WriteLine(FormattableString.Invariant(
                        $"{ours.Run,-14} throughput {messages.PerSecond / bare.PerSecond:0.00}x  seen p99 {messages.Seen.P99 / bare.Seen.P99:0.0}x  cpu {messages.CpuPer1000 / bare.CpuPer1000:0.00}x of the {floor.Target}"));
                if (ours.Idle is { } idle && floor.Idle is { } bareIdle)
                    Console.WriteLine(FormattableString.Invariant($"{ours.Run,-14} memory {idle.KilobytesEach / bareIdle.KilobytesEach:0.00}x of the {floor.Target}"));
            }
        }
    }

    public async Task Write(string? file)
    {
        if (file is null)
            return;
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, _rows, Json);
    }

    private static bool IsFloor(Row row) => row.Target is Echo or PlainEcho;

    private static string Trouble(Measured messages) =>
        (messages.Refused > 0 ? $", {messages.Refused} refused ({messages.FirstRefusal})" : "")
        + (messages.AgentsCut > 0 ? $", {messages.AgentsCut} agents cut off" : "");
}

/// <param name="KilobytesEach">How much the server's resident memory grew for each further connection.</param>
internal sealed record IdleMeasured(int Connections, double KilobytesEach, double Megabytes, double CpuPercent);
