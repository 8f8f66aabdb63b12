using System;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The spikes, traces and scratch memory of a graph's trials, on the device.</summary>
/// <remarks>Memory per example grows with the number of steps: the backward pass leaves the adjoint of every current at every step.</remarks>
internal sealed class DeviceGraphState : IDisposable
{
    private readonly DeviceGraphProgram _graph;
    private readonly int _batchSize;
    private readonly int _steps;
    private readonly DeviceBuffer<float> _state;
    private readonly DeviceBuffer<int> _counters;
    private readonly DeviceBuffer<float> _currents;
    private readonly DeviceBuffer<float> _constant;
    private readonly DeviceBuffer<float> _ring;
    private readonly DeviceBuffer<float> _parts;
    private readonly DeviceBuffer<int> _masks;
    private readonly DeviceBuffer<int> _step;
    private readonly DeviceBuffer<float> _slope;
    private readonly DeviceBuffer<float> _releaseSlope;
    private readonly DeviceBuffer<float> _jump;
    private readonly DeviceBuffer<float> _error;
    private readonly DeviceBuffer<int> _count;
    private readonly DeviceBuffer<int> _maximumStep;
    private readonly DeviceBuffer<float> _maximumSlope;
    private readonly DeviceBuffer<float> _firstSpikes;
    private readonly DeviceBuffer<float> _history;
    private readonly DeviceBuffer<float> _kept;
    private readonly DeviceBuffer<float> _derivative;
    private readonly DeviceBuffer<float> _errors;
    private readonly DeviceBuffer<float> _moved;
    private readonly DeviceBuffer<float> _derivativeSum;
    private readonly DeviceBuffer<float> _learnedGradient;
    private int _capacity;

    /// <summary>Allocates what a forward pass needs; the first backward pass needs more.</summary>
    public DeviceGraphState(Accelerator accelerator, DeviceGraphProgram graph, int batchSize, int steps, int spikesPerNeuron)
    {
        (_graph, _batchSize, _steps) = (graph, batchSize, steps);
        long neurons = (long)batchSize * graph.Neurons, currents = (long)batchSize * graph.Currents;
        _state = new DeviceBuffer<float>(accelerator, GraphStateViews.StateArrays * neurons);
        _counters = new DeviceBuffer<int>(accelerator, GraphStateViews.CounterArrays * neurons);
        _currents = new DeviceBuffer<float>(accelerator, 2 * currents);
        _constant = new DeviceBuffer<float>(accelerator, currents);
        _ring = new DeviceBuffer<float>(accelerator, (long)batchSize * graph.RingLength);
        _parts = new DeviceBuffer<float>(accelerator, (long)batchSize * GraphStateViews.PartsOfSlot);
        _masks = new DeviceBuffer<int>(accelerator, neurons / 32 * steps);
        _step = new DeviceBuffer<int>(accelerator);
        _slope = new DeviceBuffer<float>(accelerator);
        _releaseSlope = new DeviceBuffer<float>(accelerator);
        _jump = new DeviceBuffer<float>(accelerator);
        _error = new DeviceBuffer<float>(accelerator);
        _count = new DeviceBuffer<int>(accelerator, neurons);
        Readout = new DeviceBuffer<float>(accelerator, graph.Readouts);
        StepReadout = new DeviceBuffer<float>(accelerator, graph.StepReadouts);
        _maximumStep = new DeviceBuffer<int>(accelerator, graph.Readouts);
        _maximumSlope = new DeviceBuffer<float>(accelerator, graph.Readouts);
        _firstSpikes = new DeviceBuffer<float>(accelerator, graph.HasFirstSpikes ? (long)GraphStateViews.FirstSpikeNumbers * graph.Readouts : 0);
        _history = new DeviceBuffer<float>(accelerator);
        _kept = new DeviceBuffer<float>(accelerator);
        _derivative = new DeviceBuffer<float>(accelerator);
        _errors = new DeviceBuffer<float>(accelerator);
        _moved = new DeviceBuffer<float>(accelerator);
        _derivativeSum = new DeviceBuffer<float>(accelerator);
        _learnedGradient = new DeviceBuffer<float>(accelerator);
        Extend(spikesPerNeuron);
    }

    /// <summary>Readouts and scores, shape [output][slot, neuron].</summary>
    public DeviceBuffer<float> Readout { get; }

    /// <summary>Readouts and scores of steps, shape [output][slot, step, neuron].</summary>
    public DeviceBuffer<float> StepReadout { get; }

    /// <summary>∂L/∂w of an arrival at every step, shape [slot, step, current].</summary>
    public ArrayView<float> Derivative => _derivative.View;

    /// <summary>The same summed over the steps, for a constant current. Shape [slot, current].</summary>
    public ArrayView<float> DerivativeSum => _derivativeSum.View;

