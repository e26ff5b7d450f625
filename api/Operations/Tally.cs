using LiveSupport.Contracts;

namespace LiveSupport.Api.Operations;

/// <summary>How often and how long, in buckets. Pure.</summary>
internal sealed class Tally
{
    private double[] _bounds = [];
    private long[] _counts = [];

    public long Count { get; private set; }

    public double Sum { get; private set; }

    /// <summary>Adds counts; all of one tally have the same bounds.</summary>
    /// <param name="bounds">The buckets' upper bounds; the last bucket has none and is not named.</param>
    /// <param name="counts">One more than bounds.</param>
    public void Add(long count, double sum, double[] bounds, long[] counts)
    {
        Count += count;
        Sum += sum;
        if (_counts.Length < counts.Length)
            (_bounds, _counts) = (bounds, new long[counts.Length]);
        for (var i = 0; i < counts.Length; i++)
            _counts[i] += counts[i];
    }

    public void Add(Tally other) => Add(other.Count, other.Sum, other._bounds, other._counts);

    /// <summary>The value below which this share lies, guessed within its bucket; null when there is none.</summary>
    public double? Quantile(double share)
    {
        var wanted = share * _counts.Sum();
        if (wanted <= 0)
            return null;
        var below = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0 && below + _counts[i] >= wanted)
            {
                if (i == _bounds.Length)
                    return _bounds.Length > 0 ? _bounds[^1] : null;
                var from = i == 0 ? 0 : _bounds[i - 1];
                return from + ((_bounds[i] - from) * (wanted - below) / _counts[i]);
            }
            below += _counts[i];
        }
        return null;
    }

    public Timing Over(double seconds) => new(Count / seconds, Quantile(0.5), Quantile(0.99));
}
