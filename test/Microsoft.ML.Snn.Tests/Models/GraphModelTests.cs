using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Models;

[TestClass]
public sealed class GraphModelTests
{
    [TestMethod]
    public void Read_GraphOfEverything_GivesTheSameBytesAgain()
    {
        SnnModel model = Create();
        byte[] bytes = Bytes(model);

        SnnModel found = ModelFormat.Read(new MemoryStream(bytes));

        Assert.AreEqual(model.Program.ToString(), found.Program.ToString());
        Assert.AreEqual(model.Program.Description.ToString(), found.Program.Description.ToString());
        Assert.IsTrue(model.Program.Parameters.SequenceEqual(found.Program.Parameters));
        CollectionAssert.AreEqual(bytes, Bytes(found));
        CollectionAssert.AreEqual(model.Program.Connections.Select(c => c.Rewiring).ToArray(), found.Program.Connections.Select(c => c.Rewiring).ToArray());
        CollectionAssert.AreEqual(new[] { 1.0, 0.25 }, found.Program.Outputs.Select(o => o.LossWeight).ToArray());
        Assert.IsNull(ProgramParts.Difference(model.Program, found.Program));
    }

    [TestMethod]
    public void Read_GraphWithAByteFlippedOrCut_IsInvalidData()
    {
        byte[] bytes = Bytes(Create());
        for (int at = 0; at < bytes.Length; at += 7)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 0x81;
            Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(damaged)), $"byte {at}");
            Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(bytes[..at])), $"{at} bytes");
        }
    }

    /// <summary>Somebody who also makes the digest fit gets an error, or a network, but nothing else.</summary>
    [TestMethod]
    public void Read_ForgedGraph_IsInvalidDataOrANetwork()
    {
        byte[] bytes = Bytes(Create());
        byte[] body = bytes[44..];
        int refused = 0;
        for (int at = 0; at < 1500; at++)
        {
            foreach (byte flip in new byte[] { 0x01, 0x80, 0xFF })
            {
                byte[] forged = [.. body];
                forged[at] ^= flip;
                try
                {
                    ModelFormat.Read(new MemoryStream([.. bytes[..12], .. System.Security.Cryptography.SHA256.HashData(forged), .. forged]));
                }
                catch (InvalidDataException)
                {
                    refused++;
                }
            }
        }

        Assert.IsGreaterThan(1000, refused);
    }

    /// <summary>One number of a graph at a time that no graph has: each is named as such, before anything is built of it.</summary>
    [TestMethod]
    public void Read_GraphWithANumberThatNoneHas_IsRefused()
    {
        NetworkProgram good = Small();
        ConnectionProgram first = good.Connections[0];
        PopulationProgram hidden = good.Populations[0];
        (string What, NetworkProgram Program)[] forged =
        [
            ("group", With(first with { Group = 1 })),
            ("source", With(first with { Source = 1, Delay = DelayProgram.None })),
            ("source beyond all", With(first with { Source = 7 })),
            ("input beyond all", With(first with { Source = ~1 })),
            ("target", With(first with { Target = 7 })),
            ("delay", With(first with { Delay = DelayProgram.Of(DelayForm.PerRow, [1, 5, 2]) with { Maximum = 4 } })),
            ("negative delay", With(first with { Delay = DelayProgram.Of(DelayForm.PerRow, [1, -1, 2]) with { Maximum = 4 } })),
            ("delays", With(first with { Delay = DelayProgram.Of(DelayForm.PerRow, [1, 2]) with { Maximum = 4 } })),
            ("columns of the matrix", With(first with { MatrixColumns = 4 })),
            ("channels", Of(good, [good.Inputs[0] with { FirstChannel = 1 }], [.. good.Populations], [.. good.Connections])),
            ("threshold", WithNeuron(hidden.Neuron with { Threshold = [double.NaN] })),
            ("thresholds", WithNeuron(hidden.Neuron with { Threshold = [1, 1] })),
            ("membrane time", WithNeuron(hidden.Neuron with { MembraneTime = [0] })),
            ("adaptation time", WithNeuron(hidden.Neuron with { AdaptationTime = [-1] })),
            ("refractory period", WithNeuron(hidden.Neuron with { RefractorySteps = -1 })),
            ("synapse time", Of(good, [.. good.Inputs], [hidden with { Groups = [new CurrentGroup(SynapseKind.Exponential, 0)] }, good.Populations[1]], [.. good.Connections])),
            ("kind of synapse", Of(good, [.. good.Inputs], [hidden with { Groups = [new CurrentGroup((SynapseKind)7, 5)] }, good.Populations[1]], [.. good.Connections])),
        ];
        ModelFormat.Read(new MemoryStream(Bytes(ModelOf(good))));
        foreach ((string what, NetworkProgram program) in forged)
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(Bytes(ModelOf(program)))), what);

            Assert.AreEqual("The model must describe a network, but a number of its graph is out of range. Save it again from its source.", error.Message, what);
        }

        NetworkProgram With(ConnectionProgram connection) => Of(good, [.. good.Inputs], [.. good.Populations], [connection, good.Connections[1]]);

        NetworkProgram WithNeuron(NeuronProgram neuron) =>
            Of(good, [.. good.Inputs], [hidden with { Neuron = neuron }, good.Populations[1]], [.. good.Connections]);
    }

    [TestMethod]
    public void Read_GraphOfAnotherNumberOfOutputs_IsRefused()
    {
        byte[] bytes = Bytes(ModelOf(Small()));
        byte[] body = bytes[44..];

        // Behind channels, steps and the length of a step.
        body[16]++;
        byte[] forged = [.. bytes[..12], .. System.Security.Cryptography.SHA256.HashData(body), .. body];

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(forged)));

        Assert.AreEqual("The model must have as many outputs as it says, but has not. Save it again from its source.", error.Message);
    }

    /// <summary>Labels of further outputs come in the order of the outputs, each once, and the first output has its own.</summary>
    [TestMethod]
    [DataRow(new[] { 1, 2, 2 }, "The model must have fewer labels of further outputs than its 3 outputs, but has 3.")]
    [DataRow(new[] { 2, 1 }, "The model must name its 3 outputs in their order, but names 1.")]
    [DataRow(new[] { 1, 1 }, "The model must name its 3 outputs in their order, but names 1.")]
    [DataRow(new[] { 0 }, "The model must name its 3 outputs in their order, but names 0.")]
    [DataRow(new[] { 3 }, "The model must name its 3 outputs in their order, but names 3.")]
    [DataRow(new[] { 1, 2 }, null)]
    public void Read_LabelsOfFurtherOutputs_AreInTheirOrderOrRefused(int[] outputs, string? message)
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode hidden = graph.Population("hidden", 3);
                graph.Connect(graph.Input(), hidden);
                graph.Connect(hidden, graph.Output("first"));
                graph.Connect(hidden, graph.Output("second"));
                graph.Connect(hidden, graph.Output("third"));
            }),
            channels: 3, steps: 10, timeStep: 1, outputs: 2);
        byte[] bytes = Bytes(ModelOf(program) with
        {
            Further = [.. outputs.Select(output => new FurtherOutput(output, $"output {output}", "Label", SnnTask.MulticlassClassification, []))],
        });

        if (message == null)
        {
            CollectionAssert.AreEqual(outputs, ModelFormat.Read(new MemoryStream(bytes)).Further.Select(further => further.Index).ToArray());
            return;
        }

        StringAssert.StartsWith(
            Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(bytes))).Message, message, StringComparison.Ordinal);
    }

    private static NetworkProgram Small() => NetworkProgram.Build(
        SnnNetwork.Graph(graph =>
        {
            GraphNode hidden = graph.Population("hidden", 3);
            graph.Connect(graph.Input(), hidden, delay: Delay.PerNeuron([1, 3, 2]));
            graph.Connect(hidden, graph.Output());
        }),
        channels: 3, steps: 10, timeStep: 1, outputs: 2);

    private static NetworkProgram Of(
        NetworkProgram program, InputProgram[] inputs, PopulationProgram[] populations, ConnectionProgram[] connections) =>
        NetworkProgram.OfGraph(program.Description, program.Channels, program.Steps, program.TimeStep, inputs, populations, connections);

    private static SnnModel ModelOf(NetworkProgram program) => TinyModel.Create() with
    {
        Program = program,
        Weights = NetworkWeights.ZerosFor(program),
        MeanSpikeCounts = [.. program.Spiking.Select(p => new float[p.Units])],
    };

    private static SnnModel Create()
    {
        SnnNetwork network = SnnNetwork.Graph(graph =>
        {
            GraphNode image = graph.Input("image", [4, 4, 1]);
            GraphNode rest = graph.Input("rest");
            GraphNode features = graph.Population("features", neuron: new IntegrateFire { Bias = 0.1, Learned = LearnedParameters.Bias });
            GraphNode hidden = graph.Population("hidden", 5, new AdaptiveLeakyIntegrateFire
            {
                ResetMode = ResetMode.Subtraction,
                RefractoryPeriod = 1,
                PerNeuron = new PerNeuron(membraneTimes: [10, 11, 12, 13, 14], adaptationStrengths: [0, 0.1, 0.2, 0.3, 0.4]),
                Learned = LearnedParameters.MembraneTime | LearnedParameters.SynapseTime | LearnedParameters.Threshold,
            });
            GraphNode output = graph.Output(readout: Readout.SumMembrane);
            GraphNode teacher = graph.Output("teacher", Readout.MaximumMembrane, lossWeight: 0.25);
            graph.Connect(image, features, Connectivity.Convolution2D(2, 3));
            graph.Connect(features, hidden, Connectivity.Sparse(0.5), new AlphaSynapse(3), delay: Delay.PerSynapseUniform(0, 3).Learn(8));
            graph.Connect(rest, hidden, synapse: new DeltaSynapse(), delay: Delay.Of(1));
            graph.Connect(hidden, features, delay: Delay.PerNeuronUniform(0, 4));
            graph.Connect(features, output);
            graph.Connect(hidden, hidden, Connectivity.Sparse(0.4, seed: 3, allowSelf: false, rewiring: new DeepRewiring(0.001, 0.01)));
            graph.Connect(hidden, teacher);
            graph.Connect(hidden, output);
        });
        NetworkProgram program = NetworkProgram.Build(network, channels: 19, steps: 10, timeStep: 0.5, outputs: 2);
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(5, 5, IsConstantCurrent: false), seed: 1);
        float[][] counts = [.. program.Spiking.Select(p => new float[p.Units])];
        return TinyModel.Create() with { Program = program, Weights = weights, MeanSpikeCounts = counts };
    }

    private static byte[] Bytes(SnnModel model)
    {
        using MemoryStream stream = new();
        ModelFormat.Write(stream, model);
        return stream.ToArray();
    }
}
