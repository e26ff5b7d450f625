using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.DataProtection;

namespace LiveSupport.Api.V1;

/// <summary>
/// <c>Idempotency-Key</c>: a repeat gets the first answer. What a call makes gets its id from the key, so that even a
/// call whose answer was lost in a crash makes nothing twice. Answers are kept encrypted: some hold a secret.
/// </summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";
    public const string Replayed = "Idempotency-Replayed";

    public static RouteHandlerBuilder Idempotent(this RouteHandlerBuilder endpoint) =>
        endpoint.AddEndpointFilter(Filter).WithMetadata(new TakesIdempotencyKey());

    /// <summary>The caller's key; null when it sent none.</summary>
    public static string? Key(HttpContext http)
    {
        var sent = http.Request.Headers[Header];
        if (sent.Count == 0)
            return null;
        return sent is [{ } key] && Ids.IsWellFormed(key)
            ? key
            : throw Input.Bad($"'{Header}' must be 1 to {Ids.MaxClientIdLength} of A-Z a-z 0-9 _ -.");
    }

    /// <summary>An id for what the call makes: the same for each repeat of the call.</summary>
    public static string NewId(HttpContext http, TimeProvider clock)
    {
        var caller = ApiKeyAuthentication.Of(http);
        return Key(http) is { } key ? Digest($"{caller.WorkspaceId}/{caller.Key.Id}/{http.Request.Path}/{key}")[..32] : Ids.New(clock);
    }

    private static async ValueTask<object?> Filter(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var http = call.HttpContext;
        if (Key(http) is not { } key)
            return await next(call);

        var caller = ApiKeyAuthentication.Of(http);
        var part = SHA256.HashData(Encoding.UTF8.GetBytes(key))[0] % IdempotencyParts.Count;
        var answers = http.RequestServices.GetRequiredService<IGrainFactory>()
            .GetGrain<IIdempotencyGrain>(IdempotencyParts.Key(caller.WorkspaceId, caller.Key.Id, part));
        var fingerprint = Digest($"{http.Request.Method} {http.Request.Path}\n{Body(call)}");
        var earlier = await answers.Begin(key, fingerprint);
        switch (earlier.Call)
        {
            case EarlierCall.Another:
                throw new RefusedException(Codes.Conflict, "This idempotency key was used for another call.");
            case EarlierCall.Running:
                throw new RefusedException(Codes.Conflict, "The same call is still running. Ask again in a moment.");
            case EarlierCall.Answered when earlier.Answer is { } first:
                http.Response.Headers[Replayed] = "true";
                if (first.Location is { } location)
                    http.Response.Headers.Location = location;
                return first.Json.Length == 0
                    ? Results.StatusCode(first.Status)
                    : Results.Content(Protector(http).Unprotect(first.Json), "application/json; charset=utf-8", null, first.Status);
        }

        object? answer;
        try
        {
            answer = await next(call);
        }
        catch
        {
            await answers.Forget(key);
            throw;
        }
        await answers.Keep(key, fingerprint, First(answer, http));
        return answer;
    }

    private static IDataProtector Protector(HttpContext http) =>
        http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("idempotency.answer.v1");

    private static FirstAnswer First(object? answer, HttpContext http)
    {
        var status = (answer as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        var value = answer is IValueHttpResult result ? result.Value : answer is IResult ? null : answer;
        var location = (string?)answer?.GetType().GetProperty("Location")?.GetValue(answer);
        return new FirstAnswer(
            status,
            value is null ? "" : Protector(http).Protect(JsonSerializer.Serialize(value, value.GetType(), WireJson.Options)),
            location,
            // What it made, or what it is about.
            location?.Split('/')[^1] ?? (string?)http.GetRouteValue("id"));
    }

    /// <summary>What was sent, as it was understood.</summary>
    private static string Body(EndpointFilterInvocationContext call) =>
        call.Arguments.FirstOrDefault(argument => argument?.GetType().Assembly == typeof(Idempotency).Assembly) is { } body
            ? JsonSerializer.Serialize(body, body.GetType(), WireJson.Options)
            : "";

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>What the description says of an endpoint.</summary>
internal sealed record TakesIdempotencyKey;
