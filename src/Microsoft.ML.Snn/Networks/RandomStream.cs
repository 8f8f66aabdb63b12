using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Random numbers that are the same on every machine and .NET version, unlike <see cref="Random"/>'s.</summary>
/// <remarks>SplitMix64: Steele, Lea and Flood, OOPSLA (2014), with the finaliser constants of its section 3.</remarks>
internal sealed class RandomStream
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <summary>Starts stream number <paramref name="stream"/> of a seed; streams of one seed are unrelated.</summary>
    public RandomStream(int seed, int stream) =>
        _state = Mix(Mix((uint)seed + GoldenGamma) + (uint)stream * GoldenGamma);

    /// <summary>Where in the stream the next number is drawn: what a checkpoint keeps of it.</summary>
    public ulong State
    {
        get => _state;
        set => _state = value;
    }

    public ulong NextUInt64() => Mix(_state += GoldenGamma);

    /// <summary>Uniform in [0, 1), with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 to <paramref name="limit"/> - 1; the bias is below limit/2^64.</summary>
    public int NextInt32(int limit) => (int)Math.BigMul(NextUInt64(), (ulong)limit, out _);

    /// <summary>Standard normal, by the Box-Muller transform.</summary>
    public double NextNormal() =>
        Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Permutes in place, each order equally likely (Fisher and Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (int n = items.Length - 1; n > 0; n--)
        {
            int k = NextInt32(n + 1);
            (items[n], items[k]) = (items[k], items[n]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
