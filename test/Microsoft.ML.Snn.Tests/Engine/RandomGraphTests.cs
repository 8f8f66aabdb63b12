using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CsCheck;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Random graphs of all neurons, synapses, connectivities, delays, losses and learned numbers against <see cref="GridGraph"/>.</summary>
[TestClass]
public sealed class RandomGraphTests
{
    // Nearer than this to where anything turns out otherwise, rounding decides: float and double then see two different
    // trials, and both are right.
    private const double Margin = 2e-5;

    private static readonly Gen<GraphSize> s_sizes = Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, 4], Gen.Int[1, 12], Gen.Int[1, 40], Gen.Int[1, 4], Gen.Int[0, 1_000_000],
        (populations, extra, units, steps, examples, seed) => new GraphSize(populations, extra, units, steps, examples, seed));

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Train_RandomGraphs_GivesTheSpikesAndTheGradientOfTheOracle()
    {
        int compared = 0, skipped = 0, parameters = 0;
        long spikes = 0;
        s_sizes.Sample(
            size =>
            {
                var drawn = new GraphCase(size);
                GridGraphTrace[] trials = [.. drawn.Inputs.Select(drawn.Oracle(null, null).Run)];
                double[] losses = [.. trials.Select((trial, n) => drawn.LossOf(trial, n).Loss.Value)];
                if (trials.Min(trial => trial.Margin) < Margin)
                {
                    Interlocked.Increment(ref skipped);
                    return;
                }

                double[][] pushes = Pushes(drawn, trials);
                (double Derivative, double Rounding, double[] Direction)[] expected = [.. drawn.Program.Parameters.Select(p => Derivative(drawn, p, pushes))];
                using var wide = new GraphEngine<Vector512Lane>(drawn.Program, drawn.Count, threads: 1);
                using var narrow = new GraphEngine<Vector256Lane>(drawn.Program, drawn.Count, threads: 1);
                foreach (NetworkEngine engine in new NetworkEngine[] { wide, narrow })
                {
                    AssertSame(drawn, engine, trials, losses.Sum(), expected);
                }

                Interlocked.Increment(ref compared);
                Interlocked.Add(ref parameters, expected.Length);
                Interlocked.Add(ref spikes, trials.Sum(t => t.Spikes.Sum(s => s.Count)));
            },
            iter: 250);
        TestContext.WriteLine($"{compared} graphs, {parameters} gradients and {spikes} spikes compared, {skipped} graphs on a knife edge");
        Assert.IsGreaterThan(200, compared, "Too few graphs were compared for the test to mean anything.");
        Assert.IsGreaterThan(5_000L, spikes, "Too few spikes for the test to mean anything.");
    }

    /// <summary>What regularisation takes from λV, shape [population][neuron].</summary>
    private static double[][] Pushes(GraphCase drawn, GridGraphTrace[] trials) => [.. drawn.Program.Populations.Select((p, index) =>
    {
        double[] pushes = new double[p.Units];
        for (int j = 0; j < p.Units && drawn.SpikeCount.IsActive && p.Neuron.IsSpiking; j++)
        {
            double excess = trials.Average(trial => trial.Spikes[index].Count(s => s.Neuron == j)) - drawn.SpikeCount.Target;
            pushes[j] = (excess > 0 ? drawn.SpikeCount.StrengthAbove : drawn.SpikeCount.StrengthBelow) * excess / drawn.Count;
        }

        return pushes;
    })];

    /// <summary>The derivative of the batch's loss along a random direction of one parameter.</summary>
    private static (double Derivative, double Rounding, double[] Direction) Derivative(GraphCase drawn, ParameterProgram parameter, double[][] pushes)
    {
        var random = new Random(parameter.Index);
        double[] own = [.. Enumerable.Range(0, parameter.Length).Select(_ => random.NextDouble() < 0.5 ? -1 - random.NextDouble() : 1 + random.NextDouble())];
        double[]?[] direction = new double[drawn.Program.Parameters.Count][];
        direction[parameter.Index] = own;
        GridGraph oracle = drawn.Oracle(direction, pushes);
        (Moving Loss, double Rounding)[] losses = [.. drawn.Inputs.Select((input, n) => drawn.LossOf(oracle.Run(input), n))];
        return (losses.Sum(l => l.Loss.Rate), losses.Sum(l => l.Rounding), own);
    }

    private static void AssertSame(
        GraphCase drawn, NetworkEngine engine, GridGraphTrace[] trials, double loss,
        (double Derivative, double Rounding, double[] Direction)[] expected)
    {
        engine.KeepGradient = true;
        engine.SetWeights(drawn.Weights);
        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = drawn.Trains(),
                Targets = drawn.EngineTargets(),
                ExampleWeights = drawn.ExampleWeights,
                Examples = Enumerable.Range(0, drawn.Count).ToArray(),
            },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), drawn.SpikeCount, drawn.GrazingLimit));

        long[] counts = new long[drawn.Program.SpikingNeurons];
        engine.TakeSpikeCounts(counts);
        IEnumerable<long> expectedCounts = drawn.Program.Spiking.SelectMany(p => Enumerable.Range(0, p.Units)
            .Select(j => (long)trials.Sum(trial => trial.Spikes[p.Index].Count(s => s.Neuron == j))));
        CollectionAssert.AreEqual(expectedCounts.ToArray(), counts, $"spikes of {drawn}");
        Assert.AreEqual(trials.Sum(trial => trial.Grazing), result.GrazingSpikes, $"grazing spikes of {drawn}");
        Assert.AreEqual(loss, result.Loss, 1e-4 * Math.Max(1, Math.Abs(loss)), $"loss of {drawn}");

        NetworkWeights gradient = NetworkWeights.ZerosFor(drawn.Program);
        engine.GetGradient(gradient);
        foreach (ParameterProgram parameter in drawn.Program.Parameters)
        {
            (double derivative, double rounding, double[] direction) = expected[parameter.Index];
            double actual = gradient[parameter.Index].Zip(direction, (g, d) => g * d).Sum();
            double norm = Math.Sqrt(gradient[parameter.Index].Sum(g => (double)g * g));
            Assert.AreEqual(derivative, actual, 2e-4 * norm + rounding + 1e-7, $"{parameter} of {drawn}");
        }
    }
}
