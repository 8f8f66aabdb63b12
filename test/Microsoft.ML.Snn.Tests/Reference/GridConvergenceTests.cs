using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Reference;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Reference;

[TestClass]
public sealed class GridConvergenceTests
{
    private const int Draws = 8;

    private static readonly double[] TimeSteps =
        [.. Enumerable.Range(2, 5).Select(k => NetworkDraw.CoarsestStep / (1 << k))];

    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> Cases =>
        (from kind in Enum.GetValues<NetworkKind>()
         from current in Enum.GetValues<SpikeCurrent>()
         select new object[] { kind, ReferenceReadout.AverageMembrane, current, GridReset.Absolute })
        .Concat(
            from readout in Enum.GetValues<ReferenceReadout>().Skip(1).Where(r => r != ReferenceReadout.FirstSpikeTime)
            select new object[] { NetworkKind.RecurrentRefractory, readout, SpikeCurrent.GridEnd, GridReset.Absolute })
        .Append([NetworkKind.Recurrent, ReferenceReadout.AverageMembrane, SpikeCurrent.Interpolated, GridReset.Subtraction])
        .Append([NetworkKind.Refractory, ReferenceReadout.AverageMembrane, SpikeCurrent.GridEnd, GridReset.Subtraction]);

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void OutputsAndGradient_HalvedTimeSteps_ApproachTheExactOnesInFirstOrder(
        NetworkKind kind, ReferenceReadout readout, SpikeCurrent current, GridReset reset)
    {
        (double outputs, double gradient) = Orders(kind, readout, new GridSettings
        {
            TimeStep = 0,
            StepCount = 0,
            Readout = readout,
            SpikeCurrent = current,
            Reset = reset,
            ArrivalMovesMaximum = true,
            GrazingLimit = 1e-6,
        });
        Assert.IsInRange(0.8, 1.35, outputs);
        Assert.IsInRange(0.8, 1.35, gradient);
    }

    [TestMethod]
    public void Gradient_MaximumThatArrivalsDoNotMove_DoesNotConverge()
    {
        (double outputs, double gradient) = Orders(
            NetworkKind.RecurrentRefractory,
            ReferenceReadout.MaximumMembrane,
            new GridSettings { TimeStep = 0, StepCount = 0, Readout = ReferenceReadout.MaximumMembrane });
        Assert.IsInRange(0.8, 1.35, outputs);
        Assert.IsLessThan(0.3, gradient);
    }

    private (double Outputs, double Gradient) Orders(NetworkKind kind, ReferenceReadout readout, GridSettings settings)
    {
        var outputErrors = new double[TimeSteps.Length];
        var gradientErrors = new double[TimeSteps.Length];
        int used = 0, rejected = 0;
        foreach (NetworkDraw draw in NetworkDraw.Spiking(kind, readout, onGrid: true))
        {
            (double Output, double Gradient)?[] errors = [.. TimeSteps
                .Select(step => Errors(
                    draw,
                    settings with { TimeStep = step, StepCount = (int)Math.Round(NetworkDraw.Duration / step) }))
                .TakeWhile(e => e is not null)];
            if (errors.Length < TimeSteps.Length)
            {
                rejected++;
                continue;
            }

            // Logarithms are averaged: in a draw where a coarse step swaps two close events the error falls in a
            // leap, and such a leap must not decide the slope for all.
            for (int n = 0; n < TimeSteps.Length; n++)
            {
                outputErrors[n] += Math.Log(errors[n]!.Value.Output) / Draws;
                gradientErrors[n] += Math.Log(errors[n]!.Value.Gradient) / Draws;
            }

            if (++used == Draws)
            {
                break;
            }
        }

        Assert.AreEqual(Draws, used, "Too few draws whose spikes are the exact ones.");
        (double Outputs, double Gradient) orders = (Slope(outputErrors), Slope(gradientErrors));
        TestContext.WriteLine($"rejected {rejected}; outputs order {orders.Outputs:F2}: {Row(outputErrors)}; "
            + $"gradient order {orders.Gradient:F2}: {Row(gradientErrors)}");
        return orders;
    }

    /// <summary>Gives the relative errors of outputs and gradient, or null where the step changes who spikes.</summary>
    private static (double Output, double Gradient)? Errors(NetworkDraw draw, GridSettings settings)
    {
        ReferenceTrace exact = draw.Network.Forward(draw.Inputs);
        var network = new GridNetwork(draw.Layers, settings);
        GridTrace grid = network.Forward(GridInput.FromTimes(draw.Inputs, settings.TimeStep));
        for (int l = 0; l < draw.Layers.Length; l++)
        {
            // A spike at the last grid index may have no exact partner within the trial: nobody sees either.
            if (!exact.Spikes(l).Select(s => s.Index).Order().SequenceEqual(grid.Spikes(l).Select(s => s.Neuron).Order()))
            {
                return null;
            }
        }

        // The same error goes in at the outputs of both, so that only the two networks are compared.
        double[] outputError = SoftmaxCrossEntropy.Derivative(exact.Outputs, draw.Label);
        ReferenceGradient expected = draw.Network.Gradient(exact, outputError);
        GridGradient actual = network.Gradient(grid, outputError);
        return (
            RelativeError(exact.Outputs, grid.Outputs),
            RelativeError(
                Flat(expected.Weights, expected.RecurrentWeights), Flat(actual.Weights, actual.RecurrentWeights)));
    }

    private static double[] Flat(double[][,] weights, double[,]?[] recurrentWeights) =>
        [.. weights.Concat(recurrentWeights).SelectMany(w => w?.Cast<double>() ?? [])];

    private static double RelativeError(double[] expected, double[] actual) =>
        Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(e => e * e));

    // Of the straight line through log error over log step.
    private static double Slope(double[] logErrors)
    {
        double[] x = [.. TimeSteps.Select(step => Math.Log(step))];
        double meanX = x.Average(), meanY = logErrors.Average();
        return x.Zip(logErrors, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
    }

    private static string Row(double[] logErrors) => string.Join(' ', logErrors.Select(e => $"{Math.Exp(e):E1}"));
}
