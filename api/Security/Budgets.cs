using System.Collections.Concurrent;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Security;

/// <summary>How much one caller may do. Configured under <c>LiveSupport:Limits</c>; a new limit gets its line in Configuration/Settings.cs.</summary>
internal sealed class EdgeLimits
{
    /// <summary>Messages at once, and then per second, of a visitor and of each of its connections.</summary>
    public double MessageBurst { get; set; } = 10;
    public double MessagesPerSecond { get; set; } = 5;

    /// <summary>The same of an agent's connection.</summary>
    public double AgentMessageBurst { get; set; } = 60;
    public double AgentMessagesPerSecond { get; set; } = 20;

    /// <summary>Calls of any kind at once, and then per second, of a connection.</summary>
    public double CallBurst { get; set; } = 100;
    public double CallsPerSecond { get; set; } = 30;

    /// <summary>Refused calls after which a flooding connection is closed; each call that is let through makes up for one.</summary>
    public int RefusalsBeforeClose { get; set; } = 300;

    /// <summary>Visitor sessions begun from one address. Whole offices share one.</summary>
    public double SessionBurst { get; set; } = 2_000;
    public double SessionsPerSecond { get; set; } = 50;

    /// <summary>Sign-ins tried from one address.</summary>
    public double LoginBurst { get; set; } = 100;
    public double LoginsPerSecond { get; set; } = 5;

    /// <summary>Wrong passwords for one e-mail, whether an agent has it or not: from one address or known browser.</summary>
    public double WrongPasswordBurst { get; set; } = 5;
    public double WrongPasswordsPerSecond { get; set; } = 1.0 / 300;

    /// <summary>
    /// Of unknown browsers everywhere. More than one address has of its own: who guesses from one keeps nobody else out.
    /// </summary>
    public double EmailWrongPasswordBurst { get; set; } = 10;
    public double EmailWrongPasswordsPerSecond { get; set; } = 1.0 / 90;

    /// <summary>Of unknown browsers at one address, for whatever e-mails.</summary>
    public double AddressWrongPasswordBurst { get; set; } = 30;
    public double AddressWrongPasswordsPerSecond { get; set; } = 0.1;

    /// <summary>Unknown API keys tried from one address.</summary>
    public double WrongKeyBurst { get; set; } = 30;
    public double WrongKeysPerSecond { get; set; } = 0.5;

    /// <summary>Visitors' sessions and sockets that may be in the making at the same time, and that may wait for it; agents' sockets as many again.</summary>
    public int EntriesAtOnce { get; set; } = 64;
    public int EntriesWaiting { get; set; } = 1_000;

    /// <summary>Files of a visitor at once, and then per second; of all visitors from one address; of an agent.</summary>
    public double UploadBurst { get; set; } = 20;
    public double UploadsPerSecond { get; set; } = 0.2;
    public double AddressUploadBurst { get; set; } = 200;
    public double AddressUploadsPerSecond { get; set; } = 2;
    public double AgentUploadBurst { get; set; } = 100;
    public double AgentUploadsPerSecond { get; set; } = 2;

    /// <summary>Megabytes of files of one visitor in all its conversations.</summary>
    public int VisitorStorageMb { get; set; } = 100;

    /// <summary>Megabytes of files of all visitors from one address, at once and then per second; sent or not.</summary>
    public double AddressUploadMbBurst { get; set; } = 2_000;
    public double AddressUploadMbPerSecond { get; set; } = 0.1;

    /// <summary>Megabytes of files that no message has taken, from one address and in all; each file counts as one at least.</summary>
    public int AddressUnsentMb { get; set; } = 500;
    public int UnsentMb { get; set; } = 5_000;

    /// <summary>Visitors' open sockets from one address, and of one visitor.</summary>
    public int ConnectionsPerAddress { get; set; } = 2_000;
    public int ConnectionsPerVisitor { get; set; } = 20;
}

