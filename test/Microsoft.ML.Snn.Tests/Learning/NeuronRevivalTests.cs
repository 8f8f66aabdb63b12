using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

/// <summary>Which weights a silent neuron is given: those from the layer before it, where they are its own.</summary>
[TestClass]
public sealed class NeuronRevivalTests
{
    [TestMethod]
    public void Revive_SeveralLayers_RaisesTheInputOfEachSilentNeuronInItsOwnLayer()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(3, recurrent: true), Layer.Dense(2), Layer.Output()), channels: 2, steps: 5, timeStep: 1, outputs: 2);

        float[][] raised = Revive(program, 1, 0, 1, 1, 0);

        CollectionAssert.AreEqual(new float[] { 0, 0.5f, 0, 0, 0.5f, 0 }, raised[program.Hidden[0].Input.Index], "The second of three.");
        CollectionAssert.AreEqual(new float[9], raised[program.Hidden[0].Recurrent!.Index]);
        CollectionAssert.AreEqual(new float[] { 0, 0.5f, 0, 0.5f, 0, 0.5f }, raised[program.Hidden[1].Input.Index], "The second of two.");
        CollectionAssert.AreEqual(new float[4], raised[program.Output.Input.Index]);
    }

    /// <summary>A kernel belongs to all neurons of its filter, and most of them are not silent.</summary>
    [TestMethod]
    public void Revive_SharedWeights_StayAsTheyAre()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode hidden = graph.Population("hidden");
                graph.Connect(graph.Input("image", [4, 4, 1]), hidden, Connectivity.Convolution2D(1, 2));
                graph.Connect(hidden, graph.Output());
            }),
            channels: 16, steps: 5, timeStep: 1, outputs: 2);

        Assert.IsTrue(Revive(program, new long[program.SpikingNeurons]).All(weights => weights.All(w => w == 0)));
    }

    private static float[][] Revive(NetworkProgram program, params long[] spikeCounts)
    {
        using NetworkEngine engine = EngineFactory.CreateForCpu(program, batchSize: 1, threads: 1);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        engine.SetWeights(weights);
        NeuronRevival.Revive(program, engine, spikeCounts, 0.5);
        engine.GetWeights(weights);
        return [.. Enumerable.Range(0, weights.Count).Select(c => weights[c])];
    }
}
