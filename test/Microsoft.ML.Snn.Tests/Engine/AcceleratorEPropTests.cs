using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Both forms of e-prop on an accelerator against the event-driven one of the CPU, which the printed equations judge.</summary>
[TestClass]
public sealed class AcceleratorEPropTests
{
    public static IEnumerable<object[]> Devices() =>
        from device in TestDevices.All from mode in Enum.GetValues<EPropMode>() select new object[] { device, mode };

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RandomNetworks_GivesTheSpikesTheGradientAndTheStateOfTheCpuEngine(string device, EPropMode mode)
    {
        int draws = device == TestDevices.Simulator ? 24 : 200, compared = 0;
        long spikes = 0;
        for (int draw = 0; draw < draws; draw++)
        {
            int seed = draw;
            var drawn = new EPropCase(seed);
            using var cpu = new EventDrivenEProp<Vector256Lane>(drawn.Program, drawn.Settings with { FeedbackDecay = 0.01 }, drawn.Count, threads: 1);
            cpu.SetWeights(drawn.Weights);
            if (!drawn.IsOnAKnifeEdge([.. Enumerable.Range(0, drawn.Program.Hidden.Count).Select(cpu.FeedbackOf)]))
            {
                spikes += Compare(device, drawn, mode, cpu, seed);
                compared++;
            }
        }

        Assert.IsGreaterThan(draws / 2, compared, "Too few networks were compared for the test to mean anything.");
        Assert.IsGreaterThan(5 * draws, spikes, "Too few spikes for the test to mean anything.");
    }

    private static long Compare(string device, EPropCase drawn, EPropMode mode, EventDrivenEProp<Vector256Lane> cpu, int seed)
    {
        using NetworkEngine accelerator = TestDevices.CreateEngine(
            device, drawn.Program, drawn.Count, spikesPerNeuron: 1, drawn.Settings with { FeedbackDecay = 0.01, Mode = mode });
        accelerator.SetWeights(drawn.Weights);
        float clip = seed % 3 == 0 ? 0.05f : 0;
        BatchResult expected = Train(cpu, drawn, clip), actual = Train(accelerator, drawn, clip);

        Assert.AreEqual(expected.HiddenSpikes, actual.HiddenSpikes, $"spikes, seed {seed}");
        Assert.AreEqual(expected.Correct, actual.Correct, $"correct, seed {seed}");
        RoundingAssert.AreSame(expected.Loss, actual.Loss, $"loss, seed {seed}");
        RoundingAssert.AreSame(expected.GradientNorm, actual.GradientNorm, $"norm, seed {seed}");
        RoundingAssert.AreSame(Gradient(cpu, drawn), Gradient(accelerator, drawn), $"gradient, seed {seed}");

        // Weights, feedback, and the moments of both.
        RoundingAssert.AreSame(State(cpu, drawn), State(accelerator, drawn), $"state, seed {seed}");
        return actual.HiddenSpikes;
    }

    private static BatchResult Train(NetworkEngine engine, EPropCase drawn, float clip)
    {
        engine.KeepGradient = true;
        return engine.Train(
            new TrainingBatch
            {
                Trains = drawn.Trains(),
                Targets = Targets.OfClasses(drawn.Labels),
                ExampleWeights = drawn.ExampleWeights,
                Examples = Enumerable.Range(0, drawn.Count).ToArray(),
            },
            new LearningStep(
                new ParameterUpdates(new Sgd(0.1) { Momentum = 0.9 }.AtUpdate(1)), default, GrazingLimit: 0, new ClippingEquations(clip)));
    }

    private static float[] Gradient(NetworkEngine engine, EPropCase drawn)
    {
        NetworkWeights gradient = NetworkWeights.ZerosFor(drawn.Program);
        engine.GetGradient(gradient);
        return [.. Enumerable.Range(0, gradient.Count).SelectMany(c => gradient[c])];
    }

    private static float[] State(NetworkEngine engine, EPropCase drawn)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        engine.SaveState(writer);
        writer.Flush();
        Span<byte> bytes = stream.ToArray().AsSpan()[..^(sizeof(long) * drawn.Program.SpikingNeurons)];
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }
}
