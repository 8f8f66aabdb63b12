using System;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The spikes of one layer in one trial: what the forward pass remembers for the backward pass. Grows by itself.</summary>
/// <remarks>Memory follows the number of spikes, not the number of steps: EventProp needs nothing between spikes.</remarks>
internal sealed unsafe class SpikeTape : IDisposable
{
    private readonly NativeBuffer<int> _end;
    private readonly NativeBuffer<int> _neuron;
    private readonly NativeBuffer<float> _current;
    private readonly NativeBuffer<float> _releaseSlope;
    private readonly NativeBuffer<float> _error;
    private long _capacity;

    public SpikeTape(int steps, int units)
    {
        _end = new(steps + 1);
        (_neuron, _current, _releaseSlope, _error) = (new(0), new(0), new(0), new(0));
        Reserve(2 * units);
    }

    /// <summary>Number of spikes so far.</summary>
    public int Count { get; set; }

    /// <summary>Number of spikes up to and with each grid index 0 to steps; a spike found at the end of step n has index n + 1.</summary>
    public int* End => _end.Pointer;

    /// <summary>Which neuron spiked, in order of index, then neuron.</summary>
    public int* Neuron { get; private set; }

    /// <summary>Synaptic current at the spike.</summary>
    public float* Current { get; private set; }

    /// <summary>Current minus potential when the neuron was released from its refractory period; 0 where the trial ended before.</summary>
    public float* ReleaseSlope { get; private set; }

    /// <summary>What the targets send back in the backward pass; 0 until then.</summary>
    public float* Error { get; private set; }

    /// <summary>The spikes as input of the next layer: a spike of grid index n arrives at step n.</summary>
    public EventList AsEvents() => new(Neuron, null, End);

    public void Clear()
    {
        Count = 0;
        End[0] = 0;
    }

    /// <summary>Makes room for some more spikes; the pointers may move.</summary>
    public void Reserve(int more)
    {
        long needed = (long)Count + more;
        if (needed <= _capacity)
        {
            return;
        }

        _capacity = Math.Max(needed, 2 * _capacity);
        _neuron.Grow(_capacity);
        _current.Grow(_capacity);
        _releaseSlope.Grow(_capacity);
        _error.Grow(_capacity);
        Neuron = _neuron.Pointer;
        Current = _current.Pointer;
        ReleaseSlope = _releaseSlope.Pointer;
        Error = _error.Pointer;
    }

    public void EndStep(int gridIndex) => End[gridIndex] = Count;

    public void Dispose()
    {
        _end.Dispose();
        _neuron.Dispose();
        _current.Dispose();
        _releaseSlope.Dispose();
        _error.Dispose();
    }
}
