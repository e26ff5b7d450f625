using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Support;

/// <summary>What the log shows at Warning and above.</summary>
internal sealed class Complaints(LogLevel from = LogLevel.Warning) : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Heard { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= from;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Heard.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}