/// <summary>So many at once, and then so many a second.</summary>
internal sealed class TokenBucket(double burst, double perSecond, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private double _spent;
    private long _at = clock.GetTimestamp();

    public bool TryTake(double amount = 1)
    {
        lock (_gate)
        {
            Refill();
            if (_spent > burst - amount)
                return false;
            _spent += amount;
            return true;
        }
    }

    /// <summary>What was taken was not used after all.</summary>
    public void GiveBack(double amount = 1)
    {
        lock (_gate)
            _spent = Math.Max(0, _spent - amount);
    }

    /// <summary>How long until there is so much to take; a day when there never will be.</summary>
    public TimeSpan Wait(double amount = 1)
    {
        lock (_gate)
        {
            Refill();
            return _spent <= burst - amount ? TimeSpan.Zero
                : TimeSpan.FromSeconds(Math.Min((_spent - (burst - amount)) / perSecond, TimeSpan.SecondsPerDay));
        }
    }

    public bool IsFull()
    {
        lock (_gate)
        {
            Refill();
            return _spent <= 0;
        }
    }

    private void Refill()
    {
        var now = clock.GetTimestamp();
        _spent = Math.Max(0, _spent - (clock.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}

/// <summary>One bucket for each subject. A full bucket remembers nothing and is forgotten.</summary>
internal sealed class Budgets(double burst, double perSecond, TimeProvider clock)
{
    private const int SweepAt = 10_000;
    private readonly ConcurrentDictionary<string, TokenBucket> _buckets = new();
    private int _sweepAt = SweepAt;

    public TokenBucket For(string subject)
    {
        if (_buckets.Count > _sweepAt)
        {
            foreach (var (key, bucket) in _buckets)
                if (bucket.IsFull())
                    _buckets.TryRemove(key, out _);
            _sweepAt = Math.Max(SweepAt, _buckets.Count * 2);
        }
        return _buckets.GetOrAdd(subject, _ => new TokenBucket(burst, perSecond, clock));
    }

    /// <exception cref="RefusedException">There is none to take: <paramref name="tooMany"/>, and how long that lasts.</exception>
    public void Take(string subject, string tooMany)
    {
        var bucket = For(subject);
        if (!bucket.TryTake())
            throw Refusals.TooMany(tooMany, bucket.Wait());
    }
}

/// <summary>All budgets of this process; what guards an account is counted by <see cref="ITriesGrain"/> for all of them.</summary>
internal sealed class EdgeBudgets(EdgeLimits limits, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, int> _sockets = new();

    public EdgeLimits Limits { get; } = limits;
    public Budgets Visitors { get; } = new(limits.MessageBurst, limits.MessagesPerSecond, clock);
    public Budgets Sessions { get; } = new(limits.SessionBurst, limits.SessionsPerSecond, clock);
    public Budgets Logins { get; } = new(limits.LoginBurst, limits.LoginsPerSecond, clock);

    public Budgets WrongPasswordsOfAddress { get; } = new(limits.AddressWrongPasswordBurst, limits.AddressWrongPasswordsPerSecond, clock);

    public Budgets WrongKeys { get; } = new(limits.WrongKeyBurst, limits.WrongKeysPerSecond, clock);

    public Budgets Uploads { get; } = new(limits.UploadBurst, limits.UploadsPerSecond, clock);
    public Budgets UploadsOfAddress { get; } = new(limits.AddressUploadBurst, limits.AddressUploadsPerSecond, clock);
    public Budgets UploadedMbOfAddress { get; } = new(limits.AddressUploadMbBurst, limits.AddressUploadMbPerSecond, clock);
    public Budgets AgentUploads { get; } = new(limits.AgentUploadBurst, limits.AgentUploadsPerSecond, clock);

    public TryBudget WrongPasswords(string of) => new(of, Limits.WrongPasswordBurst, Limits.WrongPasswordsPerSecond);
    public TryBudget WrongPasswordsOfEmail(string email) => new($"email {email}", Limits.EmailWrongPasswordBurst, Limits.EmailWrongPasswordsPerSecond);

    public TokenBucket Messages() => new(Limits.MessageBurst, Limits.MessagesPerSecond, clock);
    public TokenBucket AgentMessages() => new(Limits.AgentMessageBurst, Limits.AgentMessagesPerSecond, clock);
    public TokenBucket Calls() => new(Limits.CallBurst, Limits.CallsPerSecond, clock);

    /// <summary>Counts one more socket of the subject, unless it has <paramref name="most"/>.</summary>
    public bool TryOpen(string subject, int most)
    {
        if (_sockets.AddOrUpdate(subject, 1, (_, open) => open + 1) <= most)
            return true;
        Closed(subject);
        return false;
    }

    public void Closed(string subject)
    {
        if (_sockets.AddOrUpdate(subject, 0, (_, open) => open - 1) <= 0)
            _sockets.TryRemove(KeyValuePair.Create(subject, 0));
    }
}
