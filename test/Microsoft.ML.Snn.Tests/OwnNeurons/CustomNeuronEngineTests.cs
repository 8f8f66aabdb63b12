using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>User's neurons in the engine: against the library's own neuron, and against each other in lanes of any width.</summary>
[TestClass]
public sealed class CustomNeuronEngineTests
{
    private const int Channels = 12;
    private const int Duration = 40;

    /// <summary>Runge-Kutta of order 4 is all that lies between the two.</summary>
    [TestMethod]
    [DataRow(1.0, 0.0, false, false, 0.0)]
    [DataRow(0.5, -0.5, true, false, 0.0)]
    [DataRow(1.0, -0.5, true, true, 0.0)]
    [DataRow(0.5, 0.0, false, true, 0.0)]
    [DataRow(0.5, 0.3, true, false, 3.0)]
    [DataRow(0.5, -0.5, true, true, 1.0)]
    public void Train_LeakyNeuronWrittenByAUser_GivesTheSpikesAndGradientOfTheLibrarysOwn(
        double timeStep, double reset, bool recurrent, bool isConstantCurrent, double refractoryPeriod)
    {
        var count = new SpikeCountEquations(2, 0.3f, 0.2f);
        EngineTrial expected = Run(new LeakyIntegrateFire { Reset = reset, RefractoryPeriod = refractoryPeriod });
        EngineTrial actual = Run(Neuron.Custom(new LeakyNeuron { ResetPotential = (float)reset }) with { RefractoryPeriod = refractoryPeriod });

        CollectionAssert.AreEqual(expected.SpikeCounts, actual.SpikeCounts);
        Assert.IsGreaterThan(40, expected.SpikeCounts.Sum());
        Assert.AreEqual(expected.Loss, actual.Loss, 1e-4 * expected.Loss);
        for (int connection = 0; connection < expected.Gradient.Length; connection++)
        {
            Assert.IsLessThan(2e-3, actual.DistanceTo(expected, connection), $"connection {connection}");
        }

        EngineTrial Run(Neuron neuron)
        {
            int steps = (int)(Duration / timeStep);
            SnnNetwork network = SnnNetwork.Sequential(
                Layer.Dense(21, neuron, recurrent: recurrent), Layer.Dense(13, neuron, new ExponentialSynapse(8)), Layer.Output());
            NetworkProgram program = NetworkProgram.Build(network, Channels, steps, timeStep, outputs: 3);
            return EngineTrial.Run<Vector256Lane>(
                program, Weights(program, 0.35, 4), Draw(steps, isConstantCurrent), [0, 1, 2, 1], count);
        }
    }

    [TestMethod]
    public void Train_LanesOfAnyWidth_GiveTheSameSpikesAndGradient()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(
                Layer.Dense(21, Neuron.Custom(new IzhikevichNeuron(), subSteps: 4), recurrent: true),
                Layer.Dense(7, Neuron.Custom(new ConductanceNeuron()), Synapse.Custom(new RiseAndDecaySynapse())),
                Layer.Output()),
            Channels, Duration, timeStep: 1, outputs: 3);
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(60, 60, false), seed: 1);

        EngineTrial narrow = EngineTrial.Run<Vector256Lane>(program, weights, Draw(Duration, false), [0, 1, 2, 1]);
        EngineTrial wide = EngineTrial.Run<Vector512Lane>(program, weights, Draw(Duration, false), [0, 1, 2, 1]);

        CollectionAssert.AreEqual(narrow.SpikeCounts, wide.SpikeCounts);
        Assert.IsGreaterThan(0, narrow.SpikeCounts.Take(21).Sum());
        Assert.IsGreaterThan(0, narrow.SpikeCounts.Skip(21).Sum());
        for (int connection = 0; connection < narrow.Gradient.Length; connection++)
        {
            Assert.IsLessThan(1e-3, wide.DistanceTo(narrow, connection), $"connection {connection}");
        }
    }

    /// <summary>Fresh weights make neurons of any units spike about once.</summary>
    [TestMethod]
    [DataRow(nameof(QuadraticNeuron))]
    [DataRow(nameof(IzhikevichNeuron))]
    [DataRow(nameof(TwoCompartmentNeuron))]
    public void Draw_BalancedWeights_MakeACustomNeuronSpike(string name)
    {
        Neuron neuron = name switch
        {
            nameof(QuadraticNeuron) => Neuron.Custom(new QuadraticNeuron()),
            nameof(IzhikevichNeuron) => Neuron.Custom(new IzhikevichNeuron(), subSteps: 4),
            _ => Neuron.Custom(new TwoCompartmentNeuron()),
        };
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(200, neuron), Layer.Output()), Channels, Duration, timeStep: 1, outputs: 3);
        SpikeTrains trains = Draw(Duration, false);
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(48, 48, false), seed: 1);

        EngineTrial trial = EngineTrial.Run<Vector256Lane>(program, weights, trains, [0, 1, 2, 1]);

        double spikesPerTrial = trial.SpikeCounts.Average() / 4;
        Assert.IsTrue(spikesPerTrial is > 0.3 and < 3, $"{spikesPerTrial} spikes per neuron and trial");
    }

    [TestMethod]
    public void Train_StateThatRunsAway_IsAnErrorAndNotSilence()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(3, Neuron.Custom(new RunawayNeuron())), Layer.Output()), Channels, Duration, timeStep: 1, outputs: 3);

        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => EngineTrial.Run<Vector256Lane>(program, Weights(program, 1, 1), Draw(Duration, false), [0, 1, 2, 1]));

        StringAssert.StartsWith(
            error.Message, "The state of RunawayNeuron must stay finite, but variable 1 of neuron 0 of hidden 1 was ", StringComparison.Ordinal);
    }

    private static NetworkWeights Weights(NetworkProgram program, double mean, int seed)
    {
        var random = new Random(seed);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        foreach (ConnectionProgram connection in program.Connections)
        {
            foreach (ref float weight in weights[connection.Index].AsSpan())
            {
                weight = (float)(mean * (random.NextDouble() * 3 - 0.8) * Math.Sqrt(12.0 / connection.Rows));
            }
        }

        return weights;
    }

    private static SpikeTrains Draw(int steps, bool isConstantCurrent)
    {
        var random = new Random(7);
        var builder = new SpikeTrainsBuilder(steps, Channels, isConstantCurrent);
        for (int example = 0; example < 4; example++)
        {
            var dense = new float[(isConstantCurrent ? 1 : steps) * Channels];
            foreach (ref float value in dense.AsSpan())
            {
                value = isConstantCurrent ? random.NextSingle() : random.NextDouble() < 4.0 / steps ? 1 : 0;
            }

            builder.AddDense(dense);
        }

        return builder.ToSpikeTrains();
    }
}
