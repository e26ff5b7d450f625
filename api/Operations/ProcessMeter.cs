using System.Collections.Immutable;
using LiveSupport.Contracts;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace LiveSupport.Api.Operations;

/// <summary>
/// Reads our own meters for the Operations page: each <see cref="Read"/> takes what was measured since the one before, and
/// the last minute's readings stand together.
/// </summary>
internal sealed class ProcessMeter : IDisposable
{
    private const int MinuteOfReadings = 12;
    private const int TrendLength = 60;

    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;
    private readonly Queue<Reading> _minute = new();
    private readonly Queue<TrendPoint> _trend = new();
    private Reading _taking = new(1);

    /// <remarks>A provider of its own: another reader beside those of operators would count every measurement of every meter,
    /// the engine's and the web server's too, a second time.</remarks>
    public ProcessMeter()
    {
        _reader = new BaseExportingMetricReader(new Exporter(this)) { TemporalityPreference = MetricReaderTemporalityPreference.Delta };
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter(Telemetry.Name, Telemetry.Grains).AddReader(_reader).Build();
    }

    public void Dispose() => _provider.Dispose();

    /// <summary>Of which instrument, and for grain calls of which grain, method and outcome.</summary>
    private readonly record struct Series(string Instrument, string? Grain, string? Method, string? Outcome);

    private sealed class Reading(double seconds)
    {
        public double Seconds { get; } = seconds;

        public Dictionary<Series, Tally> Tallies { get; } = [];

        public Tally this[Series series] => Tallies.TryGetValue(series, out var known) ? known : Tallies[series] = new Tally();
    }

    /// <summary>Takes one reading.</summary>
    /// <param name="seconds">Since the one before.</param>
    /// <param name="cpu">Cores that were busy meanwhile.</param>
    public void Read(double seconds, double cpu)
    {
        _taking = new Reading(seconds);
        _reader.Collect();
        _minute.Enqueue(_taking);
        while (_minute.Count > MinuteOfReadings)
            _minute.Dequeue();
        _trend.Enqueue(new TrendPoint(
            Sum(_taking, "livesupport.messages.accepted").Sum / seconds,
            Sum(_taking, Telemetry.GrainCalls).Count / seconds,
            cpu,
            Sum(_taking, "livesupport.send.duration").Quantile(0.99)));
        while (_trend.Count > TrendLength)
            _trend.Dequeue();
    }

    public ImmutableArray<TrendPoint> Trend => [.. _trend];

    public double Seconds => Math.Max(1, _minute.Sum(reading => reading.Seconds));

    /// <summary>The last minute of one instrument, whatever its tags. A counter's total is the <see cref="Tally.Sum"/>.</summary>
    public Tally LastMinute(string instrument)
    {
        var all = new Tally();
        foreach (var reading in _minute)
            all.Add(Sum(reading, instrument));
        return all;
    }

    /// <summary>The last minute's grain calls, the busiest grains and methods first.</summary>
    public ImmutableArray<GrainReport> Grains()
    {
        var methods = new Dictionary<(string Grain, string Method), (Tally Calls, long Errors)>();
        foreach (var (series, tally) in _minute.SelectMany(reading => reading.Tallies))
        {
            if (series is not { Instrument: Telemetry.GrainCalls, Grain: { } grain, Method: { } method } || tally.Count == 0)
                continue;
            var (calls, errors) = methods.TryGetValue((grain, method), out var known) ? known : (new Tally(), 0);
            calls.Add(tally);
            methods[(grain, method)] = (calls, errors + (series.Outcome == "ok" ? 0 : tally.Count));
        }
        var seconds = Seconds;
        return
        [
            .. methods.GroupBy(one => one.Key.Grain).Select(grain =>
            {
                var calls = new Tally();
                foreach (var method in grain)
                    calls.Add(method.Value.Calls);
                return new GrainReport
                {
                    Grain = grain.Key,
                    Calls = calls.Over(seconds),
                    Errors = grain.Sum(method => method.Value.Errors),
                    Methods =
                    [
                        .. grain.OrderByDescending(method => method.Value.Calls.Count)
                            .Select(method => new MethodReport(method.Key.Method, method.Value.Calls.Over(seconds), method.Value.Errors)),
                    ],
                };
            }).OrderByDescending(grain => grain.Calls.PerSecond),
        ];
    }

    private static Tally Sum(Reading reading, string instrument)
    {
        var sum = new Tally();
        foreach (var (series, tally) in reading.Tallies)
            if (series.Instrument == instrument)
                sum.Add(tally);
        return sum;
    }

    private void Take(in Batch<Metric> batch)
    {
        foreach (var metric in batch)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                if (metric.MetricType == MetricType.Histogram)
                    TakeHistogram(metric.Name, point);
                else if (metric.MetricType == MetricType.LongSum)
                    _taking[new Series(metric.Name, null, null, null)].Add(0, point.GetSumLong(), [], []);
            }
        }
    }

    private void TakeHistogram(string name, in MetricPoint point)
    {
        List<double> bounds = [];
        List<long> counts = [];
        foreach (var bucket in point.GetHistogramBuckets())
        {
            if (!double.IsPositiveInfinity(bucket.ExplicitBound))
                bounds.Add(bucket.ExplicitBound);
            counts.Add(bucket.BucketCount);
        }
        string? grain = null, method = null, outcome = null;
        if (name == Telemetry.GrainCalls)
        {
            foreach (var (tag, value) in point.Tags)
            {
                switch (tag)
                {
                    case "grain":
                        grain = (string?)value;
                        break;
                    case "method":
                        method = (string?)value;
                        break;
                    case "outcome":
                        outcome = (string?)value;
                        break;
                }
            }
        }
        _taking[new Series(name, grain, method, outcome)].Add(point.GetHistogramCount(), point.GetHistogramSum(), [.. bounds], [.. counts]);
    }

    private sealed class Exporter(ProcessMeter meter) : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            meter.Take(batch);
            return ExportResult.Success;
        }
    }
}
