using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Load.Servers;
using LiveSupport.Tests.Support;

namespace LiveSupport.Load.Commands;

/// <summary>Agents who open conversations of known customers: how long the cached panel takes, and how often the providers are asked for it.</summary>
internal static class PanelCommand
{
    public static readonly Command Command = new("panel",
        "agents open conversations of customers with full cards [--agents 100] [--customers 20] [--opens 20 (each agent)] [--per-second 50]", Run);

    /// <summary>What the panel may take from the cache, at the 95th percentile.</summary>
    private const double Target = 20;

    private const string KnownCustomer = "anna.berger@example.com";

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var agents = arguments.Number("agents", 100);
        var customers = arguments.Number("customers", 20);
        var opens = arguments.Number("opens", 20);
        var perSecond = arguments.Number("per-second", 50);
        arguments.End();
        await using var server = await ServerProcess.Api(stop, "--demo");
        using var target = await ApiTarget.For(server, agents, stop);
        using var nobody = new HttpClient { BaseAddress = server.Address };
        var before = await Calls(nobody, stop);
        var people = await Task.WhenAll(Enumerable.Range(0, customers).Select(_ => Arrive(server, nobody, stop)));
        var desks = await Task.WhenAll(Enumerable.Range(0, agents).Select(async agent =>
            await HubClient.Connect(new Uri(server.Address, "/hubs/agent"), cookie: target.Cookie(agent), onEvent: static _ => { }, stop: stop)));
        try
        {
            // All at once, whether what they see is there yet or not.
            await Task.WhenAll(Enumerable.Range(0, agents).Select(agent => Open(agent, people[0])));
            foreach (var person in people)
                await Full(person);
            var cold = await Calls(nobody, stop);

            var (hub, rest) = (new List<double>(), new List<double>());
            var random = new Random(7);
            using (var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond)))
            {
                var under = new List<Task>();
                for (var i = 0; i < agents * opens && await pace.WaitForNextTickAsync(stop); i++)
                    under.Add(Measure(i % agents, people[random.Next(people.Length)]));
                await Task.WhenAll(under);
            }
            var warm = await Calls(nobody, stop);

            Console.WriteLine($"{agents} agents, {customers} customers, {agents * opens} opens, {perSecond}/s");
            var p95 = Percentiles("panel (REST, with the cards)", rest);
            Percentiles("conversation (hub, Open)", hub);
            Console.WriteLine($"calls to the providers: {cold - before} for {customers} customers, of whom one was opened by {agents} at once; {warm - cold} for {agents * opens} opens after");
            Console.WriteLine(FormattableString.Invariant($"p95 {(p95 <= Target ? "within" : "beyond")} {Target} ms"));
            return p95 <= Target ? 0 : 1;

            async Task Measure(int agent, (string Visitor, string Conversation) person)
            {
                var from = Stopwatch.GetTimestamp();
                await desks[agent].Invoke("Open", person.Conversation);
                var opened = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
                from = Stopwatch.GetTimestamp();
                var panel = await target.Panel(agent, person.Visitor, stop);
                var shown = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
                if (!panel.GetProperty("integrations").EnumerateObject().All(card => card.Value.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object))
                    throw new InvalidDataException("A panel came without its cards.");
                lock (hub)
                {
                    hub.Add(opened);
                    rest.Add(shown);
                }
            }
        }
        finally
        {
            foreach (var desk in desks)
                await desk.DisposeAsync();
        }

        async Task Open(int agent, (string Visitor, string Conversation) person)
        {
            await desks[agent].Invoke("Open", person.Conversation);
            await target.Panel(agent, person.Visitor, stop);
        }

        async Task Full((string Visitor, string Conversation) person)
        {
            while ((await target.Panel(0, person.Visitor, stop)).GetProperty("integrations").EnumerateObject().Any(card => card.Value.GetProperty("state").GetString() != "fresh"))
                await Task.Delay(20, stop);
        }
    }

    /// <summary>A customer whom every provider knows, with a conversation.</summary>
    private static async Task<(string Visitor, string Conversation)> Arrive(ServerProcess server, HttpClient http, CancellationToken stop)
    {
        using var answer = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default" }, stop);
        var session = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(stop);
        await using var hub = await HubClient.Connect(new Uri(server.Address, "/hubs/visitor"), session.GetProperty("accessToken").GetString(), onEvent: static _ => { }, stop: stop);
        var posted = await hub.Invoke("Send", new { clientId = "hello", text = "Where is my order?" });
        await hub.Invoke("Identify", new { email = KnownCustomer });
        return (session.GetProperty("visitor").GetProperty("id").GetString()!, posted.GetProperty("conversationId").GetString()!);
    }

    /// <summary>How often the fakes of the providers were asked so far, all together.</summary>
    private static async Task<int> Calls(HttpClient http, CancellationToken stop) =>
        (await http.GetFromJsonAsync<Dictionary<string, int>>("/fakes/calls", stop))!.Where(calls => calls.Key != "pictures").Sum(calls => calls.Value);

    private static double Percentiles(string what, List<double> waits)
    {
        waits.Sort();
        Console.WriteLine(FormattableString.Invariant($"{what,-32} p50 {At(0.5),6:0.00}  p95 {At(0.95),6:0.00}  worst {At(1),6:0.00} ms"));
        return At(0.95);

        double At(double share) => waits[(int)(share * (waits.Count - 1))];
    }
}
