using System.Security.Cryptography;
using LiveSupport.Api.Edge;
using Microsoft.AspNetCore.DataProtection;

namespace LiveSupport.Api.Security;

/// <summary>
/// The one-time link that creates the first administrator. Each process prints one of its own, and whichever is opened,
/// on whichever edge, works: its code is sealed with the key ring that they share.
/// </summary>
internal sealed class SetupLink(IGrainFactory grains, IDataProtectionProvider protection)
{
    private const string Content = "first-administrator";

    private readonly IDataProtector _seal = protection.CreateProtector("LiveSupport.SetupLink");
    private volatile bool _closed;

    /// <summary>The link's path; null once there is an agent.</summary>
    public async Task<string?> Path() => await IsOpen() ? $"/setup?code={_seal.Protect(Content)}" : null;

    public async Task<bool> Opens(string? code) =>
        code is { Length: > 0 and < 500 } && IsOurs(code) && await IsOpen();

    /// <summary>Used: it opens nothing any more.</summary>
    public void Close() => _closed = true;

    private bool IsOurs(string code)
    {
        try
        {
            return _seal.Unprotect(code) == Content;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

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
