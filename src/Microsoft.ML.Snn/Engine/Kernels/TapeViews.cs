using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The spikes of one layer by neuron: what the forward pass remembers for the backward pass.</summary>
/// <remarks>
/// A neuron that spikes more often than <see cref="Capacity"/> is counted on but not written; the count is reported in
/// <see cref="Overflow"/>, no weight changes, and the engine runs the batch again with a longer tape.
/// </remarks>
internal readonly struct TapeViews
{
    /// <summary>Grid index of each spike: it was found at the end of the step before and arrives at this one. Shape [slot, neuron, spike].</summary>
    public required ArrayView<int> Step { get; init; }

    /// <summary>τm times the speed at which the potential crossed the threshold. Shape [slot, neuron, spike].</summary>
    public required ArrayView<float> Slope { get; init; }

    /// <summary>Slope I - V when the refractory period ended; 0 where the trial ended before. Shape [slot, neuron, spike].</summary>
    public required ArrayView<float> ReleaseSlope { get; init; }

    /// <summary>What the targets send back. Shape [slot, neuron, spike].</summary>
    public required ArrayView<float> Error { get; init; }

    /// <summary>Number of spikes, kept on the tape or not. Shape [slot, neuron].</summary>
    public required ArrayView<int> Count { get; init; }

    /// <summary>Number of spikes in the batch. Shape [neuron].</summary>
    public required ArrayView<int> BatchCount { get; init; }

    /// <summary>The largest count above the capacity, or 0. Shape [1].</summary>
    public required ArrayView<int> Overflow { get; init; }

    public required int Units { get; init; }

    /// <summary>Room for spikes of one neuron.</summary>
    public required int Capacity { get; init; }

    /// <summary>Index of a neuron in arrays of shape [slot, neuron].</summary>
    public long IndexOf(int slot, int neuron) => (long)slot * Units + neuron;

    /// <summary>Index of a neuron's first spike in arrays of shape [slot, neuron, spike].</summary>
    public long First(int slot, int neuron) => IndexOf(slot, neuron) * Capacity;

    /// <summary>Number of spikes on the tape.</summary>
    public int Kept(int slot, int neuron)
    {
        int count = Count[IndexOf(slot, neuron)];
        return count < Capacity ? count : Capacity;
    }

    /// <summary>Called once per neuron at the end of the forward pass.</summary>
    public void Close(int slot, int neuron, int count)
    {
        Count[IndexOf(slot, neuron)] = count;
        if (count > 0)
        {
            Atomic.Add(ref BatchCount[neuron], count);
        }

        if (count > Capacity)
        {
            Atomic.Max(ref Overflow[0], count);
        }
    }
}
