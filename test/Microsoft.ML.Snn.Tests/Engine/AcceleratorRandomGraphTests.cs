using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The accelerator engine against the graph engine on random graphs, the graph engine being judged by the oracle.</summary>
[TestClass]
public sealed class AcceleratorRandomGraphTests
{
    // As for the graph engine: nearer to where anything turns out otherwise, rounding decides.
    private const double Margin = 2e-5;

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RandomGraphs_GivesTheSpikesAndTheGradientOfTheGraphEngine(string device)
    {
        // The simulator takes milliseconds per barrier.
        bool isSimulated = device == TestDevices.Simulator;
        int draws = isSimulated ? 24 : 300, compared = 0;
        long spikes = 0;
        for (int seed = 0; seed < draws; seed++)
        {
            var drawn = new GraphCase(new GraphSize(
                Populations: seed % 4, Extra: seed % 5, Units: 1 + 7 * seed % 11, Steps: 3 + 5 * seed % (isSimulated ? 13 : 40), Examples: 1 + seed % 3, seed));
            if (drawn.Inputs.Min(input => drawn.Oracle(null, null).Run(input).Margin) >= Margin)
            {
                spikes += Compare(device, drawn, seed);
                compared++;
            }
        }

        Assert.IsGreaterThan(draws / 2, compared, "Too few graphs were compared for the test to mean anything.");
        Assert.IsGreaterThan(5 * draws, spikes, "Too few spikes for the test to mean anything.");
    }

    private static long Compare(string device, GraphCase drawn, int seed)
    {
        using NetworkEngine cpu = EngineFactory.CreateForCpu(drawn.Program, drawn.Count, threads: 1);
        using NetworkEngine accelerator = TestDevices.CreateEngine(device, drawn.Program, drawn.Count, spikesPerNeuron: 1);
        (BatchResult expected, NetworkWeights expectedGradient, long[] expectedCounts) = Train(cpu, drawn);
        (BatchResult actual, NetworkWeights gradient, long[] counts) = Train(accelerator, drawn);

        CollectionAssert.AreEqual(expectedCounts, counts, $"spikes, seed {seed}");
        Assert.AreEqual(expected.GrazingSpikes, actual.GrazingSpikes, $"grazing spikes, seed {seed}");
        Assert.AreEqual(expected.Correct, actual.Correct, $"correct, seed {seed}");
        RoundingAssert.AreSame(expected.Loss, actual.Loss, $"loss, seed {seed}");
        foreach (ParameterProgram parameter in drawn.Program.Parameters)
        {
            RoundingAssert.AreSame(expectedGradient[parameter.Index], gradient[parameter.Index], $"{parameter}, seed {seed}");
        }

        return actual.HiddenSpikes;
    }

    private static (BatchResult Result, NetworkWeights Gradient, long[] Counts) Train(NetworkEngine engine, GraphCase drawn)
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
        NetworkWeights gradient = NetworkWeights.ZerosFor(drawn.Program);
        engine.GetGradient(gradient);
        var counts = new long[drawn.Program.SpikingNeurons];
        engine.TakeSpikeCounts(counts);
        return (result, gradient, counts);
    }
}
