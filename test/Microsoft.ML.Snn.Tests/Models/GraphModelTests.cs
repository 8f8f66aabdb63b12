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
            GraphNode teacher = graph.Output("teacher", Readout.MaximumMembrane);
            graph.Connect(image, features, Connectivity.Convolution2D(2, 3));
            graph.Connect(features, hidden, Connectivity.Sparse(0.5), new AlphaSynapse(3), delay: Delay.PerSynapseUniform(0, 3).Learn(8));
            graph.Connect(rest, hidden, synapse: new DeltaSynapse(), delay: Delay.Of(1));
            graph.Connect(hidden, features, delay: Delay.PerNeuronUniform(0, 4));
            graph.Connect(features, output);
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
