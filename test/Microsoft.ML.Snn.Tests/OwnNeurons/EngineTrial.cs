using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>One batch of a network on the graph engine: loss, spike counts and gradient.</summary>
internal sealed record EngineTrial(double Loss, long[] SpikeCounts, float[][] Gradient, long Grazing, float[] Scores)
{
    public static EngineTrial Run<TLane>(
        NetworkProgram program, NetworkWeights weights, SpikeTrains trains, int[] labels, SpikeCountEquations spikeCount = default)
        where TLane : struct, ISimdLane<TLane>
    {
        using var engine = new GraphEngine<TLane>(program, labels.Length, threads: 1) { KeepGradient = true };
        engine.SetWeights(weights);
        var scores = new float[labels.Length * program.Output.Units];
        engine.Score(trains, scores);
        BatchResult result = engine.Train(
            new TrainingBatch { Trains = trains, Targets = Targets.OfClasses(labels), ExampleWeights = null, Examples = Enumerable.Range(0, labels.Length).ToArray() },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), spikeCount, 1e-3f));
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        long[] counts = new long[program.SpikingNeurons];
        engine.TakeSpikeCounts(counts);
        return new EngineTrial(
            result.Loss, counts, [.. Enumerable.Range(0, gradient.Count).Select(c => gradient[c])], result.GrazingSpikes, scores);
    }

    /// <summary>|a - b| / |b| of one connection's gradient.</summary>
    public double DistanceTo(EngineTrial expected, int connection) => Distance(
        [.. Gradient[connection].Select(x => (double)x)], [.. expected.Gradient[connection].Select(x => (double)x)]);

    public static double Distance(double[] actual, double[] expected) =>
        Math.Sqrt(actual.Zip(expected, (a, e) => (a - e) * (a - e)).Sum() / expected.Sum(e => e * e));
}
