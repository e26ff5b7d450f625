using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Silo.Outbound;

namespace LiveSupport.Silo.Webhooks;

/// <summary>The conversation as it stands when the event is sent.</summary>
public sealed record WebhookConversation(string Id, Contact Visitor, Mode Mode, Status Status, AgentRef? Owner)
{
    public static WebhookConversation Of(QueueRow row) => new(row.Id, row.Visitor, row.Mode, row.Status, row.Owner);
}

/// <summary>What is sent: <c>{id, type, createdAt, workspaceId, data: {conversation, entry}}</c>.</summary>
public sealed record WebhookBody(string Id, string Type, DateTimeOffset CreatedAt, string WorkspaceId, WebhookData Data);

public sealed record WebhookData(WebhookConversation? Conversation, Entry? Entry);

/// <summary>One attempt at one endpoint: signed, bounded in time and size, and told in plain words.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "It sends.")]
public sealed class WebhookSender(PublicHttp http, WebhookSecrets secrets, TimeProvider clock)
{
    /// <summary>The usual time that receivers are given.</summary>
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(10);

    private const int KeptOfAnswer = 500;

    /// <returns>The attempt, and how long the endpoint asks to be left alone.</returns>
    public async Task<(WebhookDelivery Delivery, TimeSpan? RetryAfter)> Send(WebhookTerms terms, WebhookBody body, int attempt, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var began = clock.GetTimestamp();
        WebhookDelivery Told(bool accepted, int? status, string? error, string? response) => new()
        {
            EventId = body.Id,
            Type = body.Type,
            ConversationId = body.Data.Conversation?.Id,
            At = now,
            Attempt = attempt,
            Accepted = accepted,
            Status = status,
            Milliseconds = (int)clock.GetElapsedTime(began).TotalMilliseconds,
            Error = error,
            Response = response,
        };

        using var limit = new CancellationTokenSource(AnswersWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            using var request = Request(terms, body, now);
            var (answer, read) = await http.Send(request, KeptOfAnswer, either.Token);
            using (answer)
            {
                var accepted = answer.IsSuccessStatusCode;
                var error = accepted ? null
                    : (int)answer.StatusCode is >= 300 and < 400 ? "It redirects; write the address that it redirects to."
                    : $"It answered {(int)answer.StatusCode}.";
                return (Told(accepted, (int)answer.StatusCode, error, Printable(read)), RetryAfter(answer, now));
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (Told(false, null, $"No answer within {AnswersWithin.TotalSeconds:0} s.", null), null);
        }
        catch (CryptographicException)
        {
            return (Told(false, null, "The secret cannot be read: the server's keys were lost. Make a new secret.", null), null);
        }
        catch (Exception unreached) when (unreached is HttpRequestException or IOException or UriFormatException)
        {
            return (Told(false, null, Words(unreached), null), null);
        }
    }

    private HttpRequestMessage Request(WebhookTerms terms, WebhookBody body, DateTimeOffset now)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Options);
        var request = new HttpRequestMessage(HttpMethod.Post, terms.Endpoint.Url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        request.Headers.TryAddWithoutValidation("User-Agent", "LiveSupport-Webhooks/1");
        request.Headers.Add("webhook-id", body.Id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Sign(terms.Secrets.Select(secrets.Open), body.Id, now, bytes));
        return request;
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage answer, DateTimeOffset now) =>
        answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) ? null
        : answer.Headers.RetryAfter is not { } header ? null
        : header.Delta ?? header.Date - now;

    /// <summary>Bytes of somebody else's answer as text that a page can show.</summary>
    private static string? Printable(byte[] read)
    {
        var text = new string([.. Encoding.UTF8.GetString(read).Where(c => !char.IsControl(c) && !char.IsSurrogate(c) || c == '\n')]).Trim();
        return text.Length == 0 ? null : text;
    }

    /// <summary>The innermost sentence is the one that says what happened.</summary>
    private static string Words(Exception unreached)
    {
        while (unreached.InnerException is { } inner)
            unreached = inner;
        return Texts.Cut(unreached.Message, 300);
    }
}
