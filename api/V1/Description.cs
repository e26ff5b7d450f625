using System.Text.Json.Nodes;
using LiveSupport.Api.Http;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LiveSupport.Api.V1;

/// <summary>What <c>/openapi/v1.json</c> says beside the shapes: who may call, every error, and an example of each call.</summary>
internal static class Description
{
    private const string KeyScheme = "apiKey";
    private const string CookieScheme = "session";
    private const string ProblemSchema = "Problem";

    private const string Introduction = """
        Programs use `/api/v1` with an API key that an administrator makes under Settings → API:

        `Authorization: Bearer ls_…`

        **Scopes.** A key may do what its scopes name, and nothing else.

        **Budget.** A key may make so many calls a minute. `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) stand in every answer; beyond it the answer is 429 with `Retry-After`.

        **Errors** are `application/problem+json` with a `code` that never changes and a sentence in `detail`. What belongs to another workspace is answered like what does not exist.

        **Once.** Send an `Idempotency-Key` of your own with a POST. A repeat within a day gets the first answer, so a call whose answer was lost can simply be made again. The same key with another body is refused with `conflict`.

        **Paging.** Give `cursor` of the answer to the next call; without one it was the last page. Nothing moves in a list that is being read.

        **Webhooks** tell you what happens, signed as Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`): in order within a conversation, at least once, always under the same id, tried again for a day.
        """;

    private static readonly IReadOnlyDictionary<int, (string Code, string Sentence)> Errors = new SortedDictionary<int, (string, string)>
    {
        [400] = (Codes.BadRequest, "'limit' must be 1 or more; a page has 100 at most."),
        [401] = (Codes.TokenInvalid, "This API key is not known here, or was revoked."),
        [403] = (Codes.Forbidden, "This key has not the scope that the call needs."),
        [404] = (Codes.NotFound, "There is no such thing here, or it is not yours."),
        [409] = (Codes.Conflict, "This idempotency key was used for another call."),
        [412] = (Codes.Conflict, "The article is not the one that you read. Read it again."),
        [413] = (Codes.TooLong, "'text' may have at most 10000 characters."),
        [429] = (Codes.RateLimited, "This key may make 600 calls a minute. Try again in 1 s."),
        [503] = (Codes.Unavailable, "It could not be done just now. Try again."),
    };

    public static void Describe(this OpenApiOptions options)
    {
        options.AddSchemaTransformer(Names);
        options.AddOperationTransformer(Operation);
        options.AddDocumentTransformer(Document);
    }

