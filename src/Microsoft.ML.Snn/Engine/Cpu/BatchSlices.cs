using System;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>How the examples of a batch are divided into slices, each with a gradient of its own.</summary>
/// <remarks>
/// The number depends on the network and the batch alone, not on the threads: the gradients of the slices are summed in their
/// order, so that the result has the same bits on any number of threads.
/// </remarks>
/// <param name="count">Number of examples.</param>
/// <param name="slices">Number of slices.</param>
internal readonly struct BatchSlices(int count, int slices)
{
    // Enough slices for many threads where the gradient is small, few where adding them up would cost more than it brings.
    private const int FewestSlices = 8;
    private const long FloatsOfAllSlices = 1 << 21;

    /// <summary>Number of slices.</summary>
    public int Count => slices;

    /// <summary>The most slices that a batch is divided into.</summary>
    /// <param name="batchSize">The largest batch.</param>
    /// <param name="gradientLength">Number of floats of one gradient.</param>
    /// <param name="limit">No more than that however small the gradient is.</param>
    public static int Most(int batchSize, long gradientLength, int limit) =>
        (int)Math.Min(batchSize, Math.Clamp(FloatsOfAllSlices / gradientLength, FewestSlices, limit));

    /// <summary>Index of the first example of a slice, or the number of examples behind the last slice.</summary>
    public int FirstOf(int slice) => (int)((long)slice * count / slices);
}
