using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning.Recording;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Records a state variable of neurons at the end of every time step: membrane, current, adaptation, threshold, readout.</summary>
/// <remarks>
/// An event-driven network has no steps: there it is sampled where those of <c>TimeStep</c> would end, from the closed form between the
/// spikes that the engine found.
/// </remarks>
public sealed class StateRecorder : SnnRecorder
{
    private readonly RecorderFilter _filter;
    private readonly List<RecordedStates> _recordings = [];
    private IReadOnlyList<RecorderTarget> _targets = [];
    private NetworkProgram? _program;
    private RecordingMoment _moment;
    private long _values;

    /// <summary>Creates a recorder.</summary>
    /// <param name="layer">
    /// Name of a layer or population, as the network's table has it: "hidden 1", "output"; "hidden" means all hidden layers of a stack.
    /// The default of null is every layer that has the variable.
    /// </param>
    /// <param name="variable">What is read. The default is the membrane potential.</param>
    /// <param name="neurons">Which neurons of it. The default of null is all.</param>
    /// <param name="examples">Which rows, counted from 0. The default of null is the first; <c>..</c> is all.</param>
    /// <param name="from">First time, in milliseconds from the beginning of the trial. The default is 0.</param>
    /// <param name="to">Last time in milliseconds. The default is the end of the trial.</param>
    /// <exception cref="ArgumentException">The rows are counted from the end, or the times are not in order.</exception>
    public StateRecorder(
        string? layer = null, StateVariable variable = StateVariable.Membrane, Range? neurons = null, Range? examples = null,
        double from = 0, double to = double.PositiveInfinity)
    {
        Require.Defined(variable, "Use a value of StateVariable.");
        Variable = variable;
        _filter = new RecorderFilter(layer, neurons, examples, from, to);
    }

    /// <summary>Gets what is read.</summary>
    public StateVariable Variable { get; }

    /// <summary>Gets what was recorded, trial by trial and layer by layer.</summary>
    public IReadOnlyList<RecordedStates> Recordings => _recordings;

    /// <inheritdoc/>
    public override void Clear()
    {
        _recordings.Clear();
        _values = 0;
    }

    internal override (long First, long End) ExampleRange => _filter.Examples;

    internal override void Begin(NetworkProgram program, NetworkWeights weights, TrialRunner runner, RecordingMoment moment)
    {
        (_program, _moment) = (program, moment);
        _targets = _filter.Resolve(program, $"the variable {Variable}", index => index >= 0 && runner.Has(index, Variable));
    }

    internal override void AddTracks(List<StateTrack> tracks)
    {
        (int first, int count) = _filter.Steps(_program!);
        foreach (RecorderTarget target in _targets)
        {
            _values += (long)target.Neurons * count;
            RecordingSession.CheckMemory(_values, MaximumValues, "values");
            tracks.Add(new StateTrack(target.Index, Variable, target.FirstNeuron, target.Neurons, first, count));
        }
    }

    internal override void Take(in RecordedTrial trial)
    {
        for (int n = 0; n < _targets.Count; n++)
        {
            StateTrack track = trial.Tracks[trial.FirstTrack + n];

            // An example that ended earlier has no states behind its end.
            int samples = Math.Clamp(trial.Trains.StepsOf(trial.Index) - track.FirstStep, 0, track.Steps);
            _recordings.Add(new RecordedStates(samples == track.Steps ? track.Values : track.Values[..(samples * track.Neurons)])
            {
                Example = trial.Example,
                Layer = _targets[n].Name,
                Variable = Variable,
                FirstNeuron = track.FirstNeuron,
                NumberOfNeurons = track.Neurons,
                FirstTime = (track.FirstStep + 1) * _program!.TimeStep,
                TimeStep = _program.TimeStep,
                Epoch = _moment.Epoch,
                Update = _moment.Update,
            });
        }
    }
}
