using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning.Recording;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Records the spikes of layers and inputs.</summary>
public sealed class SpikeRecorder : SnnRecorder
{
    private readonly RecorderFilter _filter;
    private readonly List<RecordedSpikes> _recordings = [];
    private IReadOnlyList<RecorderTarget> _targets = [];
    private NetworkProgram? _program;
    private RecordingMoment _moment;
    private long _spikes;

    /// <summary>Creates a recorder.</summary>
    /// <param name="layer">
    /// Name of a layer, population or input, as the network's table has it: "input", "hidden 1"; "hidden" means all hidden layers of a stack.
    /// The default of null is everything that spikes.
    /// </param>
    /// <param name="neurons">Which neurons of it. The default of null is all.</param>
    /// <param name="examples">Which rows, counted from 0. The default of null is the first; <c>..</c> is all.</param>
    /// <param name="from">First time, in milliseconds from the beginning of the trial. The default is 0.</param>
    /// <param name="to">Last time in milliseconds. The default is the end of the trial.</param>
    /// <exception cref="ArgumentException">The rows are counted from the end, or the times are not in order.</exception>
    public SpikeRecorder(
        string? layer = null, Range? neurons = null, Range? examples = null, double from = 0, double to = double.PositiveInfinity) =>
        _filter = new RecorderFilter(layer, neurons, examples, from, to);

    /// <summary>Gets what was recorded, trial by trial and layer by layer.</summary>
    public IReadOnlyList<RecordedSpikes> Recordings => _recordings;

    /// <inheritdoc/>
    public override void Clear()
    {
        _recordings.Clear();
        _spikes = 0;
    }

    internal override (long First, long End) ExampleRange => _filter.Examples;

    internal override void Begin(NetworkProgram program, NetworkWeights weights, TrialRunner runner, RecordingMoment moment)
    {
        (_program, _moment) = (program, moment);
        _targets = _filter.Resolve(program, "spikes", index =>
            index < 0 || program.Populations[index].Neuron.IsSpiking || program.Output.Readout == Equations.ReadoutKind.FirstSpikeTime);
    }

    internal override void Take(in RecordedTrial trial)
    {
        foreach (RecorderTarget target in _targets)
        {
            var spikes = new List<RecordedSpike>();
            if (target.Index < 0)
            {
                trial.Runner.CopyInput(trial.Trains, trial.Index, ~target.Index, spikes);
            }
            else
            {
                trial.Runner.CopySpikes(target.Index, spikes);
            }

            spikes.RemoveAll(spike => !target.Wants(spike.Neuron) || !_filter.Holds(spike.Time));
            _spikes += spikes.Count;
            RecordingSession.CheckMemory(_spikes, MaximumValues, "spikes");
            _recordings.Add(new RecordedSpikes(spikes)
            {
                Example = trial.Example,
                Layer = target.Name,
                NumberOfNeurons = target.Units,
                Duration = trial.Trains.StepsOf(trial.Index) * _program!.TimeStep,
                TimeStep = _program.TimeStep,
                Epoch = _moment.Epoch,
                Update = _moment.Update,
            });
        }
    }
}
