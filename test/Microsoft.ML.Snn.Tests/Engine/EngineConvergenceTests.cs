using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;
using Microsoft.ML.Snn.Tests.Gradients;
using Microsoft.ML.Snn.Tests.Reference;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The engine's gradient against the one of the network without a time step.</summary>
[TestClass]
public sealed class EngineConvergenceTests
{
    private const int Draws = 12;

    private static readonly double[] s_timeSteps =
        [.. Enumerable.Range(3, 5).Select(k => NetworkDraw.CoarsestStep / (1 << k))];

    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> Cases =>
    [
        [NetworkKind.TwoHiddenLayers, ReferenceReadout.AverageMembrane],
        [NetworkKind.Recurrent, ReferenceReadout.AverageMembrane],
        [NetworkKind.Recurrent, ReferenceReadout.MaximumMembrane],
        [NetworkKind.RecurrentRefractory, ReferenceReadout.ExponentiallyWeightedMembrane],
    ];

    /// <summary>The rows of the table that these tests measure.</summary>
    public static IEnumerable<string> Rows() => Cases.Select(row => $"{row[0]}, {row[1]}");

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Gradient_HalvedTimeSteps_ApproachesTheExactOneInFirstOrder(NetworkKind kind, ReferenceReadout readout)
    {
        double[] logErrors = new double[s_timeSteps.Length];
        int used = 0;
        foreach (NetworkDraw draw in NetworkDraw.Spiking(kind, readout, onGrid: true))
        {
            double[] errors = [.. s_timeSteps.Select(step => Error(draw, readout, step)).TakeWhile(e => !double.IsNaN(e))];
            if (errors.Length < s_timeSteps.Length)
            {
                continue;
            }

            for (int n = 0; n < errors.Length; n++)
            {
                logErrors[n] += Math.Log(errors[n]) / Draws;
            }

            if (++used == Draws)
            {
                break;
            }
        }

        Assert.AreEqual(Draws, used, "Too few draws whose spikes are the exact ones.");
        double order = (logErrors[0] - logErrors[^1]) / Math.Log(s_timeSteps[0] / s_timeSteps[^1]);
        TestContext.WriteLine($"order {order:F2}: {string.Join(' ', logErrors.Select(e => $"{Math.Exp(e):E1}"))}");
        Assert.IsInRange(0.75, 1.45, order);
        GradientTable.Check(GradientTable.LayerSteps, $"{kind}, {readout}", logErrors.Select(Math.Exp), order);
    }

    /// <summary>Relative error of the gradient, or NaN where the step changes how many neurons spike.</summary>
    private static double Error(NetworkDraw draw, ReferenceReadout readout, double timeStep)
    {
        ReferenceTrace exact = draw.Network.Forward(draw.Inputs);
        ReferenceGradient expected = draw.Network.Gradient(exact, draw.Label);
        int steps = (int)Math.Round(NetworkDraw.Duration / timeStep);
        NetworkProgram program = NetworkProgram.Build(
            Describe(draw.Layers, readout), draw.Layers[0].Weights.GetLength(0), steps, timeStep,
            draw.Layers[^1].Weights.GetLength(1));
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        Copy(draw.Layers, weights);

        using NetworkEngine engine = EngineFactory.CreateForCpu(program, batchSize: 1, threads: 1);
        engine.KeepGradient = true;
        engine.SetWeights(weights);
        BatchResult result = engine.Train(
            new TrainingBatch { Trains = Trains(draw, program), Targets = Targets.OfClasses([draw.Label]), ExampleWeights = null, Examples = [0] },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 1e-6f));
        if (result.HiddenSpikes != Enumerable.Range(0, draw.Layers.Length - 1).Sum(l => exact.Spikes(l).Count))
        {
            return double.NaN;
        }

        engine.GetGradient(weights);
        double[] e = [.. expected.Weights.Zip(expected.RecurrentWeights)
            .SelectMany(pair => pair.First.Cast<double>().Concat(pair.Second?.Cast<double>() ?? []))];
        float[] a = [.. Enumerable.Range(0, weights.Count).SelectMany(c => weights[c])];
        return Math.Sqrt(e.Zip(a, (x, y) => (x - y) * (x - y)).Sum() / e.Sum(x => x * x));
    }

    private static SnnNetwork Describe(IReadOnlyList<ReferenceLayer> layers, ReferenceReadout readout) =>
        SnnNetwork.Sequential(
        [
            .. layers.SkipLast(1).Select(layer => Layer.Dense(
                layer.Weights.GetLength(1),
                new LeakyIntegrateFire
                {
                    MembraneTime = layer.MembraneTime,
                    Threshold = layer.Threshold,
                    Reset = layer.Reset,
                    RefractoryPeriod = layer.RefractoryPeriod,
                },
                new ExponentialSynapse(layer.SynapseTime),
                recurrent: layer.RecurrentWeights != null)),
            Layer.Output(
                readout switch
                {
                    ReferenceReadout.AverageMembrane => Readout.AverageMembrane,
                    ReferenceReadout.SumMembrane => Readout.SumMembrane,
                    ReferenceReadout.ExponentiallyWeightedMembrane => Readout.ExponentiallyWeightedMembrane,
                    _ => Readout.MaximumMembrane,
                },
                new LeakyIntegrator { MembraneTime = layers[^1].MembraneTime },
                new ExponentialSynapse(layers[^1].SynapseTime)),
        ]);

    private static void Copy(IReadOnlyList<ReferenceLayer> layers, NetworkWeights weights)
    {
        int connection = 0;
        foreach (double[,]? matrix in layers.SelectMany(layer => new[] { layer.Weights, layer.RecurrentWeights }))
        {
            if (matrix != null)
            {
                float[] values = [.. matrix.Cast<double>().Select(w => (float)w)];
                values.CopyTo(weights[connection++], 0);
            }
        }
    }

    private static SpikeTrains Trains(NetworkDraw draw, NetworkProgram program)
    {
        var builder = new SpikeTrainsBuilder(program.Steps, program.Channels, isConstantCurrent: false);
        var slots = draw.Inputs
            .Select(s => (Slot: (int)Math.Round(s.Time / program.TimeStep) * program.Channels + s.Channel, s.Value))
            .GroupBy(s => s.Slot)
            .OrderBy(group => group.Key)
            .ToArray();
        builder.Add([.. slots.Select(g => g.Key)], [.. slots.Select(g => (float)g.Sum(s => s.Value))]);
        return builder.ToSpikeTrains();
    }
}
