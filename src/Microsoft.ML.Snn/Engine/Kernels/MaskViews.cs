using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The spikes of one layer by time: one bit per neuron and grid index.</summary>
internal readonly struct MaskViews
{
    /// <summary>Shape [slot, step, word]; bit b of word w is neuron 32·w + b, set where its spike arrives at that step.</summary>
    public required ArrayView<int> Bits { get; init; }

    public required int Steps { get; init; }

    /// <summary>Number of words per step: a 32nd of the neurons, rounded up.</summary>
    public required int Words { get; init; }

    /// <summary>Index of the first word of a step.</summary>
    public long At(int slot, int step) => ((long)slot * Steps + step) * Words;

    /// <summary>Place of the lowest bit of a word that is not 0.</summary>
    /// <remarks>A GPU counts bits in one instruction. What ILGPU makes of System.Numerics.BitOperations are a dozen.</remarks>
    public static int LowestBit(int bits) => IntrinsicMath.PopCount((bits & -bits) - 1);

    /// <summary>Number of bits that are set in some words.</summary>
    public int Count(long first, int words)
    {
        int count = 0;
        for (int word = 0; word < words; word++)
        {
            count += IntrinsicMath.PopCount(Bits[first + word]);
        }

        return count;
    }
}
