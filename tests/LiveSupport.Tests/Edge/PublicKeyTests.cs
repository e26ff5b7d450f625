using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>A site that vouches for its users with a key pair, and one where nobody else may chat.</summary>
public sealed class PublicKeyTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly RSA Old = RSA.Create(2_048);
    private static readonly RSA New = RSA.Create(3_072);

    private static readonly WorkspaceSettings Settings = new()
    {
        Name = "Linnea",
        TeamName = "Linnea",
        SiteKeys = ["default"],
        IdentityKeys = [new IdentityKey("old", Old.ExportSubjectPublicKeyInfoPem()), new IdentityKey("new", New.ExportRSAPublicKeyPem())],
    };

    [Fact]
    public void A_token_is_read_with_the_key_that_it_names()
    {
        Assert.Equal("customer-7", UserTokens.Read(Jwt(Old, "old"), Settings, Now).Id);
        Assert.Equal("customer-7", UserTokens.Read(Jwt(New, "new"), Settings, Now).Id);
        var only = Settings with { IdentityKeys = [Settings.IdentityKeys[0]] };
        Assert.Equal("customer-7", UserTokens.Read(Jwt(Old, kid: null), only, Now).Id);
    }

    [Fact]
    public void No_other_key_or_algorithm_will_do()
    {
        var publicKey = Settings.IdentityKeys[0].Pem;
        foreach (var token in (string[])[
            Jwt(New, "old"), Jwt(Old, "new"), Jwt(Old, "third"), Jwt(Old, "../old"), Jwt(Old, 7), Jwt(Old, kid: null), Jwt(Old, "old", "RS512"), Jwt(Old, "old", "none"),
            // Whoever signs with what everybody may know.
            Jwt(signed => HMACSHA256.HashData(Encoding.UTF8.GetBytes(publicKey), signed), "old", "HS256"),
            Jwt(signed => HMACSHA256.HashData(Array.Empty<byte>(), signed), "old", "HS256"),
            Jwt(_ => [], "old"), Jwt(_ => new byte[256], "old")])
        {
            Assert.Equal(Codes.TokenInvalid, Assert.Throws<RefusedException>(() => UserTokens.Read(token, Settings, Now)).Refusal.Code);
        }

        var withSecret = Settings with { IdentitySecret = "a secret that the shop and we share" };
        Assert.Throws<RefusedException>(() => UserTokens.Read(
            Jwt(signed => HMACSHA256.HashData(Encoding.UTF8.GetBytes(publicKey), signed), "old", "HS256"), withSecret, Now));
    }

    [Fact]
    public async Task Where_a_site_wants_it_only_its_own_users_chat()
    {
        await using var server = await TestServer.Start();
        var before = await server.NewVisitor();
        using var admin = await server.SignIn();
        var settings = await admin.Http.GetFromJsonAsync<JsonElement>("/api/settings");
        Assert.Equal(HttpStatusCode.OK, (await Put(identityKeys: Settings.IdentityKeys, requireIdentity: true)).StatusCode);

        using var http = server.Http();
        foreach (var visitorToken in (string?[])[null, before.Token])
        {
            var refused = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default", visitorToken });
            Assert.Equal((HttpStatusCode.Unauthorized, "not-signed-in"), (refused.StatusCode, await BadInputTests.Code(refused)));
        }

        var known = await server.NewVisitor(before.Token, Jwt(New, "new", now: server.Clock.GetUtcNow()));
        Assert.True(known.Session.GetProperty("visitor").GetProperty("verified").GetBoolean());
        // The site's token is worth an hour; who was vouched for stays it on this browser.
        Assert.Equal(known.Id, (await server.NewVisitor(known.Token)).Id);

        // A program that knows nothing of all this leaves it as it is.
        Assert.Equal(HttpStatusCode.OK, (await Put(null, null)).StatusCode);
        var after = await admin.Http.GetFromJsonAsync<JsonElement>("/api/settings");
        Assert.Equal((2, true), (after.GetProperty("identityKeys").GetArrayLength(), after.GetProperty("requireIdentity").GetBoolean()));
        Assert.Equal(HttpStatusCode.BadRequest, (await Put([], true)).StatusCode);

        // A secret that is left out stays, and its tokens count; an empty one takes it away.
        Assert.Equal(HttpStatusCode.OK, (await Put(null, null, identitySecret: "a secret that the shop and we share")).StatusCode);
        Assert.True((await (await Put([], true)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("hasIdentitySecret").GetBoolean());
        var signed = Jwt(text => HMACSHA256.HashData("a secret that the shop and we share"u8, text), kid: null, "HS256", server.Clock.GetUtcNow());
        Assert.True((await server.NewVisitor(userToken: signed)).Session.GetProperty("visitor").GetProperty("verified").GetBoolean());
        Assert.Equal(HttpStatusCode.BadRequest, (await Put([], true, identitySecret: "")).StatusCode);
        Assert.False((await (await Put([], false, identitySecret: "")).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("hasIdentitySecret").GetBoolean());

        // What was read can be sent back as it is.
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.PutAsJsonAsync("/api/settings", settings)).StatusCode);

        Task<HttpResponseMessage> Put(IEnumerable<IdentityKey>? identityKeys, bool? requireIdentity, string? identitySecret = null) => admin.Http.PutAsJsonAsync("/api/settings", new
        {
            name = settings.GetProperty("name").GetString(),
            teamName = settings.GetProperty("teamName").GetString(),
            greeting = settings.GetProperty("greeting").GetString(),
            color = settings.GetProperty("color").GetString(),
            allowedOrigins = Array.Empty<string>(),
            botEnabled = true,
            botName = "AI",
            identityKeys,
            requireIdentity,
            identitySecret,
        });
    }

    private static string Jwt(RSA key, object? kid, string algorithm = "RS256", DateTimeOffset? now = null) =>
        Jwt(signed => key.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), kid, algorithm, now);

    private static string Jwt(Func<byte[], byte[]> sign, object? kid, string algorithm = "RS256", DateTimeOffset? now = null)
    {
        var head = Part(kid is null ? new { alg = algorithm } : new { alg = algorithm, kid });
        var body = Part(new { sub = "customer-7", exp = (now ?? Now).ToUnixTimeSeconds() + 600 });
        return $"{head}.{body}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes($"{head}.{body}")))}";
    }

    private static string Part(object json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