    /// <summary>What an enum and a time may be: our converters do not say it by themselves.</summary>
    private static Task Names(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken stop)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.IsEnum)
            schema.Enum = [.. EnumNames.Names(type).Select(name => (JsonNode)JsonValue.Create(name)!)];
        if (type == typeof(DateTimeOffset))
            schema.Type ??= JsonSchemaType.String;
        return Task.CompletedTask;
    }

    private static Task Operation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken stop)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        if (metadata.OfType<NeededScope>().FirstOrDefault() is not { Scope: var scope })
        {
            if (!metadata.OfType<Microsoft.AspNetCore.Authorization.IAllowAnonymous>().Any())
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(CookieScheme, document)] = [] }];
            (operation.Responses ??= [])["default"] = Problem(400, Codes.BadRequest, "The request is not as documented in /openapi/v1.json.", document);
            return Task.CompletedTask;
        }
        var method = context.Description.HttpMethod!;
        var path = $"/{context.Description.RelativePath?.TrimEnd('/')}";
        var (request, answer) = Examples.Of[$"{method} {path}"];
        operation.OperationId = OperationId(method, path);
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [scope] }];
        foreach (var parameter in operation.Parameters ?? [])
            parameter.Description ??= Examples.Parameters.GetValueOrDefault(parameter.Name ?? "");
        if (metadata.OfType<TakesIdempotencyKey>().Any())
            (operation.Parameters ??= []).Add(Header(Idempotency.Header, "Your own id of this call, 1 to 64 of `A-Z a-z 0-9 _ -`: a repeat gets the first answer."));
        if (path == "/api/v1/articles/{id}" && method is "PUT" or "DELETE")
            (operation.Parameters ??= []).Add(Header("If-Match", "The `ETag` that was read: refused with 412 when the article has changed since."));
        if (request is not null && Json(operation.RequestBody?.Content) is { } sent)
            sent.Example = JsonNode.Parse(request);
        foreach (var (_, response) in operation.Responses ?? [])
        {
            if (answer is not null && response.Content?.Values.FirstOrDefault() is { } got)
                got.Example = JsonNode.Parse(answer);
        }
        foreach (var (status, error) in Errors)
        {
            if (MayAnswer(status, method, path))
                (operation.Responses ??= [])[$"{status}"] = Problem(status, error.Code, error.Sentence, document);
        }
        return Task.CompletedTask;
    }

    private static Task Document(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken stop)
    {
        document.Info = new OpenApiInfo { Title = "LiveSupport", Version = "1", Description = Introduction };
        // The address that the document was asked for at is the server.
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "ls_…",
                Description = $"An API key. Scopes: {string.Join(", ", Scopes.All.Select(scope => $"`{scope}`"))}.",
            },
            [CookieScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = Security.Policies.CookieName,
                Description = "An agent's session in the dashboard; calls that change something need the header `X-LiveSupport: 1`.",
            },
        };
        (document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>())[ProblemSchema] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "type", "title", "status", "code", "detail" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable, in small letters with dashes." },
                ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A sentence for a person." },
            },
        };
        document.Webhooks = new Dictionary<string, IOpenApiPathItem>
        {
            ["event"] = new OpenApiPathItem
            {
                Operations = new Dictionary<HttpMethod, OpenApiOperation>
                {
                    [HttpMethod.Post] = new OpenApiOperation
                    {
                        Summary = "What happened",
                        Description = $"Sent to each webhook that chose the event. Types: {string.Join(", ", WebhookTypes.All.Select(type => $"`{type}`"))}. "
                            + "Check the signature: base64(HMAC-SHA256(secret, `{webhook-id}.{webhook-timestamp}.{body}`)), where the secret is the base64 behind `whsec_`. "
                            + "Answer with 2xx within 10 s; remember `webhook-id`, since a message can come twice. `conversation` is as it stands when the message is sent. `entry` is missing for changes that add no line to the transcript.",
                        RequestBody = new OpenApiRequestBody
                        {
                            Content = new Dictionary<string, OpenApiMediaType>
                            {
                                ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object }, Example = JsonNode.Parse(Examples.Event) },
                            },
                        },
                        Responses = new OpenApiResponses { ["2XX"] = new OpenApiResponse { Description = "Taken" } },
                    },
                },
            },
        };
        return Task.CompletedTask;
    }

    private static bool MayAnswer(int status, string method, string path) => status switch
    {
        404 => path.Contains('{') || method == "POST",
        409 => method != "GET",
        412 => path == "/api/v1/articles/{id}" && method != "GET",
        413 => method is not ("GET" or "DELETE"),
        _ => true,
    };

    private static OpenApiMediaType? Json(IDictionary<string, OpenApiMediaType>? content) =>
        content?.TryGetValue("application/json", out var media) == true ? media : null;

    private static OpenApiResponse Problem(int status, string code, string sentence, OpenApiDocument document) => new()
    {
        Description = code,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new()
            {
                Schema = new OpenApiSchemaReference(ProblemSchema, document),
                Example = new JsonObject { ["type"] = "about:blank", ["title"] = code, ["status"] = status, ["code"] = code, ["detail"] = sentence },
            },
        },
    };

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    /// <summary>E.g. <c>post_conversations_id_entries</c>.</summary>
    private static string OperationId(string method, string path) =>
        $"{method.ToLowerInvariant()}_{string.Join('_', path[(PublicApi.Root.Length + 1)..].Split('/').Select(part => part.Trim('{', '}').Replace('-', '_')))}";
}
