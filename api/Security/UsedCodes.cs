using System.Collections.Concurrent;
using System.Globalization;

namespace LiveSupport.Api.Security;

/// <summary>
/// Codes of authenticator apps that have let somebody in here: who has read one over a shoulder does not get in with it.
/// Each edge remembers its own.
/// </summary>
internal sealed class UsedCodes(TimeProvider clock)
{
    /// <summary>Identity takes a code from two steps of 30 s before its time until two after it.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<(string User, int Code), DateTimeOffset> _used = new();

    /// <param name="code">One that is right. Identity reads it as a number, so that "0123456" is "123456" once more.</param>
    /// <returns>False when it was used before.</returns>
    public bool Use(string user, string code)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, at) in _used)
            if (now - at > Life)
                _used.TryRemove(old, out _);
        return _used.TryAdd((user, int.Parse(code, CultureInfo.CurrentCulture)), now);
    }
}
