using System.Globalization;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Diagnostics;

namespace LiveSupport.Api.Http;

/// <summary>Errors over HTTP: <c>application/problem+json</c> with a stable <c>code</c> and a sentence.</summary>
internal static class Problems
{
    private sealed record Problem(string Type, string Title, int Status, string Code, string Detail, AgentRef? By);

    /// <summary>Where somebody was refused, as the measures name it.</summary>
    private static string Door(PathString path) => path.Value switch
    {
        "/api/widget/session" => "session",
        "/api/auth/login" => "login",
        { } hub when hub.StartsWith("/hubs/", StringComparison.Ordinal) => "socket",
        _ => "http",
    };

    public static int StatusOf(string code) => code switch
    {
        Codes.BadRequest => StatusCodes.Status400BadRequest,
        Codes.TooLong => StatusCodes.Status413PayloadTooLarge,
        Codes.NotSignedIn or Codes.TokenInvalid or Codes.TokenExpired => StatusCodes.Status401Unauthorized,
        Codes.Forbidden or Codes.OriginNotAllowed => StatusCodes.Status403Forbidden,
        Codes.NotFound => StatusCodes.Status404NotFound,
        Codes.Conflict or Codes.ClaimedByOther => StatusCodes.Status409Conflict,
        Codes.RateLimited => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    public static Task Write(HttpContext http, Refusal refusal, int? status = null, TimeSpan? retryAfter = null)
    {
        if (http.Response.HasStarted)
            return Task.CompletedTask;
        var code = status ?? StatusOf(refusal.Code);
        EdgeMeasures.Refused(Door(http.Request.Path), refusal.Code);
        http.Response.StatusCode = code;
        if (code is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(retryAfter?.TotalSeconds ?? 1)).ToString(CultureInfo.InvariantCulture);
        return http.Response.WriteAsJsonAsync(
            new Problem("about:blank", refusal.Code, code, refusal.Code, refusal.Sentence, refusal.By),
            WireJson.Options, "application/problem+json");
    }

    /// <summary>Statuses that the framework gave without a body.</summary>
    public static Task Write(HttpContext http, int status) => Write(http, status switch
    {
        StatusCodes.Status401Unauthorized => new Refusal(Codes.NotSignedIn, "Sign in first."),
        StatusCodes.Status403Forbidden => new Refusal(Codes.Forbidden, "Your role does not allow this."),
        StatusCodes.Status404NotFound => new Refusal(Codes.NotFound, "There is no such thing here, or it is not yours."),
        StatusCodes.Status405MethodNotAllowed => new Refusal(Codes.BadRequest, "This address does not know that method."),
        StatusCodes.Status408RequestTimeout => new Refusal(Codes.BadRequest, "The request took too long to arrive."),
        StatusCodes.Status413PayloadTooLarge => new Refusal(Codes.TooLong, "The request is too large."),
        StatusCodes.Status415UnsupportedMediaType => new Refusal(Codes.BadRequest, "Send application/json."),
        >= 500 => new Refusal(Codes.Unavailable, "It could not be done just now. Try again."),
        _ => new Refusal(Codes.BadRequest, "The request is not as documented in /openapi/v1.json."),
    }, status);

    /// <summary>Turns exceptions into problems; nothing of the inside leaves the server.</summary>
    public sealed class Handler(ILogger<Handler> log) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception broken, CancellationToken stop)
        {
            switch (broken)
            {
                case RefusedException refused:
                    await Write(http, refused.Refusal, retryAfter: refused.RetryAfter);
                    break;
                case BadHttpRequestException bad:
                    await Write(http, bad.StatusCode);
                    break;
                case JsonException:
                    await Write(http, StatusCodes.Status400BadRequest);
                    break;
                default:
                    log.LogError(broken, "{Method} {Path} failed.", http.Request.Method, http.Request.Path);
                    await Write(http, StatusCodes.Status503ServiceUnavailable);
                    break;
            }
            return true;
        }
    }
}