    /// <summary>∂L/∂t of an arrival of 1 at every step, shape [slot, step, current].</summary>
    public ArrayView<float> Errors => _errors.View;

    /// <summary>∂L/∂t of any arrival that moves a maximum, shape [output][slot, step, neuron].</summary>
    public ArrayView<float> Moved => _moved.View;

    /// <summary>First spikes of a population, shape [slot, neuron, number].</summary>
    public ArrayView<float> FirstSpikesOf(in GraphPopulation population, int slots) => _firstSpikes.View.SubView(
        (long)GraphStateViews.FirstSpikeNumbers * population.FirstReadout, (long)GraphStateViews.FirstSpikeNumbers * slots * population.Units);

    /// <summary>Steps of the first spikes of a population, shape [slot, neuron].</summary>
    public ArrayView<int> FirstSpikeStepsOf(in GraphPopulation population, int slots) =>
        _maximumStep.View.SubView(population.FirstReadout, (long)slots * population.Units);

    /// <summary>Shape [slot, learned number].</summary>
    public ArrayView<float> LearnedGradient => _learnedGradient.View;

    /// <summary>The tape.</summary>
    /// <param name="batch">Where spike counts of the batch, and a count above the capacity, go.</param>
    /// <param name="keepsSpikes">False to score: spikes are counted, none is written.</param>
    public TapeViews Tape(DeviceBatch batch, bool keepsSpikes) => new()
    {
        Step = _step.View,
        Slope = _slope.View,
        ReleaseSlope = _releaseSlope.View,
        Error = _error.View,
        Count = _count.View,
        BatchCount = batch.SpikeCountsOf(0, _graph.Neurons),
        Overflow = batch.Views.Overflow,
        Units = _graph.Neurons,
        Capacity = keepsSpikes ? _capacity : 0,
    };

    public GraphStateViews Views(DeviceBatch batch, bool keepsSpikes) => new()
    {
        State = _state.View,
        Counters = _counters.View,
        Currents = _currents.View,
        Constant = _constant.View,
        Ring = _ring.View,
        Parts = _parts.View,
        Masks = new() { Bits = _masks.View, Steps = _steps, Words = _graph.Neurons / 32 },
        Tape = Tape(batch, keepsSpikes),
        Jump = _jump.View,
        Readout = Readout.View,
        MaximumStep = _maximumStep.View,
        MaximumSlope = _maximumSlope.View,
        StepReadout = StepReadout.View,
        FirstSpikes = _firstSpikes.View,
        History = _history.View,
        Kept = _kept.View,
        Derivative = _derivative.View,
        Error = _errors.View,
        Moved = _moved.View,
        DerivativeSum = _derivativeSum.View,
        LearnedGradient = _learnedGradient.View,
    };

    /// <summary>Makes room for a backward pass.</summary>
    /// <param name="sendsErrors">Whether spikes receive errors, as EventProp has it.</param>
    public void PlanBackward(bool sendsErrors)
    {
        long steps = (long)_batchSize * _steps;
        _derivative.Grow(steps * _graph.Currents);
        _errors.Grow(sendsErrors ? steps * _graph.Currents : 0);
        _moved.Grow(_graph.HasMaximum ? (long)_steps * _graph.Readouts : 0);
        _derivativeSum.Grow((long)_batchSize * _graph.Currents);
        _learnedGradient.Grow((long)_batchSize * _graph.Learned);
        _kept.Grow(steps * _graph.Kept);
        _history.Grow(_graph.LearnsTimes ? steps * (_graph.Neurons + 2L * _graph.Currents) : 0);
    }

    /// <summary>Makes room for at least so many spikes of each neuron.</summary>
    public void Extend(int spikesPerNeuron)
    {
        _capacity = DeviceLayer.CapacityFor(spikesPerNeuron, _steps);
        long length = (long)_batchSize * _graph.Neurons * _capacity;
        _step.Grow(length);
        _slope.Grow(length);
        _releaseSlope.Grow(length);
        _jump.Grow(length);
        _error.Grow(length);
    }

    public void ClearMasks() => _masks.Clear();

    public void Dispose()
    {
        foreach (DeviceBuffer<float> buffer in (ReadOnlySpan<DeviceBuffer<float>>)
        [
            _state, _currents, _constant, _ring, _parts, _slope, _releaseSlope, _jump, _error, Readout, StepReadout, _maximumSlope, _firstSpikes,
            _history, _kept, _derivative, _errors, _moved, _derivativeSum, _learnedGradient,
        ])
        {
            buffer.Dispose();
        }

        _counters.Dispose();
        _masks.Dispose();
        _step.Dispose();
        _count.Dispose();
        _maximumStep.Dispose();
    }
}
