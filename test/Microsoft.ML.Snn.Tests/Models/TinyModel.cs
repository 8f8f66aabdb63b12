using System.IO;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Tests.Models;

/// <summary>A model of two inputs, three recurrent neurons and two classes.</summary>
internal static class TinyModel
{
    public static SnnModel Create()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(
                Layer.Dense(3, new LeakyIntegrateFire { Threshold = 1.5, Reset = -0.5, RefractoryPeriod = 2 }, new ExponentialSynapse(4), recurrent: true),
                Layer.Output(Readout.MaximumMembrane, new LeakyIntegrator { MembraneTime = 7 })),
            channels: 2, steps: 10, timeStep: 0.5, outputs: 2);
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(2, 2, IsConstantCurrent: false), seed: 1);
        TrainingEpoch epoch = new()
        {
            Epoch = 1,
            Loss = 0.5,
            Accuracy = 0.75,
            ValidationLoss = 0.6,
            SpikesPerNeuron = 1.5,
            SilentNeurons = 1,
            GrazingSpikes = 0.25,
            Seconds = 2,
        };
        return new SnnModel(program, weights, false, new TrainingHistory([epoch], 1, false, "CPU", 42), [[0, 1.5f, 3]]);
    }

    public static byte[] Bytes()
    {
        using MemoryStream stream = new();
        ModelFormat.Write(stream, Create());
        return stream.ToArray();
    }
}
