using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>What the graph engine leaves out because nothing happens there makes no difference to any bit.</summary>
[TestClass]
public sealed class SilenceTests
{
    private const int Steps = 60;
    private const int Channels = 12;
    private const int Examples = 10;

    [TestMethod]
    public void Train_SilentPopulationBeside_ChangesNoBitOfTheOthersNorOfItsOwn()
    {
        NetworkProgram alone = Program(silent: false);
        NetworkProgram beside = Program(silent: true);
        NetworkWeights weights = NetworkWeights.Draw(alone, new InputStatistics(Steps, Steps, IsConstantCurrent: false), seed: 4);
        NetworkWeights more = NetworkWeights.Draw(beside, new InputStatistics(Steps, Steps, IsConstantCurrent: false), seed: 4);
        for (int connection = 0; connection < weights.Count; connection++)
        {
            weights[connection].CopyTo(more[connection], 0);
        }

        float[][] before = [.. Enumerable.Range(0, more.Count).Select(c => (float[])more[c].Clone())];
        NetworkWeights trained = Train(alone, weights, Channels, batches: 5, out long spikes);
        NetworkWeights trainedBeside = Train(beside, more, Channels + 3, batches: 5, out long spikesBeside);

        Assert.IsGreaterThan(1000L, spikes);
        Assert.AreEqual(spikes, spikesBeside);
        for (int connection = 0; connection < trained.Count; connection++)
        {
            CollectionAssert.AreEqual(trained[connection], trainedBeside[connection], $"connection {connection}");
            CollectionAssert.AreNotEqual(before[connection], trained[connection], $"connection {connection} did not learn");
        }

        for (int connection = trained.Count; connection < trainedBeside.Count; connection++)
        {
            CollectionAssert.AreEqual(before[connection], trainedBeside[connection], $"connection {connection} has no gradient");
        }
    }

    [TestMethod]
    public void Train_InputThatFallsSilentOrNeverSpikes_MovesAsTextbookAdamMovesAllWeights()
    {
        // So wide that the rows of these groups of channels are updated apart: what is left out is left out for all rows of a piece.
        const int Group = 6, Wide = 600;
        NetworkProgram program = Program(silent: false, channels: 3 * Group, hidden: Wide);
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(Steps, Steps, IsConstantCurrent: false), seed: 4);
        var witness = new TextbookAdam(weights);
        using var engine = new GraphEngine<Vector256Lane>(program, 1, threads: 1) { KeepGradient = true };
        engine.SetWeights(weights);

