using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Shows the inside of trials of a graph: the worker that scores stops after each step to be looked at.</summary>
internal sealed unsafe class GraphRunner<TLane> : TrialRunner
    where TLane : struct, ISimdLane<TLane>
{
    private readonly GraphNetwork<TLane> _network;
    private readonly GraphSlot _slot;
    private readonly float[] _state;
    private GraphWorker<TLane> _worker;
    private bool _isConstantCurrent;

    public GraphRunner(GraphNetwork<TLane> network)
        : base(network.Program)
    {
        _network = network;
        _slot = new GraphSlot(Program, TLane.Width);
        _state = new float[Program.Populations.Max(p => p.Units)];
        _worker = new GraphWorker<TLane>(network, isConstantCurrent: false);
    }

    public override bool Has(int population, StateVariable variable) => variable == StateVariable.Readout
        ? Program.Populations[population].Readout != null
        : _worker.Populations[population].Has(variable);

    public override void Run(SpikeTrains trains, int example, IReadOnlyList<StateTrack> tracks, Span<float> scores)
    {
        if (_isConstantCurrent != trains.IsConstantCurrent)
        {
            _isConstantCurrent = trains.IsConstantCurrent;
            _worker.Dispose();
            _worker = new GraphWorker<TLane>(_network, _isConstantCurrent);
        }

        _worker.BeginForward(trains, example, _slot);
        for (int step = 0, steps = trains.StepsOf(example); step < steps; step++)
        {
            _worker.Advance(step, _slot);
            for (int n = 0; n < tracks.Count; n++)
            {
                if (tracks[n].Wants(step))
                {
                    tracks[n].Take(step, StateOf(tracks[n]));
                }
            }
        }

        _slot.Readouts[0].CopyScores(Program.Output.Readout, Program.Output.Loss, scores);
        GC.KeepAlive(trains);
        GC.KeepAlive(this);
    }

    public override void CopySpikes(int population, List<RecordedSpike> spikes)
    {
        GraphTape tape = _slot.Tapes[population];
        for (int k = 0; k < tape.Count; k++)
        {
            spikes.Add(new RecordedSpike(tape.Time[k] * Program.TimeStep, tape.Neuron[k]));
        }
    }

    public override void Dispose()
    {
        _worker.Dispose();
        _slot.Dispose();
    }

    private ReadOnlySpan<float> StateOf(StateTrack track)
    {
        PopulationProgram population = Program.Populations[track.Population];
        if (track.Variable == StateVariable.Readout && population.Readout != ReadoutKind.EveryStep)
        {
            int output = Program.Populations.Take(track.Population).Count(p => p.Readout != null);
            return _slot.Readouts[output].Readouts;
        }

        Span<float> state = _state.AsSpan(0, population.Units);
        _worker.Populations[track.Population].CopyState(
            track.Variable == StateVariable.Readout ? StateVariable.Membrane : track.Variable, state);
        return state;
    }
}
