using System;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Random numbers from a key and a counter: no state to share, the same on every thread and in any order.</summary>
/// <remarks>SplitMix64: Steele, Lea and Flood, OOPSLA 49:453 (2014), with the mixing constants of its Java form.</remarks>
internal struct CounterRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    public CounterRandom(ulong key) => _state = key;

    /// <summary>Hashes a value into a key.</summary>
    public static ulong Mix(ulong key, ulong value) => Finish((key ^ value) + GoldenGamma);

    /// <summary>Draws from the exponential distribution of mean 1.</summary>
    public double NextExponential() => -Math.Log(NextUniform());

    /// <summary>Draws from 2^-53 to 1, both included: never 0, whose logarithm is infinite.</summary>
    public double NextUniform()
    {
        _state += GoldenGamma;
        return ((Finish(_state) >> 11) + 1) * (1.0 / (1UL << 53));
    }

    /// <summary>Draws from 0 to <paramref name="limit"/> - 1, all equally likely; the bias is below limit/2^64.</summary>
    public int NextInt32(int limit) => (int)Math.BigMul(Finish(_state += GoldenGamma), (ulong)limit, out _);

    /// <summary>Draws from the normal distribution of mean 0 and standard deviation 1, by the transform of Box and Muller (1958).</summary>
    public double NextNormal() => Math.Sqrt(2 * NextExponential()) * Math.Cos(2 * Math.PI * NextUniform());

    private static ulong Finish(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
