using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>A random small network, feed-forward or with recurrent layers, with a random batch of spike times, for the event-driven engine and for the exact oracle.</summary>
internal sealed class ExactCase
{
    private readonly Random _random;
    private readonly Random? _recurrence;
    private readonly int? _units;

    /// <summary>Draws.</summary>
    /// <param name="seed">Of everything.</param>
    /// <param name="recurrent">Whether hidden layers hear themselves.</param>
    /// <param name="units">Number of neurons of every hidden layer, or null to draw it.</param>
    public ExactCase(int seed, bool recurrent = false, int? units = null)
    {
        _units = units;
        _random = new Random(seed);
        _recurrence = recurrent ? new Random(~seed) : null;
        Duration = _random.Next(20, 50);
        Channels = _random.Next(1, 8);
        Classes = _random.Next(2, 5);
        Readout[] readouts =
        [
            Readout.AverageMembrane, Readout.ExponentiallyWeightedMembrane, Readout.SumMembrane, Readout.MaximumMembrane, Readout.FirstSpikeTime,
        ];
        Readout = readouts[_random.Next(readouts.Length)];
        Loss = _random.Next(2) == 0
            ? FirstSpikeLoss.CrossEntropy(temperature: 5, lateStrength: _random.Next(2) * 0.01, lateTime: 8)
            : FirstSpikeLoss.RelativeMeanSquareError(delay: 3);
        (double outputMembrane, double outputSynapse) = DrawTimes();
        Program = NetworkProgram.Build(
            SnnNetwork.Sequential([
                .. Enumerable.Range(0, Math.Max(_random.Next(0, 3), recurrent ? 1 : 0)).Select(index => DrawHidden(index)),
                Layer.Output(
                    Readout, new LeakyIntegrator { MembraneTime = outputMembrane }, new ExponentialSynapse(outputSynapse), firstSpike: Loss)]),
            Channels, steps: Duration, timeStep: 1, Classes, integrator: Integrator.EventDriven);
        Weights = DrawWeights();
        Inputs = [.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ => DrawInput())];
        Labels = [.. Inputs.Select(_ => _random.Next(Classes))];
    }

    public int Duration { get; }

    public int Channels { get; }

    public int Classes { get; }

    public Readout Readout { get; }

    public FirstSpikeLoss Loss { get; }

    public NetworkProgram Program { get; }

    public NetworkWeights Weights { get; }

    /// <summary>Spike times, shape [example][channel]; NaN is no spike.</summary>
    public float[][] Inputs { get; }

    public int[] Labels { get; }

    public SpikeTrains Trains()
    {
        var builder = new SpikeTrainsBuilder(Duration, Channels, isConstantCurrent: false, isSpikeTimes: true);
        Array.ForEach(Inputs, times => builder.AddDense(times));
        return builder.ToSpikeTrains();
    }

    public ReferenceInputSpike[] InputOf(int example) =>
        [.. Inputs[example].Select((time, channel) => new ReferenceInputSpike(time, channel)).Where(spike => !double.IsNaN(spike.Time))];

    /// <summary>The oracle for these weights, all multiplied by a factor, and moved by as much as a connection's own say.</summary>
    public ReferenceNetwork Oracle(double factor = 1, double[]?[]? moved = null)
    {
        var layers = new List<ReferenceLayer>();
        foreach (SpikingLayer layer in Program.Description.Hidden)
        {
            layers.Add(new ReferenceLayer
            {
                Weights = Matrix(Program.Hidden[layers.Count].Input, factor, moved),
                RecurrentWeights = Program.Hidden[layers.Count].Recurrent is { } own ? Matrix(own, factor, moved) : null,
                MembraneTime = layer.Neuron.LeakTime,
                SynapseTime = ((ExponentialSynapse)layer.Synapse).Time,
                Threshold = layer.Neuron.Threshold,
                Reset = layer.Neuron.Reset,
            });
        }

        OutputLayer output = Program.Description.Output;
        layers.Add(new ReferenceLayer
        {
            Weights = Matrix(Program.Output.Input, factor, moved),
            MembraneTime = output.Neuron.MembraneTime,
            SynapseTime = ((ExponentialSynapse)output.Synapse).Time,
        });
        return new ReferenceNetwork(
            layers,
            Readout switch
            {
                Readout.AverageMembrane => ReferenceReadout.AverageMembrane,
                Readout.ExponentiallyWeightedMembrane => ReferenceReadout.ExponentiallyWeightedMembrane,
                Readout.SumMembrane => ReferenceReadout.SumMembrane,
                Readout.MaximumMembrane => ReferenceReadout.MaximumMembrane,
                _ => ReferenceReadout.FirstSpikeTime,
            },
            Duration);
    }

    /// <summary>The loss of one example with outputs y.</summary>
    public double LossOf(double[] y, int label)
    {
        if (Readout != Readout.FirstSpikeTime)
        {
            return SoftmaxCrossEntropy.Loss(y, label);
        }

        return Loss.Delay > 0
            ? Enumerable.Range(0, y.Length).Where(k => k != label).Sum(k => Math.Pow(y[k] - y[label] - Loss.Delay, 2)) / (2 * (y.Length - 1))
            : SoftmaxCrossEntropy.Loss([.. y.Select(t => -t / Loss.Temperature)], label)
                + Loss.LateStrength * Late(y[label]);
    }

    /// <summary>exp(t/late) - 1, and its tangent at the end of the trial for an output that stays silent; the step of <see cref="ErrorOf"/> straddles neither.</summary>
    private double Late(double time) => time <= Duration
        ? Math.Exp(time / Loss.LateTime) - 1
        : Math.Exp(Duration / Loss.LateTime) * (1 + (time - Duration) / Loss.LateTime) - 1;

    /// <summary>∂L/∂Y by central differences, so that no formula of the library's is repeated; good to about 1e-11.</summary>
    public double[] ErrorOf(double[] outputs, int label)
    {
        const double H = 1e-3;
        double[] y = [.. outputs];
        return [.. Enumerable.Range(0, y.Length).Select(k =>
        {
            double unmoved = y[k];
            double[] losses = [.. new[] { -2 * H, -H, H, 2 * H }.Select(step =>
            {
                y[k] = unmoved + step;
                return LossOf(y, label);
            })];
            y[k] = unmoved;
            return (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * H);
        })];
    }

    /// <summary>Whether a change far below the precision of a float turns other events out: no two programs need agree there.</summary>
    public bool IsOnAKnifeEdge()
    {
        (ReferenceNetwork lower, ReferenceNetwork exact, ReferenceNetwork upper) = (Oracle(1 - 1e-5), Oracle(), Oracle(1 + 1e-5));
        return Enumerable.Range(0, Inputs.Length).Any(example =>
        {
            ReferenceTrace trace = exact.Forward(InputOf(example));
            return !SameEvents(trace, lower.Forward(InputOf(example))) || !SameEvents(trace, upper.Forward(InputOf(example)))
                || trace.Events.Any(IsGrazing);
        });
    }

    public bool IsGrazing(ReferenceEvent e)
    {
        if (e.Kind != ReferenceEventKind.Spike)
        {
            return false;
        }

        double threshold = e.Layer == Program.Hidden.Count ? 1 : Program.Hidden[e.Layer].Spike.Threshold;
        return e.Current - threshold < 0.05;
    }

    public static bool SameEvents(ReferenceTrace a, ReferenceTrace b) =>
        a.Events.Select(e => (e.Kind, e.Layer, e.Index)).SequenceEqual(b.Events.Select(e => (e.Kind, e.Layer, e.Index)))
        && a.Maxima.Select(m => m.Event).SequenceEqual(b.Maxima.Select(m => m.Event));

    private Layer DrawHidden(int index)
    {
        (double membrane, double synapse) = DrawTimes();
        int drawn = _recurrence?.Next(1, 10) ?? _random.Next(1, 40);
        return Layer.Dense(
            _units ?? drawn,
            new LeakyIntegrateFire { MembraneTime = membrane, Threshold = 0.5 + _random.NextDouble(), Reset = _random.Next(3) * -0.2 },
            new ExponentialSynapse(synapse),
            recurrent: _recurrence != null && (index == 0 || _recurrence.Next(2) == 0));
    }

    /// <summary>Equal time constants, twice as long a membrane, a longer or a shorter one: all the ways to a crossing.</summary>
    private (double Membrane, double Synapse) DrawTimes() => _random.Next(5) switch
    {
        0 => (10, 10),
        1 => (10, 5),
        2 => (5, 12),
        3 => (20, 5),
        _ => (20, 20 - 1e-4),
    };

    private float[] DrawInput() =>
        [.. Enumerable.Range(0, Channels).Select(_ => _random.Next(8) == 0 ? float.NaN : (float)(_random.NextDouble() * 0.6 * Duration))];

    private NetworkWeights DrawWeights()
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(Program);
        foreach (ConnectionProgram connection in Program.Connections)
        {
            // A few spikes per neuron, whatever the number of inputs; every output spikes in about every other trial.
            double scale = 6 / Math.Sqrt(connection.Rows);
            foreach (ref float weight in weights[connection.Index].AsSpan())
            {
                weight = connection.Source == connection.Target
                    ? (float)(0.5 * scale * (_recurrence!.NextDouble() - 0.5))
                    : (float)(scale * (_random.NextDouble() - 0.25));
            }
        }

        return weights;
    }

    private double[,] Matrix(ConnectionProgram connection, double factor, double[]?[]? moved)
    {
        var matrix = new double[connection.Rows, connection.Columns];
        for (int row = 0; row < connection.Rows; row++)
        {
            for (int column = 0; column < connection.Columns; column++)
            {
                int at = row * connection.Columns + column;
                matrix[row, column] = factor * Weights[connection.Index][at] + (moved?[connection.Index]?[at] ?? 0);
            }
        }

        return matrix;
    }
}
