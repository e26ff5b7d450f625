using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Webhooks;

/// <summary>When an event is tried again, and when no more. Pure; chance is handed in.</summary>
public static class WebhookRules
{
    /// <summary>Endpoints of one workspace.</summary>
    public const int Endpoints = 20;

    /// <summary>An event that has failed for so long is given up.</summary>
    public static readonly TimeSpan GivenUpAfter = TimeSpan.FromHours(24);

    /// <summary>An endpoint that took nothing for so long is left alone until somebody resumes it.</summary>
    public static readonly TimeSpan SuspendedAfter = TimeSpan.FromHours(72);

    /// <summary>So many given-up events, and the endpoint is left alone.</summary>
    public const int DeadLetters = 1_000;

    /// <summary>Failures in a row after which only one event at a time knocks.</summary>
    private const int OpensAfter = 5;

    /// <summary>How long a message is signed with the secret before, too.</summary>
    public static readonly TimeSpan OldSecretLives = TimeSpan.FromHours(24);

    private const int DescriptionLength = 200;

    private static readonly ImmutableArray<TimeSpan> Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15),
        TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    private static readonly TimeSpan FirstKnock = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastKnock = TimeSpan.FromMinutes(5);

    /// <summary>The wait after that many failures of one event.</summary>
    /// <param name="chance">0 to 1: spreads waits by a fifth to each side, so that many do not come back at once.</param>
    public static TimeSpan Delay(int failures, double chance) => Spread(Delays[Math.Clamp(failures, 1, Delays.Length) - 1], chance);

    /// <summary>How long a whole endpoint is left alone after that many failures in a row; null: it is not.</summary>
    public static TimeSpan? Rest(int failuresInARow, double chance) => failuresInARow < OpensAfter
        ? null
        : Spread(TimeSpan.FromSeconds(Math.Min(LastKnock.TotalSeconds, FirstKnock.TotalSeconds * Math.Pow(2, Math.Min(failuresInARow - OpensAfter, 20)))), chance);

    public static Refusal? Check(WebhookWish wish) =>
        wish.Events.Length == 0 || wish.Events.Except(WebhookTypes.All).Any() || wish.Events.Distinct().Count() != wish.Events.Length
            ? new Refusal(Codes.BadRequest, $"Choose one or more of the events {string.Join(", ", WebhookTypes.All)}.")
            : wish.Description?.Length > DescriptionLength
                ? new Refusal(Codes.TooLong, $"A description may have {DescriptionLength} characters.")
                : null;

    private static TimeSpan Spread(TimeSpan time, double chance) => time * (0.8 + (0.4 * chance));
}
