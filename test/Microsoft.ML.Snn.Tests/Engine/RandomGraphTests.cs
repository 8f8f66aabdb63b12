using System;
using System.Linq;
using System.Threading;
using CsCheck;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Random graphs of all neurons, synapses, connectivities, delays, losses and learned numbers against the oracle GridGraph.</summary>
[TestClass]
public sealed class RandomGraphTests
{
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
                var comparison = new GraphComparison(drawn);
                if (comparison.IsOnAKnifeEdge)
                {
                    Interlocked.Increment(ref skipped);
                    return;
                }

                using var wide = new GraphEngine<Vector512Lane>(drawn.Program, drawn.Count, threads: 1);
                using var narrow = new GraphEngine<Vector256Lane>(drawn.Program, drawn.Count, threads: 1);
                AssertSame(drawn, comparison, wide);
                AssertSame(drawn, comparison, narrow);
                Interlocked.Increment(ref compared);
                Interlocked.Add(ref parameters, drawn.Program.Parameters.Count);
                Interlocked.Add(ref spikes, comparison.ExpectedSpikeCounts.Sum());
            },
            iter: 250);
        TestContext.WriteLine($"{compared} graphs, {parameters} gradients and {spikes} spikes compared, {skipped} graphs on a knife edge");
        Assert.IsGreaterThan(200, compared, "Too few graphs were compared for the test to mean anything.");
        Assert.IsGreaterThan(5_000L, spikes, "Too few spikes for the test to mean anything.");
    }

    private static void AssertSame(GraphCase drawn, GraphComparison comparison, NetworkEngine engine)
    {
        BatchResult result = comparison.Train(engine);

        CollectionAssert.AreEqual(comparison.ExpectedSpikeCounts, comparison.SpikeCounts, $"spikes of {drawn}");
        Assert.AreEqual(comparison.Trials.Sum(trial => trial.Grazing), result.GrazingSpikes, $"grazing spikes of {drawn}");
        Assert.AreEqual(comparison.Loss, result.Loss, 1e-4 * Math.Max(1, Math.Abs(comparison.Loss)), $"loss of {drawn}");
        foreach (ParameterProgram parameter in drawn.Program.Parameters)
        {
            (double expected, double actual, double norm, double rounding) = comparison.Derivatives(parameter);
            Assert.AreEqual(expected, actual, 2e-4 * norm + rounding + 1e-7, $"{parameter} of {drawn}");
        }
    }
}
