using ILGPU;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What arrived through a connection, and what the adjoint was where it arrived: all that a gradient is summed from.</summary>
internal readonly struct ArrivalTrace
{
    /// <summary>The input data set; for a connection from the input.</summary>
    public required EventViews Input { get; init; }

    /// <summary>The presynaptic spikes; for a connection from neurons.</summary>
    public required TapeViews Tape { get; init; }

    /// <summary>1 for a connection from neurons, 0 for one from the input.</summary>
    public required int IsTape { get; init; }

    /// <summary>First channel or first presynaptic neuron of the connection.</summary>
    public required int FirstRow { get; init; }

    /// <summary>The adjoint, shape [slot, segment, <see cref="Stride"/>].</summary>
    public required ArrayView<float> Trace { get; init; }

    /// <summary>Rows of the trace per slot: the number of steps of the longest trial, or 1 for a constant current.</summary>
    public required int Segments { get; init; }

    /// <summary>Distance between two segments of the trace.</summary>
    public required int Stride { get; init; }

    /// <summary>Where the targets of the connection begin within a segment.</summary>
    public required int FirstColumn { get; init; }

    public required DelayForm DelayForm { get; init; }

    /// <summary>The delay in steps, where all synapses have one.</summary>
    public required int Delay { get; init; }

    /// <summary>The delay of each row or weight, where they differ.</summary>
    public required ArrayView<int> Delays { get; init; }

    /// <summary>Where the events of a row begin and end in one trial.</summary>
    public void FindEvents(int slot, int example, int row, out long begin, out long end)
    {
        if (IsTape != 0)
        {
            begin = Tape.First(slot, FirstRow + row);
            end = begin + Tape.Kept(slot, FirstRow + row);
        }
        else
        {
            begin = Input.FirstOfChannel(example, FirstRow + row);
            end = Input.FirstOfChannel(example, FirstRow + row + 1);
        }
    }

    /// <summary>Delay of a synapse in steps.</summary>
    public int DelayOf(int row, int weight) =>
        DelayForm == DelayForm.Uniform ? Delay : Delays[DelayForm == DelayForm.PerRow ? row : weight];

    /// <summary>How many segments of the trace an example has: its own steps, or one for a constant current.</summary>
    public int SegmentsOf(in BatchViews batch, int slot) => IntrinsicMath.Min(Segments, batch.Steps[slot]);

    /// <summary>When an event arrives; at or after <see cref="SegmentsOf"/> it arrives nowhere.</summary>
    public int SegmentOf(long k, int delay) => (IsTape != 0 ? Tape.Step[k] : Input.SortedSegment[k]) + delay;

    /// <summary>What an event counts for.</summary>
    public float ValueOf(long k) => IsTape != 0 || Input.HasValues == 0 ? 1 : Input.SortedValue[k];

    /// <summary>The value of an event times the adjoint of a target where it arrives.</summary>
    public float Term(int slot, long k, int delay, int column, int segments)
    {
        int segment = SegmentOf(k, delay);
        return segment < segments
            ? ValueOf(k) * Trace[((long)slot * Segments + segment) * Stride + FirstColumn + column]
            : 0;
    }
}
