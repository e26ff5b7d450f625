using System.Collections.Concurrent;
using System.Reflection;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace LiveSupport.Api.Hubs;

internal enum Cost
{
    /// <summary>A call like any other.</summary>
    Call,

    /// <summary>Makes an entry: counted as strictly as messages are.</summary>
    Message,
}

/// <summary>How a hub method is counted against its caller's budgets.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CostsAttribute(Cost cost) : Attribute
{
    public Cost Cost { get; } = cost;
}

/// <summary>
/// Stands before every hub method: counts the call, and turns every refusal and failure into <c>code: sentence</c>.
/// The connection lives on, unless it floods.
/// </summary>
internal sealed class HubGuard(ILogger<HubGuard> log) : IHubFilter
{
    private static readonly ConcurrentDictionary<MethodInfo, Cost> Costs = new();

    private sealed record Account(TokenBucket Calls, TokenBucket Messages, TokenBucket? Also, Outbox Outbox, int RefusalsBeforeClose)
    {
        public int Refusals { get; set; }
    }

    /// <param name="messages">Counts this connection's messages.</param>
    /// <param name="also">A bucket shared with the caller's other connections.</param>
    public static void Begin(HubCallerContext context, EdgeBudgets budgets, Outbox outbox, TokenBucket messages, TokenBucket? also) =>
        context.Items[typeof(Account)] = new Account(budgets.Calls(), messages, also, outbox, budgets.Limits.RefusalsBeforeClose);

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            var cost = Count(invocation);
            // Binding refuses nulls within a request, but takes one for the whole of it.
            if (invocation.HubMethodArguments.Contains(null))
                throw Input.Bad("The arguments are not as documented.");
            if (cost == Cost.Call)
                return await next(invocation);
            using var sending = EdgeMeasures.Sending(invocation.Hub);
            return await next(invocation);
        }
        catch (RefusedException refused)
        {
            throw Error(refused.Refusal.Code, refused.Refusal.Sentence);
        }
        catch (Exception broken) when (broken is not HubException)
        {
            log.LogError(broken, "{Method} failed.", invocation.HubMethodName);
            throw Error(Codes.Unavailable, "It could not be done just now. Try again.");
        }
    }

    private static Cost Count(HubInvocationContext invocation)
    {
        if (!invocation.Context.Items.TryGetValue(typeof(Account), out var value) || value is not Account account)
            throw new RefusedException(Codes.RateLimited, "The connection is closing.");
        var cost = Costs.GetOrAdd(invocation.HubMethod, method => method.GetCustomAttribute<CostsAttribute>()?.Cost ?? Cost.Call);
        if (account.Calls.TryTake() && (cost == Cost.Call || (account.Messages.TryTake() && account.Also?.TryTake() != false)))
        {
            // One, not all: whoever sends at many times its limit is let through now and then, too.
            account.Refusals = Math.Max(0, account.Refusals - 1);
            return cost;
        }
        if (++account.Refusals > account.RefusalsBeforeClose)
            account.Outbox.Close(Codes.RateLimited, reconnect: true);
        throw new RefusedException(Codes.RateLimited, "Too many at once. Wait a second and try again.");
    }

    private static HubException Error(string code, string sentence)
    {
        EdgeMeasures.Refused("hub", code);
        return new HubException($"{code}: {sentence}");
    }
}
