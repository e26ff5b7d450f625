using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>The description is complete: a program can be written from it alone.</summary>
public sealed class DescriptionTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Every_public_call_says_what_it_does_who_may_and_what_goes_wrong()
    {
        using var http = server.Http();
        var document = await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var missing = new List<string>();
        var calls = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject().Where(path => path.Name.StartsWith("/api/v1/", StringComparison.Ordinal)))
        {
            foreach (var call in path.Value.EnumerateObject())
            {
                calls++;
                void Need(bool has, string what)
                {
                    if (!has)
                        missing.Add($"{call.Name} {path.Name}: {what}");
                }

                Need(call.Value.TryGetProperty("summary", out _), "summary");
                Need(Scopes.All.Contains(call.Value.GetProperty("security")[0].GetProperty("apiKey")[0].GetString()!), "scope");
                if (call.Value.TryGetProperty("parameters", out var parameters))
                    foreach (var parameter in parameters.EnumerateArray())
                        Need(parameter.TryGetProperty("description", out _), $"parameter {parameter.GetProperty("name").GetString()}");
                if (call.Value.TryGetProperty("requestBody", out var body))
                    Need(body.GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _), "request example");
                foreach (var answer in call.Value.GetProperty("responses").EnumerateObject().Where(answer => answer.Value.TryGetProperty("content", out _)))
                    Need(answer.Value.GetProperty("content").EnumerateObject().Single().Value.TryGetProperty("example", out _), $"example of {answer.Name}");
                foreach (var error in (string[])["400", "401", "403", "429", "503"])
                    Need(call.Value.GetProperty("responses").TryGetProperty(error, out _), error);
            }
        }
        Assert.Empty(missing);
        Assert.True(calls >= 30, $"{calls} calls are described.");
        Assert.True(document.GetProperty("webhooks").TryGetProperty("event", out _));
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("apiKey").GetProperty("scheme").GetString());
    }

    [Theory]
    [InlineData("post", "/api/setup", "204")]
    [InlineData("post", "/api/auth/login", "204")]
    [InlineData("post", "/api/auth/logout", "204")]
    [InlineData("post", "/api/agents", "201")]
    [InlineData("get", "/api/conversations", "200")]
    [InlineData("post", "/api/widget/session", "200")]
    [InlineData("delete", "/api/webhooks/{id}", "204")]
    [InlineData("post", "/api/visitors/{id}/integrations/refresh", "202")]
    public async Task The_dashboards_and_the_widgets_calls_are_described_with_the_status_that_they_answer(string method, string path, string status)
    {
        using var http = server.Http();
        var document = await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var responses = document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses");
        Assert.Equal([status, "default"], responses.EnumerateObject().Select(answer => answer.Name));
        Assert.True(responses.GetProperty("default").GetProperty("content").TryGetProperty("application/problem+json", out _));
    }

    [Fact]
    public async Task Operations_have_names_of_their_own()
    {
        using var http = server.Http();
        var document = await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var ids = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Select(call => call.Value.TryGetProperty("operationId", out var id) ? id.GetString() : null).OfType<string>().ToList();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
