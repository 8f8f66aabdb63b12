using System;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The spikes of one layer in one trial: what the forward pass remembers for the backward pass. Grows by itself.</summary>
/// <remarks>Memory follows the number of spikes, not the number of steps: EventProp needs nothing between spikes.</remarks>
internal sealed unsafe class SpikeTape(int steps, int units) : IDisposable
{
    private readonly NativeBuffer<int> _end = new(steps + 1);
    private readonly NativeBuffer<int> _neuron = new(2L * units);
    private readonly NativeBuffer<float> _current = new(2L * units);
    private readonly NativeBuffer<float> _releaseSlope = new(2L * units);
    private readonly NativeBuffer<float> _error = new(2L * units);

    /// <summary>Number of spikes so far.</summary>
    public int Count { get; private set; }

    /// <summary>Number of spikes up to and with each grid index 0 to steps; a spike found at the end of step n has index n + 1.</summary>
    public int* End => _end.Pointer;

    /// <summary>Which neuron spiked, in order of index, then neuron.</summary>
    public int* Neuron => _neuron.Pointer;

    /// <summary>Synaptic current at the spike.</summary>
    public float* Current => _current.Pointer;

    /// <summary>Current minus potential when the neuron was released from its refractory period; 0 where the trial ended before.</summary>
    public float* ReleaseSlope => _releaseSlope.Pointer;

    /// <summary>What the targets send back in the backward pass.</summary>
    public float* Error => _error.Pointer;

    /// <summary>The spikes as input of the next layer: a spike of grid index n arrives at step n.</summary>
    public EventList AsEvents() => new(Neuron, null, End);

    public void Clear()
    {
        Count = 0;
        End[0] = 0;
    }

    public void Add(int neuron, float current, float releaseSlope)
    {
        if (Count == _neuron.Length)
        {
            long length = 2 * _neuron.Length;
            _neuron.Grow(length);
            _current.Grow(length);
            _releaseSlope.Grow(length);
            _error.Grow(length);
        }

        Neuron[Count] = neuron;
        Current[Count] = current;
        ReleaseSlope[Count] = releaseSlope;
        Error[Count] = 0;
        Count++;
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
