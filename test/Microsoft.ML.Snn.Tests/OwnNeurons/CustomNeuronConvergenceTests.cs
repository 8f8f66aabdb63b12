using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Learning.Checks;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.ML.Snn.Tests.Gradients;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>
/// The gradient of the engine against central differences of a neuron whose spikes have no time grid, and whose output
/// is integrated in closed form: no adjoint is in the oracle. The distance must fall with the step.
/// </summary>
[TestClass]
public sealed class CustomNeuronConvergenceTests
{
    private const int Duration = 60;
    private const double SynapseTime = 4;
    private static readonly double[] s_arrivals = [1, 3, 6, 10, 14, 19, 25, 30, 36];
    private const string NumbersRow = "TunableNeuron, learned numbers";
    private static readonly double[] s_outputWeights = [1.5, -0.7];

    private static readonly double[] s_steps = [0.1, 0.05, 0.025, 0.0125, 0.00625];

    public TestContext TestContext { get; set; } = null!;

    /// <summary>The rows of the table that these tests measure.</summary>
    public static IEnumerable<string> Rows() =>
    [
        nameof(QuadraticNeuron), nameof(IzhikevichNeuron), nameof(TwoCompartmentNeuron), nameof(ConductanceNeuron),
        RowName(nameof(QuadraticNeuron), 4), RowName(nameof(TwoCompartmentNeuron), 4), NumbersRow,
    ];

    private static string RowName(string neuron, double refractoryPeriod) =>
        refractoryPeriod == 0 ? neuron : $"{neuron}, refractory period {refractoryPeriod} ms";

    [TestMethod]
    public void Gradient_OfQuadraticNeurons_ConvergesWithTheStep() => AssertConverges(new QuadraticNeuron());

    [TestMethod]
    public void Gradient_OfIzhikevichNeurons_ConvergesWithTheStep() => AssertConverges(new IzhikevichNeuron());

    [TestMethod]
    public void Gradient_OfTwoCompartmentNeurons_ConvergesWithTheStep() => AssertConverges(new TwoCompartmentNeuron());

    [TestMethod]
    public void Gradient_OfConductanceNeurons_ConvergesWithTheStep() => AssertConverges(new ConductanceNeuron());

    [TestMethod]
    public void Gradient_OfQuadraticNeuronsInARefractoryPeriod_ConvergesWithTheStep() => AssertConverges(new QuadraticNeuron(), refractoryPeriod: 4);

    [TestMethod]
    public void Gradient_OfTwoCompartmentNeuronsInARefractoryPeriod_ConvergesWithTheStep() =>
        AssertConverges(new TwoCompartmentNeuron(), refractoryPeriod: 4);

    /// <summary>Numbers in the dynamics, in the threshold and in the reset.</summary>
    [TestMethod]
    public void Gradient_ByLearnedNumbers_ConvergesWithTheStep()
    {
        var cell = new CellEquations<TunableNeuron, ExponentialCurrent>(new TunableNeuron(), new ExponentialCurrent(SynapseTime), 1, 1);
        double[] weights = FindWeights(cell, 0);
        CellState<DoubleLane> initial = cell.Initial<DoubleLane>();
        double[] expected =
        [
            .. TunableNeuron.Learned.Select(number => Central(
                h => Loss(cell, weights, 0, initial.With(number.Slot, new DoubleLane(initial[number.Slot].Value + h))), 1e-4)),
        ];

        double[] distances = [.. s_steps.Select(step => EngineTrial.Distance(
            [.. Run(new TunableNeuron(), weights, step, 0, TunableNeuron.Learned).Gradient[2..].Select(g => (double)g[0])], expected))];

        TestContext.WriteLine(string.Join(" ", expected.Concat(distances).Select(d => d.ToString("E2", null))));
        Assert.IsTrue(expected.All(derivative => Math.Abs(derivative) > 1e-3), "Each must count.");
        Assert.IsLessThan(0.05, distances[^1]);
        Assert.IsLessThan(0.25 * distances[0], distances[^1]);
        GradientTable.Check(GradientTable.OwnSteps, NumbersRow, distances);
    }

    private void AssertConverges<TNeuron>(TNeuron neuron, double refractoryPeriod = 0)
        where TNeuron : unmanaged, INeuronEquations
    {
        var cell = new CellEquations<TNeuron, ExponentialCurrent>(neuron, new ExponentialCurrent(SynapseTime), 1, 1);
        double[] weights = FindWeights(cell, refractoryPeriod);
        double[] expected = [.. Enumerable.Range(0, weights.Length).Select(k => Difference(cell, weights, k, refractoryPeriod))];

        double[] distances = [.. s_steps.Select(step => EngineTrial.Distance(
            [.. Run(neuron, weights, step, refractoryPeriod).Gradient[0].Select(g => (double)g)], expected))];

        TestContext.WriteLine(string.Join(" ", distances.Select(d => d.ToString("E2", null))));
        Assert.IsLessThan(0.05, distances[^1]);
        Assert.IsLessThan(0.25 * distances[0], distances[^1]);
        GradientTable.Check(GradientTable.OwnSteps, RowName(typeof(TNeuron).Name, refractoryPeriod), distances);
    }

