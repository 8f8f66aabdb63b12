using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Shows the inside of trials of a stack of layers.</summary>
/// <remarks>
/// The pass that scores runs a layer through the whole trial and keeps no states; where they are wanted,
/// <see cref="LayerStepper{TLane}"/> runs the same trial again, step by step and with the same bits.
/// </remarks>
internal sealed unsafe class CpuRunner<TLane> : TrialRunner
    where TLane : struct, ISimdLane<TLane>
{
    private readonly CpuNetwork<TLane> _network;
    private readonly LayerScratch _scratch;
    private readonly ExampleSlot _slot;
    private readonly LayerStepper<TLane> _stepper;
    private readonly NativeBuffer<float> _readout;
    private readonly float[] _state;

    public CpuRunner(CpuNetwork<TLane> network)
        : base(network.Program)
    {
        _network = network;
        _scratch = network.CreateScratch();
        _slot = network.CreateSlot();
        _stepper = new LayerStepper<TLane>(network);
        _readout = new NativeBuffer<float>(network.Weights.Stride(Program.Output.Input));
        _state = new float[LargestPopulation];
    }

    private int LargestPopulation
    {
        get
        {
            int largest = 0;
            foreach (PopulationProgram population in Program.Populations)
            {
                largest = Math.Max(largest, population.Units);
            }

            return largest;
        }
    }

    public override bool Has(int population, StateVariable variable) => variable switch
    {
        StateVariable.Membrane or StateVariable.Current => true,
        StateVariable.Threshold => population < Program.Hidden.Count,
        StateVariable.Readout => population == Program.Hidden.Count,
        _ => false,
    };

    public override void Run(SpikeTrains trains, int example, IReadOnlyList<StateTrack> tracks, Span<float> scores)
    {
        _network.Forward(CpuNetwork<TLane>.EventsOf(trains, example), trains.IsConstantCurrent, _scratch, _slot);
        _slot.Output.CopyScores(Program.Output.Readout, Program.Output.Loss, scores);
        if (tracks.Count > 0)
        {
            Replay(trains, example, tracks);
        }

        GC.KeepAlive(trains);
        GC.KeepAlive(this);
    }

    public override void CopySpikes(int population, List<RecordedSpike> spikes)
    {
        if (population == Program.Hidden.Count)
        {
            return;
        }

        SpikeTape tape = _slot.Tapes[population];
        for (int index = 1, k = 0; index <= Program.Steps; index++)
        {
            for (; k < tape.End[index]; k++)
            {
                spikes.Add(new RecordedSpike(index * Program.TimeStep, tape.Neuron[k]));
            }
        }
    }

    public override void Dispose()
    {
        _scratch.Dispose();
        _slot.Dispose();
        _stepper.Dispose();
        _readout.Dispose();
    }

    private void Replay(SpikeTrains trains, int example, IReadOnlyList<StateTrack> tracks)
    {
        ReadOnlySpan<int> channels = trains.ChannelsOf(example);
        ReadOnlySpan<float> values = trains.ValuesOf(example);
        ReadOnlySpan<int> ends = trains.SegmentEnds(example);
        _stepper.Clear();
        _network.BeginRead(_readout.Pointer);
        if (trains.IsConstantCurrent)
        {
            _stepper.SetCurrents(channels, values);
        }

        int first = 0;
        for (int step = 0; step < Program.Steps; step++)
        {
            int end = trains.IsConstantCurrent ? 0 : ends[step];
            _stepper.Advance(channels[first..end], values.IsEmpty ? default : values[first..end]);
            _stepper.ReadOutput(step, _readout.Pointer);
            first = end;
            for (int n = 0; n < tracks.Count; n++)
            {
                if (tracks[n].Wants(step))
                {
                    tracks[n].Take(step, StateOf(tracks[n]));
                }
            }
        }
    }

    private ReadOnlySpan<float> StateOf(StateTrack track)
    {
        Span<float> state = _state.AsSpan(0, Program.Populations[track.Population].Units);
        if (track.Variable == StateVariable.Readout && Program.Output.Readout != Equations.ReadoutKind.EveryStep)
        {
            new ReadOnlySpan<float>(_readout.Pointer, state.Length).CopyTo(state);
        }
        else
        {
            _stepper.CopyState(track.Population, track.Variable, state);
        }

        return state;
    }
}
