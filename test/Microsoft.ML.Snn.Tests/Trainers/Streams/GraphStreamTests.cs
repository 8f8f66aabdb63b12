using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.ML.Snn.Tests.OwnNeurons;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Streams;

/// <summary>Networks of every kind give the bits of the batch when they are run as a stream.</summary>
[TestClass]
public sealed class GraphStreamTests
{
    private const int Channels = 12;
    private const int Classes = 3;
    private const int Steps = 60;
    private const int Examples = 4;

    private static readonly Dictionary<string, SnnNetwork> s_networks = new()
    {
        ["adaptive neurons and delta synapses"] = SnnNetwork.Sequential(
            Layer.Dense(20, new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.3, AdaptationTime = 30 }, recurrent: true),
            Layer.Dense(17, new LeakyIntegrateFire { RefractoryPeriod = 3 }, new DeltaSynapse()),
            Layer.Output()),
        ["alpha synapses, bias, numbers of each neuron"] = SnnNetwork.Sequential(
            Layer.Dense(20, new LeakyIntegrateFire { Bias = 0.3 }, new AlphaSynapse(4)),
            Layer.Dense(19, new LeakyIntegrateFire { PerNeuron = new PerNeuron(membraneTimes: [.. Enumerable.Range(5, 19).Select(n => (double)n)]) }),
            Layer.Output(Readout.MaximumMembrane)),
        ["a neuron of a user"] = SnnNetwork.Sequential(
            Layer.Dense(18, Neuron.Custom(new QuadraticNeuron()), recurrent: true), Layer.Output()),
        ["delays of every kind"] = SnnNetwork.Graph(g =>
        {
            GraphNode input = g.Input(), first = g.Population("first", 20), second = g.Population("second", 18), output = g.Output();
            g.Connect(input, first, delay: Delay.Of(3));
            g.Connect(input, second, delay: Delay.PerSynapseUniform(0, 9, seed: 1));
            g.Connect(first, second, delay: Delay.Of(7));
            g.Connect(second, first, delay: Delay.PerNeuronUniform(1, 5, seed: 2));
            g.Connect(first, first, Connectivity.Sparse(0.4, seed: 3), delay: Delay.PerSynapseUniform(0, 4, seed: 4).Learn(12));
            g.Connect(first, output, delay: Delay.Of(2));
            g.Connect(second, output);
        }),
        ["two inputs, a skip and a long refractory period"] = SnnNetwork.Graph(g =>
        {
            GraphNode left = g.Input("left", 5), right = g.Input("right", 7);
            GraphNode first = g.Population("first", 20, new LeakyIntegrateFire { RefractoryPeriod = 9, ResetMode = ResetMode.Subtraction });
            GraphNode second = g.Population("second", 9, new LeakyIntegrateFire { Learned = LearnedParameters.MembraneTime }), output = g.Output();
            g.Connect(left, first);
            g.Connect(right, second);
            g.Connect(first, second);
            g.Connect(second, first);
            g.Connect(right, first, Connectivity.Sparse(0.5, seed: 5), synapse: new AlphaSynapse(3));
            g.Connect(first, output);
            g.Connect(second, output);
        }),
        ["a convolution and a pool"] = SnnNetwork.Graph(g =>
        {
            GraphNode image = g.Input("image", [3, 4, 1]), features = g.Population("features"), pooled = g.Population("pooled"), output = g.Output("class", Readout.FinalMembrane);
            g.Connect(image, features, Connectivity.Convolution2D(filters: 4, kernel: 2));
            g.Connect(features, pooled, Connectivity.AveragePool2D(2, weight: 2));
            g.Connect(features, output);
            g.Connect(pooled, output);
        }),
    };

    public static IEnumerable<object[]> Names => s_networks.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Step_EventsAndCurrents_HaveTheBitsOfTheBatch(string name)
    {
        foreach (bool isConstantCurrent in new[] { false, true })
        {
            SnnModelParameters model = ModelOf(s_networks[name], isConstantCurrent);
            float[][] inputs = Inputs(isConstantCurrent);
            float[] expected = Batch(model, inputs);
            using SnnStream stream = model.CreateStream();
            int spikes = 0;
            for (int example = 0; example < Examples; example++)
            {
                stream.Reset();
                spikes += Run(stream, inputs[example], 0, Steps, isConstantCurrent);
                CollectionAssert.AreEqual(expected[(example * Classes)..((example + 1) * Classes)], stream.Scores.ToArray(), $"example {example}");
            }

            Assert.IsGreaterThan(isConstantCurrent ? -1 : 50, spikes, "Events keep the network alive.");
            Assert.IsGreaterThan(Examples, expected.Distinct().Count());
        }
    }

    /// <summary>A stream that goes on is a longer trial: so the events that it forgets were not needed any more.</summary>
    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Step_LongAfterTheTrial_HasTheBitsOfALongerTrial(string name)
    {
        const int Long = 900;
        SnnModelParameters model = ModelOf(s_networks[name], isConstantCurrent: false), longer = ModelOf(s_networks[name], isConstantCurrent: false, Long);
        float[][] inputs = Inputs(isConstantCurrent: false, Long);
        Random random = new(3);
        using SnnStream stream = model.CreateStream(StreamReadout.Window(Long));
        float[] expected = Batch(longer, inputs);
        using SnnStream other = longer.CreateStream();
        for (int example = 0; example < 2; example++)
        {
            stream.Reset();
            other.Reset();
            int at = 0;
            while (at < Long)
            {
                int next = Math.Min(Long, at + random.Next(1, 200));
                Run(stream, inputs[example], at, next, isConstantCurrent: false);
                Run(other, inputs[example], at, next, isConstantCurrent: false);
                CollectionAssert.AreEqual(other.OutputPotentials.ToArray(), stream.OutputPotentials.ToArray(), $"step {next}");
                at = next;
            }

            CollectionAssert.AreEqual(expected[(example * Classes)..((example + 1) * Classes)], other.Scores.ToArray());
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void SaveState_InTheMiddle_GoesOnWithTheSameBits(string name)
    {
        foreach (bool isConstantCurrent in new[] { false, true })
        {
            SnnModelParameters model = ModelOf(s_networks[name], isConstantCurrent);
            float[] input = Inputs(isConstantCurrent)[0];
            foreach (int middle in new[] { 0, 1, 13, 41 })
            {
                using SnnStream stream = model.CreateStream();
                Run(stream, input, 0, middle, isConstantCurrent);
                using MemoryStream state = new();
                stream.SaveState(state);
                state.Position = 0;
                using SnnStream loaded = model.CreateStream(), clone = stream.Clone();
                Run(loaded, Inputs(isConstantCurrent)[1], 0, 17, isConstantCurrent);
                loaded.LoadState(state);

                foreach (SnnStream each in new[] { stream, loaded, clone })
                {
                    Run(each, input, middle, Steps, isConstantCurrent, sendCurrents: middle == 0);
                }

                CollectionAssert.AreEqual(stream.Scores.ToArray(), loaded.Scores.ToArray(), $"loaded at {middle}");
                CollectionAssert.AreEqual(stream.Scores.ToArray(), clone.Scores.ToArray(), $"cloned at {middle}");
                CollectionAssert.AreEqual(stream.HiddenSpikes().ToArray(), loaded.HiddenSpikes().ToArray());
            }
        }
    }

    /// <summary>Steps are counted in 32 bits, and a stream has no end: counting anew changes nothing.</summary>
    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Advance_StepsCountedAnew_HaveTheSameBits(string name)
    {
        SnnModel model = ModelOf(s_networks[name], isConstantCurrent: false).SnnModel;
        using GraphNetwork<Vector256Lane> network = new(model.Program);
        network.Load(model.Weights);
        using GraphStepper<Vector256Lane> plain = new(network, isConstantCurrent: false), anew = new(network, isConstantCurrent: false, stepLimit: 100);
        Random random = new(5);
        for (int step = 0; step < 700; step++)
        {
            int[] channels = [.. Enumerable.Range(0, Channels).Where(_ => random.Next(3) == 0)];
            float[] values = [.. channels.Select(_ => step % 3 == 0 ? random.NextSingle() * 3 : 1)];
            plain.Advance(channels, values);
            anew.Advance(channels, values);
            CollectionAssert.AreEqual(plain.Outputs.ToArray(), anew.Outputs.ToArray(), $"step {step}");
            CollectionAssert.AreEqual(plain.Spikes(0).ToArray(), anew.Spikes(0).ToArray(), $"step {step}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Step_AfterWarmUp_AllocatesNothing(string name)
    {
        using SnnStream stream = ModelOf(s_networks[name], isConstantCurrent: false).CreateStream(StreamReadout.Fading(20));
        int spikes = 0;
        long Used()
        {
            long managed = GC.GetAllocatedBytesForCurrentThread();
            for (int step = 0; step < 3000; step++)
            {
                for (int channel = step % 3; channel < Channels; channel += 3)
                {
                    stream.Push(channel, 2);
                }

                stream.Step();
                spikes += stream.HiddenSpikes().Length;
            }

            return GC.GetAllocatedBytesForCurrentThread() - managed;
        }

        Used();
        Assert.AreEqual(0, Used());
        Assert.IsGreaterThan(100, spikes);
        Assert.IsTrue(float.IsFinite(stream.Scores[0]));
    }

    /// <summary>Numbers that decay stay above those that are so small that a processor computes slowly with them, those of an output too.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Step_LongSilence_LeavesNoDenormals(bool isGraph)
    {
        SnnNetwork stack = SnnNetwork.Sequential(Layer.Dense(5), Layer.Output(synapse: isGraph ? new AlphaSynapse(4) : new ExponentialSynapse(4)));
        using SnnStream stream = ModelOf(stack, isConstantCurrent: false).CreateStream(StreamReadout.Fading(15));
        for (int step = 0; step < 20_000; step++)
        {
            for (int channel = 0; channel < Channels && step < 50; channel++)
            {
                stream.Push(channel, 3);
            }

            stream.Step();
            Assert.IsTrue(step != 49 || (stream.OutputPotentials[0] != 0 && stream.Scores[0] != 0));
        }

        Assert.IsTrue(stream.OutputPotentials.ToArray().All(v => !float.IsSubnormal(v) && Math.Abs(v) < 1e-20), string.Join(' ', stream.OutputPotentials.ToArray()));
        Assert.IsTrue(stream.Scores.ToArray().All(y => !float.IsSubnormal(y) && Math.Abs(y) < 1e-20), string.Join(' ', stream.Scores.ToArray()));
    }

    /// <summary>A digest guards against accidents; a state made on purpose with events that no stream of the network can have is refused.</summary>
    [TestMethod]
    [DataRow(new[] { -3, -1, 0 }, new[] { 4, 5, 7 }, true)]
    [DataRow(new[] { -1, -3, 0 }, new[] { 4, 5, 7 }, false, DisplayName = "out of order")]
    [DataRow(new[] { -3, -1, 1 }, new[] { 4, 5, 7 }, false, DisplayName = "of the future")]
    [DataRow(new[] { -4, -1, 0 }, new[] { 4, 5, 7 }, false, DisplayName = "forgotten long ago")]
    [DataRow(new[] { -3, -1, 0 }, new[] { 3, 5, 7 }, false, DisplayName = "of a channel before the first")]
    [DataRow(new[] { -3, -1, 0 }, new[] { 4, 5, 8 }, false, DisplayName = "of a channel behind the last")]
    public void Read_EventsOfATape_AreThoseOfTheNetworkOrRefused(int[] times, int[] channels, bool isGood)
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        writer.Write(times.Length);
        foreach ((int time, int channel) in times.Zip(channels))
        {
            writer.Write(time);
            writer.Write(channel);
            writer.Write(1f);
        }

        bytes.Position = 0;
        using BinaryReader reader = new(bytes);
        StreamedTape tape = new(units: 4, keptSteps: 3);
        try
        {
            if (isGood)
            {
                tape.Read(reader, step: 10, firstChannel: 4, channels: 4);
                Assert.AreEqual(3, tape.Tape.Count);
            }
            else
            {
                Assert.ThrowsExactly<InvalidDataException>(() => tape.Read(reader, step: 10, firstChannel: 4, channels: 4));
            }
        }
        finally
        {
            tape.Tape.Dispose();
        }
    }

    [TestMethod]
    public void CreateStream_EventDriven_SaysThatItHasNoSteps()
    {
        SnnNetwork stack = SnnNetwork.Sequential(Layer.Dense(5), Layer.Output());
        NetworkProgram program = NetworkProgram.Build(stack, Channels, Steps, 1, Classes, integrator: Integrator.EventDriven);
        SnnModelParameters model = Parameters(program, NetworkWeights.Draw(program, new InputStatistics(50, 100, false), 1), isConstantCurrent: false);

        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => model.CreateStream()).Message, "event-driven", StringComparison.Ordinal);
    }

    private static SnnModelParameters ModelOf(SnnNetwork network, bool isConstantCurrent, int steps = Steps)
    {
        NetworkProgram program = Program(Steps);
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(40, 60, isConstantCurrent), 7);
        foreach (ConnectionProgram connection in program.Connections)
        {
            // Livelier than a network that is to be trained: most neurons spike several times.
            TensorPrimitives.Multiply(weights[connection.Index], 6, weights[connection.Index]);
        }

        return Parameters(Program(steps), weights, isConstantCurrent);

        NetworkProgram Program(int length) => NetworkProgram.Build(network, Channels, length, 1, Classes, Loss.MeanSquaredError);
    }

    private static SnnModelParameters Parameters(NetworkProgram program, NetworkWeights weights, bool isConstantCurrent) => new(
        (IHostEnvironment)new MLContext(),
        new SnnModel(
            program, weights, isConstantCurrent, new TrainingHistory([], 0, false, "none", 0),
            [.. program.Spiking.Select(layer => new float[layer.Units])]));

    /// <summary>Spikes, some graded, or currents. Shape [example][step · channels + channel].</summary>
    private static float[][] Inputs(bool isConstantCurrent, int steps = Steps)
    {
        Random random = new(2);
        return
        [
            .. Enumerable.Range(0, Examples).Select(example => Enumerable.Range(0, (isConstantCurrent ? 1 : steps) * Channels)
                .Select(_ => isConstantCurrent ? random.NextSingle() * 1.5f : random.Next(4) > 0 ? 0 : example % 2 == 0 ? 1.5f : 0.5f + (2 * random.NextSingle()))
                .ToArray()),
        ];
    }

    private static float[] Batch(SnnModelParameters model, float[][] inputs)
    {
        SpikeTrainsBuilder builder = new(model.TimeSteps, Channels, model.IsConstantCurrent);
        foreach (float[] input in inputs)
        {
            builder.AddDense(input);
        }

        float[] scores = new float[inputs.Length * Classes];
        using NetworkScorer scorer = model.Scoring.CreateScorer(1);
        scorer.Score(builder.ToSpikeTrains(), scores);
        return scores;
    }

    private static int Run(SnnStream stream, float[] input, int from, int to, bool isConstantCurrent, bool sendCurrents = true)
    {
        int spikes = 0;
        for (int step = from; step < to; step++)
        {
            if (!isConstantCurrent)
            {
                stream.Push(input.AsSpan(step * Channels, Channels));
            }
            else if (sendCurrents && step == from)
            {
                stream.Push(input);
            }

            stream.Step();
            spikes += stream.HiddenSpikes().Length;
        }

        return spikes;
    }
}
