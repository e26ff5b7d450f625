using LiveSupport.Api.Edge;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Identity;

namespace LiveSupport.Api.Security;

/// <summary>Identity's user store over the agents' grains. The e-mail is the user name.</summary>
internal sealed class AgentStore(IGrainFactory grains, IPasswordHasher<AgentUser> hasher, AuthenticatorKeys keys) :
    IUserPasswordStore<AgentUser>,
    IUserEmailStore<AgentUser>,
    IUserSecurityStampStore<AgentUser>,
    IUserTwoFactorStore<AgentUser>,
    IUserAuthenticatorKeyStore<AgentUser>,
    IUserTwoFactorRecoveryCodeStore<AgentUser>
{
    public async Task<IdentityResult> CreateAsync(AgentUser user, CancellationToken stop)
    {
        // The list first: it decides who has the e-mail, and who is the first.
        var entered = Result(await grains.Workspace(user.WorkspaceId).EnterAgent(Profile(user, Availability.Offline), user.OnlyAsFirst));
        return entered.Succeeded ? await Save(user) : entered;
    }

    public async Task<IdentityResult> UpdateAsync(AgentUser user, CancellationToken stop)
    {
        var before = await grains.Agent(user.WorkspaceId, user.Id).Profile();
        var now = Profile(user, before?.Availability ?? Availability.Offline);
        var entered = now == before
            ? IdentityResult.Success
            : Result(await grains.Workspace(user.WorkspaceId).EnterAgent(now, onlyFirst: false));
        return entered.Succeeded ? await Save(user) : entered;
    }

    public Task<IdentityResult> DeleteAsync(AgentUser user, CancellationToken stop) =>
        throw new NotSupportedException("Agents are not deleted: their conversations name them.");

    public async Task<AgentUser?> FindByIdAsync(string userId, CancellationToken stop)
    {
        var (workspaceId, id) = Ids.Split(userId);
        return await grains.Agent(workspaceId, id).Account() is { } account ? AgentUser.Of(workspaceId, account) : null;
    }

    /// <summary>At the sign-in no workspace is known yet; today there is one.</summary>
    public async Task<AgentUser?> FindByEmailAsync(string normalizedEmail, CancellationToken stop) =>
        await grains.Workspace(Workspaces.Default).FindAgent(normalizedEmail) is { } id
            ? await FindByIdAsync(Ids.Key(Workspaces.Default, id), stop)
            : null;

    public Task<AgentUser?> FindByNameAsync(string normalizedUserName, CancellationToken stop) => FindByEmailAsync(normalizedUserName, stop);

    public Task<string> GetUserIdAsync(AgentUser user, CancellationToken stop) => Task.FromResult(user.Key);
    public Task<string?> GetUserNameAsync(AgentUser user, CancellationToken stop) => Task.FromResult<string?>(user.Email);
    public Task SetUserNameAsync(AgentUser user, string? userName, CancellationToken stop) => Do(() => user.Email = userName ?? "");
    public Task<string?> GetNormalizedUserNameAsync(AgentUser user, CancellationToken stop) => Task.FromResult<string?>(user.NormalizedEmail);
    public Task SetNormalizedUserNameAsync(AgentUser user, string? name, CancellationToken stop) => Do(() => user.NormalizedEmail = name ?? "");

    public Task<string?> GetEmailAsync(AgentUser user, CancellationToken stop) => Task.FromResult<string?>(user.Email);
    public Task SetEmailAsync(AgentUser user, string? email, CancellationToken stop) => Do(() => user.Email = email ?? "");
    public Task<string?> GetNormalizedEmailAsync(AgentUser user, CancellationToken stop) => Task.FromResult<string?>(user.NormalizedEmail);
    public Task SetNormalizedEmailAsync(AgentUser user, string? email, CancellationToken stop) => Do(() => user.NormalizedEmail = email ?? "");

    /// <summary>An administrator enters agents; nobody signs up alone, so there is nothing to confirm.</summary>
    public Task<bool> GetEmailConfirmedAsync(AgentUser user, CancellationToken stop) => Task.FromResult(true);
    public Task SetEmailConfirmedAsync(AgentUser user, bool confirmed, CancellationToken stop) => Task.CompletedTask;

    public Task<string?> GetPasswordHashAsync(AgentUser user, CancellationToken stop) => Task.FromResult(user.PasswordHash);
    public Task SetPasswordHashAsync(AgentUser user, string? hash, CancellationToken stop) => Do(() => user.PasswordHash = hash);
    public Task<bool> HasPasswordAsync(AgentUser user, CancellationToken stop) => Task.FromResult(user.PasswordHash is not null);

    public Task<string?> GetSecurityStampAsync(AgentUser user, CancellationToken stop) => Task.FromResult(user.SecurityStamp);
    public Task SetSecurityStampAsync(AgentUser user, string stamp, CancellationToken stop) => Do(() => user.SecurityStamp = stamp);

    public Task<bool> GetTwoFactorEnabledAsync(AgentUser user, CancellationToken stop) => Task.FromResult(user.TwoFactorEnabled);
    public Task SetTwoFactorEnabledAsync(AgentUser user, bool enabled, CancellationToken stop) => Do(() => user.TwoFactorEnabled = enabled);
    public Task<string?> GetAuthenticatorKeyAsync(AgentUser user, CancellationToken stop) => Task.FromResult(keys.Open(user.AuthenticatorKey));
    public Task SetAuthenticatorKeyAsync(AgentUser user, string key, CancellationToken stop) => Do(() => user.AuthenticatorKey = keys.Seal(key));

    public Task ReplaceCodesAsync(AgentUser user, IEnumerable<string> recoveryCodes, CancellationToken stop) =>
        Do(() => user.RecoveryCodes = [.. recoveryCodes.Select(code => hasher.HashPassword(user, code))]);

    public Task<bool> RedeemCodeAsync(AgentUser user, string code, CancellationToken stop)
    {
        var used = user.RecoveryCodes.FirstOrDefault(hash => hasher.VerifyHashedPassword(user, hash, code) != PasswordVerificationResult.Failed);
        user.RecoveryCodes = [.. user.RecoveryCodes.Where(hash => hash != used)];
        return Task.FromResult(used is not null);
    }

    public Task<int> CountCodesAsync(AgentUser user, CancellationToken stop) => Task.FromResult(user.RecoveryCodes.Count);

    public void Dispose()
    {
    }

    private async Task<IdentityResult> Save(AgentUser user)
    {
        var stamp = Guid.NewGuid().ToString("N");
        var saved = await grains.Agent(user.WorkspaceId, user.Id).Save(user.ToAccount(stamp), user.ConcurrencyStamp);
        if (saved.Accepted)
            user.ConcurrencyStamp = saved.Value!.ConcurrencyStamp ?? stamp;
        return Result(saved);
    }

    private static AgentProfile Profile(AgentUser user, Availability availability) =>
        new(user.Id, user.Name, user.Email, user.Role, availability, user.Deactivated);

    private static IdentityResult Result<T>(Outcome<T> outcome) =>
        outcome.Refusal is { } refusal
            ? IdentityResult.Failed(new IdentityError { Code = refusal.Code, Description = refusal.Sentence })
            : IdentityResult.Success;

    private static Task Do(Action change)
    {
        change();
        return Task.CompletedTask;
    }
}
