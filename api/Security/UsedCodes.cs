using System.Globalization;
using LiveSupport.Api.Edge;

namespace LiveSupport.Api.Security;

/// <summary>
/// Codes of authenticator apps that have let somebody in: who has read one over a shoulder does not get in with it, at
/// whichever edge. To use a code is to take the one try that there is of it.
/// </summary>
internal sealed class UsedCodes(IGrainFactory grains)
{
    /// <summary>Identity takes a code from two steps of 30 s before its time until two after it.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(3);

    /// <param name="code">One that is right. Identity reads it as a number, so that "0123456" is "123456" once more.</param>
    /// <returns>False when it was used before.</returns>
    public async Task<bool> Use(AgentUser user, string code)
    {
        var number = int.Parse(code, CultureInfo.CurrentCulture).ToString(CultureInfo.InvariantCulture);
        return await grains.Tries(user.WorkspaceId).Take([new($"code {number} of {user.Key}", Burst: 1, 1 / Life.TotalSeconds)]) is null;
    }
}
