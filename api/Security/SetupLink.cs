using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LiveSupport.Api.Edge;

namespace LiveSupport.Api.Security;

/// <summary>The one-time link that creates the first administrator. Its code lives in memory and on the console only.</summary>
internal sealed class SetupLink(IGrainFactory grains)
{
    private readonly string _code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
    private volatile bool _closed;

    /// <summary>The link's path; null once there is an agent.</summary>
    public async Task<string?> Path() => await IsOpen() ? $"/setup?code={_code}" : null;

    public async Task<bool> Opens(string? code) =>
        code is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(_code))
        && await IsOpen();

    /// <summary>Used: it opens nothing any more.</summary>
    public void Close() => _closed = true;

    private async Task<bool> IsOpen()
    {
        _closed |= await grains.Workspace(Workspaces.Default).Agents() switch
        {
            [] => false,
            // A set-up that was cut off half-way has listed the administrator, but not stored the account.
            [{ Id: AgentUser.FirstId }] => await grains.Agent(Workspaces.Default, AgentUser.FirstId).Account() is not null,
            _ => true,
        };
        return !_closed;
    }
}
