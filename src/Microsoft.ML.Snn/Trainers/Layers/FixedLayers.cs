using System;
using System.Linq;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Trainers.Layers;

/// <summary>Networks of which only the spiking layers count: their one output has no weights.</summary>
internal static class FixedLayers
{
    /// <summary>One layer with weights drawn at random.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="shape">The column that it reads.</param>
    /// <param name="input">What one row of the training data brings, for balanced weights.</param>
    /// <param name="seed">The seed.</param>
    public static SnnModel Draw(SpikingLayer layer, InputShape shape, InputStatistics input, int seed)
    {
        NetworkProgram program = Build([layer], shape.Channels, shape.Steps, shape.TimeStep);
        NetworkWeights weights = NetworkWeights.Draw(program, input, seed);
        Array.Clear(weights[program.Output.Input.Index]);
        return ModelOf(program, weights, shape.IsConstantCurrent, seed);
    }

    /// <summary>The layers of a trained network up to and with one of them.</summary>
    /// <exception cref="ArgumentException">The network has no such layer.</exception>
    public static SnnModel Take(SnnModel trained, int layer)
    {
        NetworkProgram source = trained.Program;
        if (!source.IsClassic || source.Integrator != Integrator.Grid)
        {
            throw new ArgumentException(
                "The model must be a sequence of dense layers of leaky integrate-and-fire neurons, adaptive or not, on a grid of time, but it has "
                + "other neurons or connections, or runs event-driven. Train a network of Layer.Dense.", nameof(trained));
        }

        if (source.Hidden.Count == 0)
        {
            throw new ArgumentException("The model must have a hidden layer, but has none. Train a network with one.", nameof(trained));
        }

        Require.InRange(layer, 0, source.Hidden.Count - 1, "The first hidden layer is 0.");
        NetworkProgram program = Build(
            [.. source.Description.Hidden.Take(layer + 1)], source.Channels, source.Steps, source.TimeStep);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        foreach (ConnectionProgram connection in program.Connections.SkipLast(1))
        {
            trained.Weights[connection.Index].CopyTo(weights[connection.Index], 0);
        }

        return ModelOf(program, weights, trained.IsConstantCurrent, trained.History.Seed);
    }

    private static NetworkProgram Build(SpikingLayer[] layers, int channels, int steps, double timeStep) => NetworkProgram.Build(
        SnnNetwork.Sequential([.. layers, Layer.Output()]), channels, steps, timeStep, outputs: 1, Loss.MeanSquaredError);

    private static SnnModel ModelOf(NetworkProgram program, NetworkWeights weights, bool isConstantCurrent, int seed) => new(
        program, weights, isConstantCurrent, new TrainingHistory([], 0, false, "none", seed),
        [.. program.Hidden.Select(hidden => new float[hidden.Units])])
    {
        Task = SnnTask.Regression,
    };
}
