using System;
using Microsoft.ML.Snn.Engine.Cpu;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>The spikes of one layer, or of the input, in one trial, in order of time. Grows by itself.</summary>
internal sealed unsafe class EventTape : IDisposable
{
    // One for the end of the last stretch, and the rest so that four stretches can be read at once.
    private const int Padding = 5;

    private readonly NativeBuffer<double> _time = new(64);
    private readonly NativeBuffer<int> _neuron = new(64);
    private readonly NativeBuffer<float> _value = new(64);
    private readonly NativeBuffer<float> _error = new(64);

    /// <summary>Number of spikes so far.</summary>
    public int Count { get; set; }

    /// <summary>Number of spikes that the loss can see: none after the last event that matters in the next layer.</summary>
    public int Used { get; set; }

    /// <summary>Whether events have values other than 1.</summary>
    public bool HasValues { get; set; }

    /// <summary>Milliseconds since the start of the trial.</summary>
    public double* Time => _time.Pointer;

    /// <summary>Which neuron or channel spiked.</summary>
    public int* Neuron => _neuron.Pointer;

    /// <summary>Multiplicity of each event; only where <see cref="HasValues"/>.</summary>
    public float* Value => _value.Pointer;

    /// <summary>What a feed-forward layer itself needs of its spikes, and as many as there are spikes; a recurrent one has a <see cref="MomentTable"/>.</summary>
    public SpikeRecords Records { get; } = new();

    /// <summary>∂L/∂t of the spike by what its targets send back; of neurons only, and only of those used.</summary>
    public float* Error => _error.Pointer;

    /// <summary>Makes room; the pointers may move.</summary>
    public void Reserve(int count)
    {
        if (count > _neuron.Length)
        {
            long capacity = Math.Max(count, 2 * _neuron.Length);
            _time.Grow(capacity);
            _neuron.Grow(capacity);
            _value.Grow(capacity);
            _error.Grow(capacity);
        }
    }

    /// <summary>Writes the end of the trial behind the last event, so that every stretch begins and ends on the tape.</summary>
    public void Close(double duration)
    {
        Reserve(Count + Padding);
        new Span<double>(Time + Count, Padding).Fill(duration);
    }

    /// <summary>Sets <see cref="Used"/> to the number of spikes before a time; what arrives at that very time comes too late.</summary>
    public void UseBefore(double time)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Time[middle] < time ? (middle + 1, high) : (low, middle);
        }

        Used = low;
    }

    public void Dispose()
    {
        _time.Dispose();
        _neuron.Dispose();
        _value.Dispose();
        Records.Dispose();
        _error.Dispose();
    }
}
