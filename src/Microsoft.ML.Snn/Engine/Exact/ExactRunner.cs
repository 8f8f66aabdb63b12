using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Shows the inside of trials without a grid: exact spike times, and states sampled where the steps of a grid would end.</summary>
/// <remarks>
/// Between two events a state has a closed form. The pass that scores evaluates it at arrivals only; here it is evaluated again in
/// double precision from the spikes that were found.
/// </remarks>
internal sealed unsafe class ExactRunner<TLane>(ExactNetwork<TLane> network) : TrialRunner(network.Program)
    where TLane : struct, ISimdLane<TLane>
{
    private readonly ExactScratch _scratch = network.CreateScratch();
    private readonly ExactSlot _slot = network.CreateSlot();

    // What arrives at the one neuron that is followed, in order of time.
    private readonly List<(double Time, double Amount)> _arrivals = [];

    private bool HasFirstSpikes => network.Output.Readout == ReadoutKind.FirstSpikeTime;

    public override bool Has(int population, StateVariable variable) => variable switch
    {
        StateVariable.Membrane or StateVariable.Current => true,
        StateVariable.Threshold => population < network.Hidden.Length || HasFirstSpikes,
        _ => false,
    };

    public override void Run(SpikeTrains trains, int example, IReadOnlyList<StateTrack> tracks, Span<float> scores)
    {
        network.Forward(trains, example, _scratch, _slot);
        network.ToScores(_slot, scores);
        foreach (StateTrack track in tracks)
        {
            Sample(track);
        }

        GC.KeepAlive(this);
    }

    public override void CopySpikes(int population, List<RecordedSpike> spikes)
    {
        if (population < network.Hidden.Length)
        {
            EventTape tape = _slot.Tapes[population + 1];
            for (int k = 0; k < tape.Count; k++)
            {
                spikes.Add(new RecordedSpike(tape.Time[k], tape.Neuron[k]));
            }
        }
        else if (HasFirstSpikes)
        {
            spikes.AddRange(Enumerable.Range(0, Program.Output.Units).Where(OutputSpikes)
                .Select(n => new RecordedSpike(_slot.Moments.Time[n], n)).OrderBy(spike => spike.Time));
        }
    }

    public override void Dispose()
    {
        _scratch.Dispose();
        _slot.Dispose();
    }

    /// <summary>A silent output has the moment of its maximum there, and no current.</summary>
    private bool OutputSpikes(int output) => !float.IsNaN(_slot.Moments.Current[output]);

    private void Sample(StateTrack track)
    {
        bool isOutput = track.Population == network.Hidden.Length;
        ExactLayer? layer = isOutput ? null : network.Hidden[track.Population];
        if (track.Variable == StateVariable.Threshold)
        {
            track.Values.AsSpan().Fill(layer?.Threshold ?? network.Output.Threshold);
            return;
        }

        MembraneSegment membrane = layer?.Membrane ?? network.Output.Membrane;
        for (int n = 0; n < track.Neurons; n++)
        {
            int neuron = track.FirstNeuron + n;
            _arrivals.Clear();
            AddArrivals(track.Population, layer?.Input ?? network.Output.Input, neuron);
            if (layer?.Recurrent is { } recurrent)
            {
                AddArrivals(track.Population + 1, recurrent, neuron);
                _arrivals.Sort();
            }

            Follow(track, n, membrane, layer?.Reset ?? 0, isOutput ? [] : SpikesOf(track.Population + 1, neuron));
        }
    }

    private double[] SpikesOf(int tapeIndex, int neuron)
    {
        EventTape tape = _slot.Tapes[tapeIndex];
        var times = new List<double>();
        for (int k = 0; k < tape.Count; k++)
        {
            if (tape.Neuron[k] == neuron)
            {
                times.Add(tape.Time[k]);
            }
        }

        return [.. times];
    }

    private void AddArrivals(int tapeIndex, ConnectionProgram connection, int neuron)
    {
        EventTape tape = _slot.Tapes[tapeIndex];
        float* weights = network.Weights[connection] + neuron;
        nint stride = network.Weights.Stride(connection);
        for (int k = 0; k < tape.Count; k++)
        {
            _arrivals.Add((tape.Time[k], weights[tape.Neuron[k] * stride] * (tape.HasValues ? tape.Value[k] : 1)));
        }
    }

    private void Follow(StateTrack track, int n, MembraneSegment membrane, double reset, double[] resets)
    {
        (double v, double i, double now) = (0, 0, 0);
        int arrival = 0, spike = 0;
        for (int step = track.FirstStep; step < track.FirstStep + track.Steps; step++)
        {
            double sample = (step + 1) * Program.TimeStep;
            while (true)
            {
                double next = arrival < _arrivals.Count ? _arrivals[arrival].Time : double.PositiveInfinity;
                double ownSpike = spike < resets.Length ? resets[spike] : double.PositiveInfinity;
                double time = Math.Min(next, ownSpike);
                if (!(time <= sample))
                {
                    break;
                }

                (v, i) = membrane.Over(time - now).Step(v, i);
                now = time;
                if (ownSpike <= next)
                {
                    v = reset;
                    spike++;
                    continue;
                }

                i += _arrivals[arrival++].Amount;
            }

            (v, i) = membrane.Over(sample - now).Step(v, i);
            now = sample;
            track.Values[(step - track.FirstStep) * track.Neurons + n] = (float)(track.Variable == StateVariable.Membrane ? v : i);
        }
    }
}
