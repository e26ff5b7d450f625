using System.Collections.Immutable;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Operations;

/// <summary>The Operations page's first half: every process, every type of grain.</summary>
/// <param name="Silos">Null when the cluster could not be asked; <paramref name="Problem"/> says why.</param>
internal sealed record OperationsView(
    string Engine,
    DateTimeOffset At,
    ImmutableArray<ProcessView> Processes,
    ImmutableArray<SiloSeen>? Silos,
    string? Problem,
    ImmutableArray<GrainView> Grains);

/// <param name="Stale">It has missed two reports and more: it is gone, or cut off.</param>
internal sealed record ProcessView(ProcessReport Report, double SilentForSeconds, bool Stale);

internal sealed record GrainView(
    string Grain, int Activations, double CallsPerSecond, double? P50, double? P99, long Errors, ImmutableArray<MethodReport> Methods);

/// <summary>What happened to one conversation.</summary>
/// <param name="QueueRow">Null: the queue has no row.</param>
/// <param name="QueueAgrees">The row is the one that the conversation would write.</param>
/// <param name="Host">The silo that runs it; null when that is not known.</param>
internal sealed record ConversationView(
    ConversationInspection Conversation, QueueRow? QueueRow, bool QueueAgrees, string? Host, ImmutableArray<TimelineItem> Timeline);

/// <param name="Hidden">Visitors do not see it.</param>
internal sealed record TimelineItem(ConversationEvent Event, bool Hidden);

/// <summary>What administrators see of the inside.</summary>
internal static class OperationsEndpoints
{
    private const int Entries = 200;
    private const int TextShown = 160;
    private static readonly TimeSpan StaleAfter = 3 * ProcessReporter.Every;

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/operations").RequireAuthorization(Policies.Admin);

        group.MapGet("", async (IGrainFactory grains, IClusterView cluster, TimeProvider clock, ILogger<OperationsView> log) =>
        {
            var known = await grains.Operations().Processes();
            ClusterPicture? picture = null;
            try
            {
                picture = await cluster.Look();
            }
            catch (Exception broken)
            {
                log.LogWarning(broken, "The cluster could not be asked for its silos.");
            }
            ImmutableArray<ProcessView> processes =
                [.. known.Select(one => new ProcessView(one.Report, one.SilentForSeconds, one.SilentForSeconds > StaleAfter.TotalSeconds))];
            return new OperationsView(
                cluster.Engine,
                clock.GetUtcNow(),
                processes,
                picture?.Silos,
                picture is null ? "The cluster does not say which silos there are." : null,
                Grains([.. processes.Where(one => !one.Stale).SelectMany(one => one.Report.Grains)], picture?.Grains ?? []));
        }).WithSummary("Processes, silos, grains and stores, as they do now.");

        group.MapGet("/conversations/{id}", async (string id, HttpContext http, IGrainFactory grains, IClusterView cluster) =>
        {
            var workspaceId = http.User.Agent().WorkspaceId;
            var grain = grains.Conversation(workspaceId, Input.Known(id));
            var conversation = await grain.Inspect(Entries) ?? throw Refusals.NotFound();
            var row = await grains.Queue(workspaceId).Row(id);
            return new ConversationView(
                conversation with { Events = [], Row = conversation.Row with { Preview = "" } },
                row is null ? null : row with { Preview = "" },
                row is not null && row.Rev == conversation.Row.Rev && row.Status == conversation.Row.Status && row.Mode == conversation.Row.Mode
                    && row.Owner == conversation.Row.Owner && row.DueAt == conversation.Row.DueAt,
                await HostOf(cluster, grain),
                [.. conversation.Events.Select(change => new TimelineItem(Short(change), Masking.For(AuthorType.Visitor, change) is Hidden))]);
        }).WithSummary("What happened to a conversation: its record, its row, and all that is still known of its changes.");
    }

    /// <summary>Several processes answer calls of one type of grain: the rates add up, of the slow ones the slowest counts.</summary>
    internal static ImmutableArray<GrainView> Grains(ImmutableArray<GrainReport> reports, ImmutableArray<GrainCount> counts)
    {
        var active = counts.ToDictionary(count => count.Grain, count => count.Activations);
        return
        [
            .. reports.GroupBy(report => report.Grain)
                .Select(group => new GrainView(
                    group.Key,
                    active.GetValueOrDefault(group.Key),
                    group.Sum(one => one.Calls.PerSecond),
                    Middle([.. group.Select(one => one.Calls)]),
                    group.Max(one => one.Calls.P99),
                    group.Sum(one => one.Errors),
                    [
                        .. group.SelectMany(one => one.Methods).GroupBy(method => method.Method).Select(method => new MethodReport(
                            method.Key,
                            new Timing(method.Sum(one => one.Calls.PerSecond), Middle([.. method.Select(one => one.Calls)]), method.Max(one => one.Calls.P99)),
                            method.Sum(one => one.Errors))),
                    ]))
                .Concat(active.Where(one => !reports.Any(report => report.Grain == one.Key))
                    .Select(one => new GrainView(one.Key, one.Value, 0, null, null, 0, [])))
                .OrderByDescending(grain => grain.CallsPerSecond).ThenBy(grain => grain.Grain, StringComparer.Ordinal),
        ];
    }

    /// <summary>The medians' mean, each by how many calls it stands for.</summary>
    private static double? Middle(IReadOnlyList<Timing> timings)
    {
        var known = timings.Where(one => one.P50 is not null && one.PerSecond > 0).ToList();
        return known.Count == 0 ? null : known.Sum(one => one.P50!.Value * one.PerSecond) / known.Sum(one => one.PerSecond);
    }

    private static async Task<string?> HostOf(IClusterView cluster, IConversationGrain conversation)
    {
        try
        {
            return await cluster.HostOf(conversation);
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static ConversationEvent Short(ConversationEvent change) => change is EntryAdded added
        ? added with { Entry = added.Entry with { Text = Texts.Cut(added.Entry.Text, TextShown) } }
        : change;
}
