using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>A random small network with a random batch, described once for the engines and once for the oracle.</summary>
internal sealed class RandomCase
{
    private static readonly Readout[] s_weightedSums =
        [Readout.AverageMembrane, Readout.ExponentiallyWeightedMembrane, Readout.SumMembrane, Readout.FinalMembrane];

    private readonly Random _random;
    private readonly int _maximumUnits;
    private readonly bool _isShallow;

    /// <summary>Draws a case.</summary>
    /// <param name="seed">The same seed gives the same case.</param>
    /// <param name="maximumUnits">The largest hidden layer.</param>
    /// <param name="maximumSteps">The longest trial.</param>
    /// <param name="isShallow">Whether it has the form that <see cref="Snn.Engine.Cpu.Columns.ColumnEngine{TLane}"/> trains.</param>
    public RandomCase(int seed, int maximumUnits = 39, int maximumSteps = 29, bool isShallow = false)
    {
        _isShallow = isShallow;
        _random = new Random(seed);
        _maximumUnits = maximumUnits;
        Steps = _random.Next(1, maximumSteps + 1);
        TimeStep = _random.Next(2) == 0 ? 1 : 0.5;
        Channels = _random.Next(1, 12);
        Classes = _random.Next(2, 5);
        IsConstantCurrent = _random.Next(4) == 0;
        Reset = (ResetMode)_random.Next(2);
        Readout = isShallow ? s_weightedSums[_random.Next(s_weightedSums.Length)] : (Readout)_random.Next(6);
        Loss = DrawLoss();
        Layers = [.. Enumerable.Range(0, isShallow ? 1 : _random.Next(0, 3)).Select(_ => DrawHidden())];
        Output = Layer.Output(
            Readout, new LeakyIntegrator { MembraneTime = DrawTime() }, new ExponentialSynapse(DrawTime()), loss: Loss);
        Program = NetworkProgram.Build(SnnNetwork.Sequential([.. Layers, Output]), Channels, Steps, TimeStep, Classes);
        Weights = DrawWeights();
        Count = _random.Next(1, 6);
        Inputs = [.. Enumerable.Range(0, Count).Select(_ => DrawInput())];
        Targets = [.. Enumerable.Range(0, Count).Select(_ => DrawTarget())];
        ExampleWeights = _random.Next(3) == 0 ? [.. Enumerable.Range(0, Count).Select(_ => _random.NextSingle() * 2)] : null;
        SpikeCount = _random.Next(3) == 0 ? new SpikeCountEquations(2, 0.3f, 0.2f) : default;
    }

    public int Steps { get; }

    public double TimeStep { get; }

    public int Channels { get; }

    public int Classes { get; }

    public int Count { get; }

    public bool IsConstantCurrent { get; }

    public ResetMode Reset { get; }

    public Readout Readout { get; }

    public Layer[] Layers { get; }

    public Layer Output { get; }

    public NetworkProgram Program { get; }

    public NetworkWeights Weights { get; }

    public GridInput[] Inputs { get; }

    public Loss Loss { get; }

    /// <summary>What each example should give, shape [row][output]; a row of one number for a class, of none where it has no target.</summary>
    public double[][][] Targets { get; }

    public float[]? ExampleWeights { get; }

    public SpikeCountEquations SpikeCount { get; }

    public float GrazingLimit { get; } = 0.05f;

    /// <summary>The targets as the engines read them.</summary>
    public Targets EngineTargets() => Loss.Kind == LossKind.SoftmaxCrossEntropy
        ? Microsoft.ML.Snn.Engine.Targets.OfClasses(
            [.. Targets.SelectMany(rows => rows.Select(row => row.Length == 0 ? Target.NoClass : (int)row[0]))], Targets[0].Length)
        : Microsoft.ML.Snn.Engine.Targets.OfValues(
            [.. Targets.SelectMany(rows => rows.SelectMany(row => row.Length == 0 ? Enumerable.Repeat(float.NaN, Classes) : row.Select(t => (float)t)))],
            Classes, Targets[0].Length);

    /// <summary>The batch as the engines read it.</summary>
    public SpikeTrains Trains()
    {
        var builder = new SpikeTrainsBuilder(Steps, Channels, IsConstantCurrent);
        foreach (GridInput input in Inputs)
        {
            if (IsConstantCurrent)
            {
                builder.AddDense([.. input.Constant.Select(x => (float)x)]);
            }
            else
            {
                var slots = input.Spikes.OrderBy(s => s.Step * Channels + s.Channel).ToArray();
                builder.Add(
                    [.. slots.Select(s => s.Step * Channels + s.Channel)], [.. slots.Select(s => (float)s.Value)]);
            }
        }

        return builder.ToSpikeTrains();
    }

