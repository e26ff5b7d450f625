using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Secrets;

/// <summary>Hears whatever a server says of itself: every log line of every level and category, whatever the filters
/// say, with its arguments, scopes and errors; and every span that it traces.</summary>
internal sealed class Everything : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _said = new();
    private readonly ActivityListener _spans;
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public Everything()
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => Say($"span {span.DisplayName}: {string.Join(' ', span.TagObjects)} {string.Join(' ', span.Events.SelectMany(one => one.Tags))} {string.Join(' ', span.Baggage)}"),
        };
        ActivitySource.AddActivityListener(_spans);
    }

    public int Lines => _said.Count;

    public void Use(IServiceCollection services)
    {
        services.AddSingleton<ILoggerProvider>(this);
        services.PostConfigure<LoggerFilterOptions>(filter =>
        {
            filter.Rules.Clear();
            filter.MinLevel = LogLevel.Trace;
        });
    }

    /// <summary>The lines that hold it.</summary>
    public IReadOnlyList<string> With(string text) => [.. _said.Where(line => line.Contains(text, StringComparison.OrdinalIgnoreCase))];

    public ILogger CreateLogger(string categoryName) => new Listener(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => _spans.Dispose();

    private void Say(string line) => _said.Enqueue(line);

    private sealed class Listener(Everything all, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => all._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = new StringBuilder().Append(logLevel).Append(' ').Append(category).Append(": ").Append(formatter(state, exception)).Append(' ').Append(exception);
            if (state is IEnumerable<KeyValuePair<string, object?>> arguments)
                line.AppendJoin(' ', arguments);
            all._scopes.ForEachScope(static (scope, to) => to.Append(' ').Append(scope), line);
            all.Say(line.ToString());
        }
    }
}
