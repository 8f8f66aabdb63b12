using System;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Networks;

/// <summary>How milliseconds become steps, and how far learning may go.</summary>
[TestClass]
public sealed class DelayTests
{
    [TestMethod]
    public void ToProgram_Milliseconds_AreRoundedToTheNearestStep()
    {
        int[] steps = Delay.PerNeuron([0, 0.2, 0.3, 2.7, 2.8]).ToProgram("c", rows: 5, weights: 10, timeStep: 0.5).OfRow!;

        CollectionAssert.AreEqual(new[] { 0, 0, 1, 5, 6 }, steps);
    }

    [TestMethod]
    public void ToProgram_TooManySteps_SaysHowMany()
    {
        Assert.AreEqual(65_535, Delay.Of(6553.5).ToProgram("c", 1, 1, 0.1).Maximum);

        var error = Assert.ThrowsExactly<ArgumentException>(() => Delay.Of(6553.6).ToProgram("a to b", 1, 1, 0.1));
        Assert.AreEqual("The delays of connection a to b must be at most 65535 steps, but one is 6553.6 ms of 0.1 ms steps.", error.Message);
    }

    [TestMethod]
    public void Learn_MaximumBelowADelay_SaysSo()
    {
        const string Message = "The longest delay of the connection must be 0 to 5, but was 12. Learning may not begin beyond its range: use a longer maximum.";
        foreach (Delay delay in (Delay[])[Delay.Of(12), Delay.PerNeuron([1, 12, 3]), Delay.PerSynapseUniform(0, 12)])
        {
            StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => delay.Learn(5)).Message, Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The ring must have room for what learning may reach, and learning must stop where it ends.</summary>
    [TestMethod]
    [DataRow(0.5)]
    [DataRow(2.0)]
    public void Learn_Maximum_IsWhatADelayMayReach(double timeStep)
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode hidden = graph.Population("hidden", 3);
                graph.Connect(graph.Input(), hidden, delay: Delay.Of(2).Learn(12));
                graph.Connect(hidden, graph.Output());
            }),
            channels: 2, steps: 30, timeStep, outputs: 2);
        ParameterProgram delay = Array.Find([.. program.Parameters], p => p.Kind == ParameterKind.Delay)!;
        using var numbers = new LearnedNumbers(program, laneWidth: 8);
        float[] far = [100], negative = [-3];

        numbers.Take(delay, far);
        Assert.AreEqual(12, far[0]);
        Assert.AreEqual((int)(12 / timeStep), numbers.DelaySteps[delay.Owner][0]);
        Assert.AreEqual((int)(12 / timeStep), program.Connections[delay.Owner].Delay.Maximum);
        numbers.Take(delay, negative);
        Assert.AreEqual(0, negative[0]);
    }
}
