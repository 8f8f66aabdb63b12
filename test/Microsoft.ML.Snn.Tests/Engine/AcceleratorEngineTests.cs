using System;
using System.Collections.Generic;
using System.Linq;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The accelerator engine against the CPU engine, on ILGPU's CPU accelerator and on every GPU that is there.</summary>
[TestClass]
public sealed class AcceleratorEngineTests
{
    public static IEnumerable<object[]> Devices()
    {
        yield return ["ILGPU CPU"];
        using Context context = AcceleratorDevices.CreateContext();
        foreach (Device gpu in AcceleratorDevices.Gpus(context))
        {
            yield return [gpu.Name];
        }
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RandomNetworks_GivesTheSpikesAndTheGradientOfTheCpuEngine(string device)
    {
        int compared = 0;
        for (int seed = 0; seed < Draws(device); seed++)
        {
            var drawn = Draw(device, seed);
            if (drawn.IsOnAKnifeEdge())
            {
                continue;
            }

            using NetworkEngine cpu = EngineFactory.CreateForCpu(drawn.Program, drawn.Count, threads: 1);
            using NetworkEngine gpu = Create(device, drawn.Program, drawn.Count);
            cpu.KeepGradient = true;
            gpu.KeepGradient = true;
            BatchResult expected = Train(cpu, drawn, update: 1);
            BatchResult actual = Train(gpu, drawn, update: 1);

            Assert.AreEqual(expected.HiddenSpikes, actual.HiddenSpikes, $"spikes, seed {seed}");
            Assert.AreEqual(expected.GrazingSpikes, actual.GrazingSpikes, $"grazing spikes, seed {seed}");
            Assert.AreEqual(expected.Correct, actual.Correct, $"correct, seed {seed}");
            Assert.AreEqual(expected.Loss, actual.Loss, 1e-4 * Math.Max(1, expected.Loss), $"loss, seed {seed}");
            AssertClose(drawn.Program, cpu.GetGradient, gpu.GetGradient, 1e-3, $"gradient, seed {seed}");
            compared++;
        }

        Assert.IsGreaterThan(Draws(device) / 2, compared, "Too few networks were compared for the test to mean anything.");
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ManyBatches_FollowsTheCpuEngine(string device)
    {
        var drawn = Draw(device, seed: 3);
        using NetworkEngine cpu = EngineFactory.CreateForCpu(drawn.Program, drawn.Count, threads: 1);
        using NetworkEngine gpu = Create(device, drawn.Program, drawn.Count);
        long[] expectedCounts = new long[drawn.Program.Hidden.Sum(h => h.Units)];
        long[] actualCounts = new long[expectedCounts.Length];
        for (int update = 1; update <= 5; update++)
        {
            BatchResult expected = Train(cpu, drawn, update);
            BatchResult actual = Train(gpu, drawn, update);
            Assert.AreEqual(expected.HiddenSpikes, actual.HiddenSpikes);
            Assert.AreEqual(expected.Loss, actual.Loss, 1e-3 * Math.Max(1, expected.Loss));
        }

        cpu.TakeSpikeCounts(expectedCounts);
        gpu.TakeSpikeCounts(actualCounts);
        CollectionAssert.AreEqual(expectedCounts, actualCounts);
        AssertClose(drawn.Program, cpu.GetWeights, gpu.GetWeights, 1e-3, "weights");
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Score_MoreExamplesThanABatch_GivesTheProbabilitiesOfTheCpuEngine(string device)
    {
        var drawn = Draw(device, seed: 8);
        SpikeTrains trains = drawn.Trains();
        using NetworkEngine cpu = EngineFactory.CreateForCpu(drawn.Program, batchSize: 1, threads: 1);
        using NetworkEngine gpu = Create(device, drawn.Program, batchSize: 2);
        float[] expected = new float[drawn.Count * drawn.Classes];
        float[] actual = new float[expected.Length];
        cpu.SetWeights(drawn.Weights);
        gpu.SetWeights(drawn.Weights);

        cpu.Score(trains, expected);
        gpu.Score(trains, actual);

        for (int n = 0; n < expected.Length; n++)
        {
            Assert.AreEqual(expected[n], actual[n], 1e-4f);
        }
    }

    [TestMethod]
    public void Create_GpuThatIsNotThereAndNoFallback_SaysWhatWasFound()
    {
        NetworkProgram program = new RandomCase(1).Program;

        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => EngineFactory.Create(program, 1, 1, gpuDeviceId: 99, fallbackToCpu: false, _ => { }));

        StringAssert.StartsWith(error.Message, "MLContext.GpuDeviceId must be the number of a GPU of this machine, but is 99: ");
        StringAssert.EndsWith(error.Message, "Set MLContext.GpuDeviceId to one of these, or MLContext.FallbackToCpu to true.");
    }

    [TestMethod]
    public void Create_GpuThatIsNotThereAndFallback_TakesTheCpuAndSaysWhy()
    {
        string? logged = null;

        using NetworkEngine engine = EngineFactory.Create(
            new RandomCase(1).Program, 1, 1, gpuDeviceId: 99, fallbackToCpu: true, message => logged = message);

        StringAssert.StartsWith(engine.Device, "CPU");
        StringAssert.Contains(logged, "because MLContext.FallbackToCpu is set and the GPU is not there.");
    }

    private static bool IsSimulated(string device) => device == "ILGPU CPU";

    // ILGPU's CPU accelerator takes milliseconds per barrier.
    private static int Draws(string device) => IsSimulated(device) ? 40 : 300;

    private static RandomCase Draw(string device, int seed) =>
        IsSimulated(device) ? new RandomCase(seed, maximumUnits: 9, maximumSteps: 9) : new RandomCase(seed);

    /// <summary>Tapes begin with room for one spike, so that they have to grow.</summary>
    private static AcceleratorEngine Create(string device, NetworkProgram program, int batchSize)
    {
        if (IsSimulated(device))
        {
            Context simulated = Context.Create(builder => builder.CPU(new CPUDevice(4, 1, 1)).EnableAlgorithms());
            return new AcceleratorEngine(simulated, simulated.Devices[0], program, batchSize, spikesPerNeuron: 1);
        }

        Context context = AcceleratorDevices.CreateContext();
        return new AcceleratorEngine(
            context, AcceleratorDevices.Gpus(context).First(gpu => gpu.Name == device), program, batchSize, spikesPerNeuron: 1);
    }

    private static BatchResult Train(NetworkEngine engine, RandomCase drawn, int update)
    {
        if (update == 1)
        {
            engine.SetWeights(drawn.Weights);
        }

        return engine.Train(
            new TrainingBatch
            {
                Trains = drawn.Trains(),
                Labels = drawn.Labels,
                ExampleWeights = drawn.ExampleWeights,
                Examples = Enumerable.Range(0, drawn.Count).ToArray(),
            },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, update), drawn.SpikeCount, drawn.GrazingLimit));
    }

    private static void AssertClose(
        NetworkProgram program, Action<NetworkWeights> expected, Action<NetworkWeights> actual, double tolerance, string what)
    {
        NetworkWeights a = NetworkWeights.ZerosFor(program), b = NetworkWeights.ZerosFor(program);
        expected(a);
        actual(b);
        double[] x = [.. Enumerable.Range(0, a.Count).SelectMany(c => a[c]).Select(v => (double)v)];
        double[] y = [.. Enumerable.Range(0, b.Count).SelectMany(c => b[c]).Select(v => (double)v)];
        double difference = Math.Sqrt(x.Zip(y, (p, q) => (p - q) * (p - q)).Sum());
        double norm = Math.Sqrt(x.Sum(p => p * p));
        Assert.IsTrue(difference <= tolerance * norm + 1e-5, $"{what}: off by {difference} of {norm}");
    }
}
