using System;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>The moments of a recurrent layer in one trial, in order of time: each is arrivals from outside, or spikes of its own, of one time.</summary>
/// <remarks>Grows by itself. What lies between two moments and the current of every spike are all that the backward pass needs.</remarks>
internal sealed unsafe class MomentTable : IDisposable
{
    private readonly NativeBuffer<float> _membrane = new(64);
    private readonly NativeBuffer<float> _synapse = new(64);
    private readonly NativeBuffer<float> _intoSynapse = new(64);
    private readonly NativeBuffer<int> _firstArrival = new(65);
    private readonly NativeBuffer<int> _firstSpike = new(65);
    private readonly NativeBuffer<float> _current = new(64);

    public int Count { get; private set; }

    /// <summary>Number of arrivals before each moment, and at last of all. Shape [moment + 1].</summary>
    public int* FirstArrival => _firstArrival.Pointer;

    /// <summary>Number of spikes of the layer before each moment, and at last of all. Shape [moment + 1].</summary>
    public int* FirstSpike => _firstSpike.Pointer;

    /// <summary>Synaptic current of each spike before anything arrives at its moment. Shape [spike].</summary>
    public float* Current => _current.Pointer;

    /// <summary>Takes an adjoint back from a moment to the one before.</summary>
    /// <remarks>In single precision, as the lanes read it; a current goes forward only.</remarks>
    public SegmentDecay StepBackFrom(int moment) =>
        new(_membrane.Pointer[moment], _synapse.Pointer[moment], CurrentIntoMembrane: 0, _intoSynapse.Pointer[moment]);

    public void Clear() => Count = 0;

    /// <summary>Adds the next moment.</summary>
    /// <param name="since">What lies between the moment before and this one.</param>
    /// <param name="arrivals">Number of arrivals before the end of the moment.</param>
    /// <param name="spikes">Number of spikes before the end of the moment.</param>
    public void Add(in SegmentDecay since, int arrivals, int spikes)
    {
        int n = Count++;
        if (Count > _membrane.Length)
        {
            long capacity = 2 * _membrane.Length;
            _membrane.Grow(capacity);
            _synapse.Grow(capacity);
            _intoSynapse.Grow(capacity);
            _firstArrival.Grow(capacity + 1);
            _firstSpike.Grow(capacity + 1);
        }

        _membrane.Pointer[n] = (float)since.Membrane;
        _synapse.Pointer[n] = (float)since.Synapse;
        _intoSynapse.Pointer[n] = (float)since.AdjointIntoSynapse;
        (FirstArrival[n + 1], FirstSpike[n + 1]) = (arrivals, spikes);
    }

    /// <summary>Makes room for the currents of so many spikes.</summary>
    public void ReserveSpikes(int count)
    {
        if (count > _current.Length)
        {
            _current.Grow(Math.Max(count, 2 * _current.Length));
        }
    }

    /// <summary>How many of the arrivals come before the last of so many spikes of the layer.</summary>
    public int ArrivalsBefore(int spikes) => FirstArrival[MomentsUntil(FirstSpike, spikes)];

    /// <summary>How many moments it takes until so many arrivals and so many spikes have been.</summary>
    public int MomentsUntil(int arrivals, int spikes) => Math.Max(MomentsUntil(FirstArrival, arrivals), MomentsUntil(FirstSpike, spikes));

    public void Dispose()
    {
        _membrane.Dispose();
        _synapse.Dispose();
        _intoSynapse.Dispose();
        _firstArrival.Dispose();
        _firstSpike.Dispose();
        _current.Dispose();
    }

    /// <summary>The first of the counts before each moment that is as large as wanted.</summary>
    private int MomentsUntil(int* before, int wanted)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = before[middle] < wanted ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
