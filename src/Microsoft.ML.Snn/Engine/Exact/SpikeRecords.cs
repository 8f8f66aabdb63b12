using System;
using Microsoft.ML.Snn.Engine.Cpu;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>What the backward pass needs of a layer's spikes, in the order in which they were found.</summary>
/// <remarks>
/// A spike cuts the stretch of its neuron in two. <c>Before</c> is the adjoint's way from the spike back to the neuron's spike
/// before it in the same stretch, or to the arrival that began the stretch; <c>After</c> the way from the arrival that ends the
/// stretch back to the spike. Each is exp(-s/τm), exp(-s/τs) and what a λV of 1 adds to λI.
/// </remarks>
internal sealed unsafe class SpikeRecords : IDisposable
{
    private readonly NativeBuffer<double> _time = new(64);
    private readonly NativeBuffer<int> _neuron = new(64);
    private readonly NativeBuffer<int> _place = new(64);
    private readonly NativeBuffer<int> _isLast = new(64);
    private readonly NativeBuffer<float> _current = new(64);
    private readonly NativeBuffer<float> _beforeMembrane = new(64);
    private readonly NativeBuffer<float> _beforeSynapse = new(64);
    private readonly NativeBuffer<float> _beforeIntoSynapse = new(64);
    private readonly NativeBuffer<float> _afterMembrane = new(64);
    private readonly NativeBuffer<float> _afterSynapse = new(64);
    private readonly NativeBuffer<float> _afterIntoSynapse = new(64);

    /// <summary>Milliseconds since the start of the trial.</summary>
    public double* Time => _time.Pointer;

    public int* Neuron => _neuron.Pointer;

    /// <summary>Index of each spike on the tape, which is in order of time.</summary>
    public int* Place => _place.Pointer;

    /// <summary>1 for its neuron's last spike of the stretch: only there is an After.</summary>
    public int* IsLast => _isLast.Pointer;

    /// <summary>Synaptic current at the spike.</summary>
    public float* Current => _current.Pointer;

    public float* BeforeMembrane => _beforeMembrane.Pointer;

    public float* BeforeSynapse => _beforeSynapse.Pointer;

    public float* BeforeIntoSynapse => _beforeIntoSynapse.Pointer;

    public float* AfterMembrane => _afterMembrane.Pointer;

    public float* AfterSynapse => _afterSynapse.Pointer;

    public float* AfterIntoSynapse => _afterIntoSynapse.Pointer;

    /// <summary>Makes room; the pointers may move.</summary>
    public void Reserve(int count)
    {
        if (count > _neuron.Length)
        {
            long capacity = Math.Max(count, 2 * _neuron.Length);
            _time.Grow(capacity);
            _neuron.Grow(capacity);
            _place.Grow(capacity);
            _isLast.Grow(capacity);
            _current.Grow(capacity);
            _beforeMembrane.Grow(capacity);
            _beforeSynapse.Grow(capacity);
            _beforeIntoSynapse.Grow(capacity);
            _afterMembrane.Grow(capacity);
            _afterSynapse.Grow(capacity);
            _afterIntoSynapse.Grow(capacity);
        }
    }

    public void Dispose()
    {
        _time.Dispose();
        _neuron.Dispose();
        _place.Dispose();
        _isLast.Dispose();
        _current.Dispose();
        _beforeMembrane.Dispose();
        _beforeSynapse.Dispose();
        _beforeIntoSynapse.Dispose();
        _afterMembrane.Dispose();
        _afterSynapse.Dispose();
        _afterIntoSynapse.Dispose();
    }
}