        // The first channels spike in the first example alone, the next ones in both, the last ones never.
        SpikeTrains trains = Trains(3 * Group, examples: 2, (example, channel) => channel < Group ? example == 0 : channel < 2 * Group);
        NetworkWeights gradient = NetworkWeights.ZerosFor(program), before = weights, after = NetworkWeights.ZerosFor(program);
        (int Example, double Decay)[] updates = [(1, 0), (0, 0), (1, 0), (1, 0), (0, 0), (1, 0.5), (1, 0)];
        for (int n = 0; n < updates.Length; n++)
        {
            (int example, double decay) = updates[n];
            engine.Train(
                new TrainingBatch { Trains = trains, Targets = Targets.OfClasses([0, 1]), ExampleWeights = null, Examples = new[] { example } },
                new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, n + 1, decay), default, grazingLimit: 0.1f));
            engine.GetGradient(gradient);
            engine.GetWeights(after);
            witness.Update(gradient, n + 1, decay);
            witness.AssertEqual(after, $"update {n + 1}");

            ReadOnlySpan<float> fallen = gradient[0].AsSpan(0, Group * Wide);
            Assert.AreEqual(example == 0, fallen.ContainsAnyExcept(0f), "the first channels have a gradient in the first example alone");
            bool moves = !after[0].AsSpan(0, Group * Wide).SequenceEqual(before[0].AsSpan(0, Group * Wide));
            Assert.AreEqual(n > 0, moves, $"update {n + 1}: once they had one, their moments move them on");
            bool stays = after[0].AsSpan(2 * Group * Wide).SequenceEqual(before[0].AsSpan(2 * Group * Wide));
            Assert.AreEqual(decay == 0, stays, $"update {n + 1}: the last channels only decay");
            before = Copy(after, program);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Train_DenseConnectionWhoseWeightsLieInNoRows_WritesNowhereElse(bool isPerSynapse)
    {
        // Far more rows than parts of the gradient: who took a row for a part would write behind the end, which is looked at when the memory is freed.
        const int Many = 48;
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Graph(graph => graph.Connect(
                graph.Input(), graph.Output(),
                delay: isPerSynapse ? Delay.PerSynapseUniform(0, 5) : Delay.PerNeuronUniform(0, 5))), Many, Steps, timeStep: 1, outputs: 3);
        using var engine = new GraphEngine<Vector256Lane>(program, 2, threads: 2) { KeepGradient = true };
        engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(Steps, Steps, IsConstantCurrent: false), seed: 4));
        engine.Train(
            new TrainingBatch
            {
                Trains = Trains(Many, examples: 2, (_, _) => true),
                Targets = Targets.OfClasses([0, 1]),
                ExampleWeights = null,
                Examples = new[] { 0, 1 },
            },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 0.1f));
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        Assert.IsFalse(gradient[0].Contains(0f), "every synapse has a gradient");
    }

    /// <summary>Which moments are 0 is in no checkpoint: what fell silent before it still moves after it.</summary>
    [TestMethod]
    public void LoadState_InputThatFellSilentBefore_StillMoves()
    {
        const int Group = 6, Wide = 600;
        NetworkProgram program = Program(silent: false, channels: 2 * Group, hidden: Wide);
        SpikeTrains trains = Trains(2 * Group, examples: 2, (example, channel) => channel >= Group || example == 0);
        using GraphEngine<Vector256Lane> straight = new(program, 1, threads: 1), resumed = new(program, 1, threads: 1);
        straight.SetWeights(NetworkWeights.Draw(program, new InputStatistics(Steps, Steps, IsConstantCurrent: false), seed: 4));
        Update(straight, example: 0, update: 1);
        using MemoryStream state = new();
        straight.SaveState(new BinaryWriter(state));
        state.Position = 0;
        resumed.LoadState(new BinaryReader(state));
        NetworkWeights before = Weights(resumed);

        foreach (int update in new[] { 2, 3 })
        {
            Update(straight, example: 1, update);
            Update(resumed, example: 1, update);
        }

        Assert.IsTrue(Weights(straight)[0].Take(Group * Wide).Zip(before[0]).Any(pair => pair.First != pair.Second), "Their moments move them.");
        CollectionAssert.AreEqual(Weights(straight)[0], Weights(resumed)[0]);

        void Update(GraphEngine<Vector256Lane> engine, int example, int update) => engine.Train(
            new TrainingBatch { Trains = trains, Targets = Targets.OfClasses([0, 1]), ExampleWeights = null, Examples = new[] { example } },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, update), default, grazingLimit: 0.1f));

        NetworkWeights Weights(GraphEngine<Vector256Lane> engine)
        {
            NetworkWeights weights = NetworkWeights.ZerosFor(program);
            engine.GetWeights(weights);
            return weights;
        }
    }

    private static NetworkWeights Copy(NetworkWeights weights, NetworkProgram program)
    {
        NetworkWeights copy = NetworkWeights.ZerosFor(program);
        for (int n = 0; n < weights.Count; n++)
        {
            weights[n].CopyTo(copy[n], 0);
        }

        return copy;
    }

    private static NetworkWeights Train(NetworkProgram program, NetworkWeights weights, int channels, int batches, out long spikes)
    {
        using var engine = new GraphEngine<Vector256Lane>(program, Examples, threads: 2);
        engine.SetWeights(weights);
        SpikeTrains trains = Trains(channels, Examples, (_, channel) => channel < Channels);
        spikes = 0;
        for (int batch = 1; batch <= batches; batch++)
        {
            spikes += engine.Train(
                new TrainingBatch
                {
                    Trains = trains,
                    Targets = Targets.OfClasses([.. Enumerable.Range(0, Examples).Select(n => n % 3)]),
                    ExampleWeights = null,
                    Examples = Enumerable.Range(0, Examples).ToArray(),
                },
                new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, batch), default, grazingLimit: 0.1f)).HiddenSpikes;
        }

        NetworkWeights trained = NetworkWeights.ZerosFor(program);
        engine.GetWeights(trained);
        return trained;
    }

    /// <summary>Random spikes on some channels of some examples.</summary>
    private static SpikeTrains Trains(int channels, int examples, Func<int, int, bool> spikes)
    {
        var random = new RandomStream(5, stream: 1);
        var builder = new SpikeTrainsBuilder(Steps, channels, isConstantCurrent: false);
        for (int example = 0; example < examples; example++)
        {
            var slots = new List<int>();
            for (int slot = 0; slot < Steps * channels; slot++)
            {
                if (spikes(example, slot % channels) && random.NextDouble() < 0.3)
                {
                    slots.Add(slot);
                }
            }

            builder.Add(slots.ToArray(), [.. slots.Select(_ => 1f)]);
        }

        return builder.ToSpikeTrains();
    }

    private static NetworkProgram Program(bool silent, int channels = Channels, int hidden = 37) => NetworkProgram.Build(
        SnnNetwork.Graph(graph =>
        {
            GraphNode input = silent ? graph.Input("input", channels) : graph.Input();
            GraphNode population = graph.Population("hidden", hidden);
            GraphNode output = graph.Output();
            graph.Connect(input, population, weights: Weights.Normal(0.3, 0.3));
            graph.Connect(population, population, weights: Weights.Normal(0, 0.05));
            graph.Connect(population, output, weights: Weights.Normal(0, 0.1));
            if (silent)
            {
                GraphNode other = graph.Population("silent", 21);
                graph.Connect(graph.Input("silent input", 3), other, weights: Weights.Normal(0, 0.1));
                graph.Connect(other, other, weights: Weights.Normal(0, 0.1));
                graph.Connect(other, population, Connectivity.Sparse(0.2, seed: 1), weights: Weights.Normal(0, 0.1));
                graph.Connect(other, output, weights: Weights.Normal(0, 0.1));
            }
        }), silent ? channels + 3 : channels, Steps, timeStep: 1, outputs: 3);

    /// <summary>Adam with decoupled weight decay in double precision, on every weight at every update.</summary>
    private sealed class TextbookAdam(NetworkWeights start)
    {
        private readonly double[][] _weights = [.. Enumerable.Range(0, start.Count).Select(c => Array.ConvertAll(start[c], w => (double)w))];
        private readonly double[][] _first = [.. Enumerable.Range(0, start.Count).Select(c => new double[start[c].Length])];
        private readonly double[][] _second = [.. Enumerable.Range(0, start.Count).Select(c => new double[start[c].Length])];

        public void Update(NetworkWeights gradient, int update, double decay)
        {
            for (int c = 0; c < _weights.Length; c++)
            {
                for (int n = 0; n < _weights[c].Length; n++)
                {
                    double g = gradient[c][n];
                    _first[c][n] = 0.9 * _first[c][n] + 0.1 * g;
                    _second[c][n] = 0.999 * _second[c][n] + 0.001 * g * g;
                    double m = _first[c][n] / (1 - Math.Pow(0.9, update)), v = _second[c][n] / (1 - Math.Pow(0.999, update));
                    _weights[c][n] -= 1e-3 * (decay * _weights[c][n] + m / (Math.Sqrt(v) + 1e-8));
                }
            }
        }

        public void AssertEqual(NetworkWeights actual, string update)
        {
            for (int c = 0; c < _weights.Length; c++)
            {
                double worst = Enumerable.Range(0, _weights[c].Length).Max(n => Math.Abs(actual[c][n] - _weights[c][n]));
                Assert.IsLessThan(1e-6, worst, $"{update}, connection {c}");
            }
        }
    }
}
