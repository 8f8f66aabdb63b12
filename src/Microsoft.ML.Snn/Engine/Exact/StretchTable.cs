using System;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>What each stretch of time, from one arrival to the next, does to the layer that is reached: both passes read it.</summary>
internal sealed unsafe class StretchTable : IDisposable
{
    private readonly NativeBuffer<double> _membrane = new(64);
    private readonly NativeBuffer<double> _synapse = new(64);
    private readonly NativeBuffer<double> _into = new(64);
    private readonly NativeBuffer<int> _firstSpike = new(64);
    private double _adjointRatio;

    /// <summary>All stretches, until the table grows.</summary>
    public StretchRows Rows => new(_membrane.Pointer, _synapse.Pointer, _into.Pointer, _adjointRatio);

    /// <summary>The stretch that arrival <paramref name="k"/> begins.</summary>
    public SegmentDecay this[int k] => Rows[k];

    /// <summary>Number of spikes of the layer before each stretch; of spiking layers only. Shape [arrival].</summary>
    public int* FirstSpike => _firstSpike.Pointer;

    /// <summary>Works out the stretches between all arrivals; the last one ends with the trial.</summary>
    public void Fill(in MembraneSegment membrane, EventTape arrivals, double duration)
    {
        _adjointRatio = membrane.AdjointRatio;
        arrivals.Close(duration);
        int width = Vector256<double>.Count;
        if (arrivals.Count + width > _into.Length)
        {
            long capacity = Math.Max(arrivals.Count + width, 2 * _into.Length);
            _membrane.Grow(capacity);
            _synapse.Grow(capacity);
            _into.Grow(capacity);
            _firstSpike.Grow(capacity);
        }

        for (int k = 0; k < arrivals.Count; k += width)
        {
            double* time = arrivals.Time + k;
            SegmentDecays decays = membrane.Between(Vector256.Load(time + 1) - Vector256.Load(time));
            decays.Membrane.Store(_membrane.Pointer + k);
            decays.Synapse.Store(_synapse.Pointer + k);
            decays.CurrentIntoMembrane.Store(_into.Pointer + k);
        }
    }

    /// <summary>How many of the arrivals come before the last of so many spikes of the layer.</summary>
    public int ArrivalsBefore(int spikes, int arrivals)
    {
        int low = 0, high = arrivals;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = FirstSpike[middle] < spikes ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    public void Dispose()
    {
        _membrane.Dispose();
        _synapse.Dispose();
        _into.Dispose();
        _firstSpike.Dispose();
    }
}
