using System.Text;

namespace LiveSupport.Load.Archive;

/// <summary>Words by Zipf's law: the n-th is said about 1/n as often as the first, as people talk.</summary>
/// <param name="count">How many words there are.</param>
/// <param name="first">The most common ones; the others are made up.</param>
internal sealed class Vocabulary(int count, params string[] first)
{
    /// <summary>Mandelbrot's flattening of the first ranks.</summary>
    private const double Flat = 2.7;

    private readonly string[] _words = [.. first, .. Enumerable.Range(first.Length, count - first.Length).Select(Made)];
    private readonly double[] _upTo = Sums(count);

    /// <summary>The word of a rank; 0 is the most common one.</summary>
    public string this[int rank] => _words[rank];

    public string Any(Random random)
    {
        var found = Array.BinarySearch(_upTo, random.NextDouble() * _upTo[^1]);
        return _words[Math.Min(_words.Length - 1, found < 0 ? ~found : found)];
    }

    public string Any(Random random, int words)
    {
        var talk = new StringBuilder();
        for (var i = 0; i < words; i++)
            talk.Append(i == 0 ? "" : " ").Append(Any(random));
        return talk.ToString();
    }

    /// <summary>Syllables that tell the number.</summary>
    private static string Made(int rank)
    {
        const string Consonants = "bcdfghjklmnprstvwxyz", Vowels = "aeiou";
        var word = new StringBuilder();
        for (; rank > 0; rank /= 100)
            word.Append(Consonants[rank % 100 / 5]).Append(Vowels[rank % 5]);
        return word.Append('q').ToString();
    }

    private static double[] Sums(int count)
    {
        var sums = new double[count];
        for (var rank = 0; rank < count; rank++)
            sums[rank] = (rank == 0 ? 0 : sums[rank - 1]) + 1 / (rank + Flat);
        return sums;
    }
}