    private static double[] FindWeights<TNeuron>(CellEquations<TNeuron, ExponentialCurrent> cell, double refractoryPeriod)
        where TNeuron : unmanaged, INeuronEquations
    {
        for (double scale = 0.01; ; scale *= 1.2)
        {
            double[] weights = [.. s_arrivals.Select((_, k) => scale * (1 + 0.3 * Math.Sin(2 * k)))];
            if (Spikes(cell, weights, refractoryPeriod, cell.Initial<DoubleLane>()).Length >= 2)
            {
                // A little more, so that the last spike does not graze the threshold.
                return [.. weights.Select(w => (double)(float)(1.05 * w))];
            }
        }
    }

    private static double Difference<TNeuron>(CellEquations<TNeuron, ExponentialCurrent> cell, double[] weights, int index, double refractoryPeriod)
        where TNeuron : unmanaged, INeuronEquations
    {
        double[] Moved(double step)
        {
            double[] moved = [.. weights];
            moved[index] += step;
            return moved;
        }

        return Central(h => Loss(cell, Moved(h), refractoryPeriod, cell.Initial<DoubleLane>()), 1e-4 * weights[index]);
    }

    private static double Central(Func<double, double> loss, double h) => (loss(h) - loss(-h)) / (2 * h);

    private static double Loss<TNeuron>(
        CellEquations<TNeuron, ExponentialCurrent> cell, double[] weights, double refractoryPeriod, CellState<DoubleLane> initial)
        where TNeuron : unmanaged, INeuronEquations
    {
        double mean = Spikes(cell, weights, refractoryPeriod, initial).Sum(MeanPotential);
        double[] potentials = [.. s_outputWeights.Select(w => w * mean)];
        return Math.Log(potentials.Sum(Math.Exp)) - potentials[0];
    }

    private static double[] Spikes<TNeuron>(
        CellEquations<TNeuron, ExponentialCurrent> cell, double[] weights, double refractoryPeriod, CellState<DoubleLane> initial)
        where TNeuron : unmanaged, INeuronEquations
    {
        CellInput[] inputs = [.. s_arrivals.Zip(weights, (time, weight) => new CellInput(time, weight))];
        return [.. new CellTrial<TNeuron, ExponentialCurrent>(
            cell, initial, inputs, Duration, timeStep: 0.01, keep: false, refractoryPeriod).Spikes];
    }

    /// <summary>Mean over the trial of an output potential after a spike of weight 1: τm = 20, τs = 5.</summary>
    private static double MeanPotential(double spike)
    {
        const double Tm = 20, Ts = 5;
        double left = Duration - spike;
        return Ts / (Tm - Ts) * (Tm * (1 - Math.Exp(-left / Tm)) - Ts * (1 - Math.Exp(-left / Ts))) / Duration;
    }

    private static EngineTrial Run<TNeuron>(
        TNeuron neuron, double[] weights, double timeStep, double refractoryPeriod, IReadOnlyList<LearnedNumber>? learned = null)
        where TNeuron : unmanaged, INeuronEquations
    {
        int steps = (int)Math.Round(Duration / timeStep);
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(
                Layer.Dense(1, Neuron.Custom(neuron, learned: learned) with { RefractoryPeriod = refractoryPeriod }, new ExponentialSynapse(SynapseTime)),
                Layer.Output(Readout.AverageMembrane, new LeakyIntegrator { MembraneTime = 20 }, new ExponentialSynapse(5))),
            s_arrivals.Length, steps, timeStep, outputs: 2);
        NetworkWeights values = NetworkWeights.ZerosFor(program);
        LearnedProgram.Fill(program, values);
        weights.Select(w => (float)w).ToArray().CopyTo(values[0], 0);
        s_outputWeights.Select(w => (float)w).ToArray().CopyTo(values[1], 0);
        var builder = new SpikeTrainsBuilder(steps, s_arrivals.Length, isConstantCurrent: false);
        int[] slots = [.. s_arrivals.Select((time, k) => (int)Math.Round(time / timeStep) * s_arrivals.Length + k)];
        builder.Add(slots, [.. slots.Select(_ => 1f)]);

        return EngineTrial.Run<Vector256Lane>(program, values, builder.ToSpikeTrains(), [0]);
    }
}