    /// <summary>The oracle for these weights; thresholds moved by <paramref name="shift"/>.</summary>
    public GridNetwork Oracle(double shift = 0)
    {
        var layers = new List<ReferenceLayer>();
        foreach (SpikingLayer layer in Program.Description.Hidden)
        {
            HiddenProgram hidden = Program.Hidden[layers.Count];
            layers.Add(new ReferenceLayer
            {
                Weights = Matrix(hidden.Input),
                RecurrentWeights = hidden.Recurrent == null ? null : Matrix(hidden.Recurrent),
                MembraneTime = layer.Neuron.LeakTime,
                SynapseTime = ((ExponentialSynapse)layer.Synapse).Time,
                Threshold = layer.Neuron.Threshold + shift,
                Reset = layer.Neuron.Reset,
                RefractoryPeriod = layer.Neuron.RefractoryPeriod,
            });
        }

        OutputLayer output = Program.Description.Output;
        layers.Add(new ReferenceLayer
        {
            Weights = Matrix(Program.Output.Input),
            MembraneTime = output.Neuron.MembraneTime,
            SynapseTime = ((ExponentialSynapse)output.Synapse).Time,
        });
        return new GridNetwork(layers, new GridSettings
        {
            TimeStep = TimeStep,
            StepCount = Steps,
            Readout = Readout switch
            {
                Readout.AverageMembrane => ReferenceReadout.AverageMembrane,
                Readout.ExponentiallyWeightedMembrane => ReferenceReadout.ExponentiallyWeightedMembrane,
                Readout.SumMembrane => ReferenceReadout.SumMembrane,
                Readout.MaximumMembrane => ReferenceReadout.MaximumMembrane,

                // The membrane itself is read: TrialLoss.
                _ => ReferenceReadout.AverageMembrane,
            },
            Reset = Reset == ResetMode.Absolute ? GridReset.Absolute : GridReset.Subtraction,
            SpikeCurrent = SpikeCurrent.Interpolated,
            ArrivalMovesMaximum = true,
            GrazingLimit = GrazingLimit,
        });
    }

    /// <summary>
    /// Whether rounding could change a spike: then float and double see two different trials, and both are right.
    /// </summary>
    public bool IsOnAKnifeEdge()
    {
        const double Margin = 2e-5;
        return Inputs.Any(input =>
        {
            GridTrace lower = Oracle(-Margin).Forward(input);
            GridTrace upper = Oracle(Margin).Forward(input);
            return Enumerable.Range(0, Layers.Length).Any(layer => !lower.Spikes(layer).Select(s => (s.Step, s.Neuron))
                    .SequenceEqual(upper.Spikes(layer).Select(s => (s.Step, s.Neuron))))
                || !lower.MaximumStep.SequenceEqual(upper.MaximumStep);
        });
    }

    private Loss DrawLoss()
    {
        Loss loss = _random.Next(3) switch
        {
            0 => Loss.SoftmaxCrossEntropy,
            1 => Loss.SigmoidCrossEntropy,
            _ => Loss.MeanSquaredError,
        };
        return loss with { EveryStep = !_isShallow && _random.Next(3) == 0 };
    }

    private double[][] DrawTarget()
    {
        bool isSequence = Readout == Readout.MembraneAtEveryStep;
        return [.. Enumerable.Range(0, isSequence ? Steps : 1).Select(_ => isSequence && _random.Next(4) == 0 ? [] : DrawRow())];
    }

    private double[] DrawRow() => Loss.Kind switch
    {
        LossKind.SoftmaxCrossEntropy => [_random.Next(Classes)],
        LossKind.SigmoidCrossEntropy => [.. Enumerable.Range(0, Classes).Select(_ => (double)_random.Next(2))],
        _ => [.. Enumerable.Range(0, Classes).Select(_ => (double)(_random.NextSingle() * 4 - 2))],
    };

    private Layer DrawHidden() => Layer.Dense(
        _random.Next(1, _maximumUnits + 1),
        new LeakyIntegrateFire
        {
            MembraneTime = DrawTime(),
            Reset = _random.Next(2) == 0 ? 0 : -0.5,
            ResetMode = Reset,
            RefractoryPeriod = _isShallow || _random.Next(2) == 0 ? 0 : _random.Next(1, 5),
        },
        new ExponentialSynapse(DrawTime()),
        recurrent: !_isShallow && _random.Next(2) == 0);

    private double DrawTime() => _random.Next(3) == 0 ? 5 : 2 + 20 * _random.NextDouble();

    private NetworkWeights DrawWeights()
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(Program);
        foreach (ConnectionProgram connection in Program.Connections)
        {
            foreach (ref float weight in weights[connection.Index].AsSpan())
            {
                weight = (float)((_random.NextDouble() - 0.35) * 6 / Math.Sqrt(connection.Rows));
            }
        }

        return weights;
    }

    private GridInput DrawInput()
    {
        if (IsConstantCurrent)
        {
            return new GridInput { Constant = [.. Enumerable.Range(0, Channels).Select(_ => _random.Next(4) == 0 ? 0 : (double)_random.NextSingle())] };
        }

        bool graded = _random.Next(3) == 0;
        return new GridInput
        {
            Spikes =
            [
                .. from step in Enumerable.Range(0, Steps)
                   from channel in Enumerable.Range(0, Channels)
                   where _random.Next(5) == 0
                   select new GridInputSpike(step, channel, graded ? _random.NextSingle() * 2 : 1),
            ],
        };
    }

    private double[,] Matrix(ConnectionProgram connection)
    {
        var matrix = new double[connection.Rows, connection.Columns];
        for (int row = 0; row < connection.Rows; row++)
        {
            for (int column = 0; column < connection.Columns; column++)
            {
                matrix[row, column] = Weights[connection.Index][row * connection.Columns + column];
            }
        }

        return matrix;
    }
}
