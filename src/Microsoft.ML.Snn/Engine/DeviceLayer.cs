using System;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The spikes of one hidden layer over a batch, and its scratch memory, on the device.</summary>
internal sealed class DeviceLayer : IDisposable
{
    private readonly int _batchSize;
    private readonly int _steps;
    private readonly DeviceBuffer<int> _step;
    private readonly DeviceBuffer<float> _slope;
    private readonly DeviceBuffer<float> _releaseSlope;
    private readonly DeviceBuffer<float> _error;
    private readonly DeviceBuffer<int> _count;
    private readonly DeviceBuffer<int> _masks;
    private readonly DeviceBuffer<float> _state;
    private readonly DeviceBuffer<int> _counters;

    private int _capacity;

    /// <summary>Allocates a layer.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="program">The layer.</param>
    /// <param name="batchSize">The largest batch.</param>
    /// <param name="steps">Number of steps of a trial.</param>
    /// <param name="sendsErrors">Whether the layer before are neurons, which receive errors.</param>
    /// <param name="spikesPerNeuron">Room on the tape for spikes of one neuron in one trial, to begin with.</param>
    public DeviceLayer(
        Accelerator accelerator, HiddenProgram program, int batchSize, int steps, bool sendsErrors, int spikesPerNeuron)
    {
        (Program, _batchSize, _steps) = (program, batchSize, steps);
        long neurons = (long)batchSize * program.Units;
        long recurrent = program.Recurrent == null ? 0 : neurons;
        _step = new DeviceBuffer<int>(accelerator);
        _slope = new DeviceBuffer<float>(accelerator);
        _releaseSlope = new DeviceBuffer<float>(accelerator);
        _error = new DeviceBuffer<float>(accelerator);
        _count = new DeviceBuffer<int>(accelerator, neurons);
        _masks = new DeviceBuffer<int>(accelerator, (long)batchSize * steps * Words);
        _state = new DeviceBuffer<float>(accelerator, 5 * recurrent);
        _counters = new DeviceBuffer<int>(accelerator, 3 * recurrent);
        Trace = new DeviceTrace(accelerator, batchSize, steps, program.Units, sendsErrors);
        Extend(spikesPerNeuron);
    }

    public HiddenProgram Program { get; }

    public DeviceTrace Trace { get; }

    /// <summary>Scratch memory of both passes; the backward pass needs the larger.</summary>
    public ArrayView<float> State => _state.View;

    /// <summary>Scratch memory of both passes; the backward pass needs the larger.</summary>
    public ArrayView<int> Counters => _counters.View;

    public MaskViews Masks => new() { Bits = _masks.View, Steps = _steps, Words = Words };

    private int Words => (Program.Units + 31) / 32;

    /// <summary>The tape.</summary>
    /// <param name="batchCount">Where the spike counts of the batch go.</param>
    /// <param name="overflow">Where a count above the capacity goes.</param>
    /// <param name="keepsSpikes">False to score: spikes are counted, none is written.</param>
    public TapeViews Tape(ArrayView<int> batchCount, ArrayView<int> overflow, bool keepsSpikes) => new()
    {
        Step = _step.View,
        Slope = _slope.View,
        ReleaseSlope = _releaseSlope.View,
        Error = _error.View,
        Count = _count.View,
        BatchCount = batchCount,
        Overflow = overflow,
        Units = Program.Units,
        Capacity = keepsSpikes ? _capacity : 0,
    };

    /// <summary>Makes room for at least <paramref name="spikesPerNeuron"/> spikes of each neuron.</summary>
    public void Extend(int spikesPerNeuron)
    {
        _capacity = CapacityFor(spikesPerNeuron, _steps);
        long length = (long)_batchSize * Program.Units * _capacity;
        _step.Grow(length);
        _slope.Grow(length);
        _releaseSlope.Grow(length);
        _error.Grow(length);
    }

    /// <summary>Room on a tape for at least <paramref name="spikesPerNeuron"/> spikes of each neuron.</summary>
    /// <remarks>A power of two: a rate that creeps up does not repeat batch after batch. No neuron has more than one per step.</remarks>
    public static int CapacityFor(int spikesPerNeuron, int steps)
    {
        int capacity = 1;
        while (capacity < spikesPerNeuron)
        {
            capacity *= 2;
        }

        return Math.Min(capacity, steps);
    }

    public void ClearMasks() => _masks.Clear();

    public void Dispose()
    {
        _step.Dispose();
        _slope.Dispose();
        _releaseSlope.Dispose();
        _error.Dispose();
        _count.Dispose();
        _masks.Dispose();
        _state.Dispose();
        _counters.Dispose();
        Trace.Dispose();
    }
}
