using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The accelerator engine against the CPU engine on random networks, the CPU engine being judged by the oracle.</summary>
[TestClass]
public sealed class AcceleratorRandomTests
{
    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RandomNetworks_GivesTheSpikesAndTheGradientOfTheCpuEngine(string device)
    {
        // The simulator takes milliseconds per barrier.
        bool isSimulated = device == TestDevices.Simulator;
        int draws = isSimulated ? 20 : 300;
        int compared = 0;
        for (int seed = 0; seed < draws; seed++)
        {
            RandomCase drawn = isSimulated ? new RandomCase(seed, maximumUnits: 9, maximumSteps: 9) : new RandomCase(seed);
            if (!drawn.IsOnAKnifeEdge())
            {
                Compare(device, drawn, seed);
                compared++;
            }
        }

        Assert.IsGreaterThan(draws / 2, compared, "Too few networks were compared for the test to mean anything.");
    }

    private static void Compare(string device, RandomCase drawn, int seed)
    {
        using NetworkEngine cpu = EngineFactory.CreateForCpu(drawn.Program, drawn.Count, threads: 1);
        using NetworkEngine accelerator = TestDevices.CreateEngine(device, drawn.Program, drawn.Count, spikesPerNeuron: 1);
        (BatchResult expected, float[] expectedGradient) = Train(cpu, drawn);
        (BatchResult actual, float[] actualGradient) = Train(accelerator, drawn);

        Assert.AreEqual(expected.HiddenSpikes, actual.HiddenSpikes, $"spikes, seed {seed}");
        Assert.AreEqual(expected.GrazingSpikes, actual.GrazingSpikes, $"grazing spikes, seed {seed}");
        Assert.AreEqual(expected.Correct, actual.Correct, $"correct, seed {seed}");
        RoundingAssert.AreSame(expected.Loss, actual.Loss, $"loss, seed {seed}");
        RoundingAssert.AreSame(expectedGradient, actualGradient, $"gradient, seed {seed}");
    }

    private static (BatchResult Result, float[] Gradient) Train(NetworkEngine engine, RandomCase drawn)
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
        return (result, [.. Enumerable.Range(0, gradient.Count).SelectMany(c => gradient[c])]);
    }
}
