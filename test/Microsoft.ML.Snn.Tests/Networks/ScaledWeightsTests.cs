using System;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Networks;

[TestClass]
public sealed class ScaledWeightsTests
{
    private static readonly InitialContext s_context = new(
        FanIn: 72, FanOut: 128, MatrixColumns: 0, new MembraneEquations(1, 20, 5), Threshold: 1, SpikesPerMillisecond: 0.01);

    [TestMethod]
    [DataRow(true, true, 1.0, 2.0 / 200)]
    [DataRow(true, false, 1.0, 2.0 / 200)]
    [DataRow(false, true, 1.0, 2.0 / 72)]
    [DataRow(false, false, 3.0, 9 * 2.0 / 72)]
    public void FanWeights_ManyDraws_HaveTheVarianceOfThePaper(bool glorot, bool uniform, double gain, double variance)
    {
        Weights weights = glorot ? Weights.Glorot(uniform, gain) : Weights.He(uniform, gain);
        float[] drawn = new float[100_000];
        ((ScaledWeights)weights).For(s_context).Fill(drawn, new RandomStream(7, 0));
        double mean = drawn.Average();
        double found = drawn.Average(w => (w - mean) * (w - mean));
        double kurtosis = drawn.Average(w => Math.Pow(w - mean, 4)) / (found * found);

        Assert.AreEqual(0, mean, 5 * Math.Sqrt(variance / drawn.Length));
        Assert.AreEqual(variance, found, 5 * variance * Math.Sqrt(2.0 / drawn.Length));
        Assert.AreEqual(uniform ? 1.8 : 3, kurtosis, 0.08);
    }

    [TestMethod]
    [DataRow(40, 40)]
    [DataRow(70, 30)]
    [DataRow(9, 64)]
    [DataRow(1, 5)]
    [DataRow(5, 1)]
    public void Orthogonal_AnyShape_HasOrthonormalRowsOrColumns(int rows, int columns)
    {
        float[] w = new float[rows * columns];
        ((ScaledWeights)Weights.Orthogonal(gain: 2)).For(s_context with { MatrixColumns = columns }).Fill(w, new RandomStream(1, 0));

        bool isTall = rows >= columns;
        for (int a = 0; a < Math.Min(rows, columns); a++)
        {
            for (int b = 0; b <= a; b++)
            {
                double product = isTall
                    ? Enumerable.Range(0, rows).Sum(r => (double)w[r * columns + a] * w[r * columns + b])
                    : Enumerable.Range(0, columns).Sum(c => (double)w[a * columns + c] * w[b * columns + c]);
                Assert.AreEqual(a == b ? 4 : 0, product, 1e-6);
            }
        }
    }

    /// <summary>Of equally likely rotations and reflections every element has mean 0 and variance 1/n, on the diagonal too.</summary>
    [TestMethod]
    public void Orthogonal_ManyDraws_PreferNoDirection()
    {
        const int Draws = 4000, Side = 4;
        DrawnWeights draw = ((ScaledWeights)Weights.Orthogonal()).For(s_context with { MatrixColumns = Side });
        double[] sum = new double[Side * Side], square = new double[Side * Side];
        float[] w = new float[Side * Side];
        for (int n = 0; n < Draws; n++)
        {
            draw.Fill(w, new RandomStream(n, 0));
            for (int k = 0; k < w.Length; k++)
            {
                sum[k] += w[k];
                square[k] += w[k] * w[k];
            }
        }

        for (int k = 0; k < w.Length; k++)
        {
            Assert.AreEqual(0, sum[k] / Draws, 5 * Math.Sqrt(1.0 / Side / Draws));
            Assert.AreEqual(1.0 / Side, square[k] / Draws, 5 * 0.25 / Math.Sqrt(Draws));
        }
    }

    [TestMethod]
    public void Orthogonal_NoMatrix_SaysSo() => StringAssert.StartsWith(
        Assert.ThrowsExactly<InvalidOperationException>(() => ((ScaledWeights)Weights.Orthogonal()).For(s_context)).Message,
        "Weights.Orthogonal needs weights that are a matrix, but those of this connection are not.", StringComparison.Ordinal);

    /// <summary>Many free membranes under Poisson spikes, integrated by small Euler steps that share no code with the library.</summary>
    [TestMethod]
    [DataRow(20.0, 5.0, 20.0, 0.5, 1.0)]
    [DataRow(10.0, 10.0, 50.0, 1.0, 0.4)]
    [DataRow(20.0, 0.0, 20.0, 0.5, 1.0)]
    public void FluctuationDriven_PoissonInput_FluctuatesAsAsked(
        double membraneTime, double synapseTime, double rate, double fluctuation, double share)
    {
        const int Inputs = 200, Neurons = 400;
        const double Threshold = 1.5, Dt = 0.05, Trial = 150;
        MembraneEquations membrane = synapseTime == 0
            ? MembraneEquations.WithoutCurrent(1, membraneTime) : new MembraneEquations(1, membraneTime, synapseTime);
        var context = new InitialContext(Inputs, Neurons, Neurons, membrane, Threshold, 0);
        float[] weights = new float[Inputs * Neurons];
        ((ScaledWeights)Weights.FluctuationDriven(rate, fluctuation, share)).For(context).Fill(weights, new RandomStream(3, 0));

        var random = new Random(11);
        double[] v = new double[Neurons], i = new double[Neurons];
        double squares = 0;
        int samples = 0;

        // The mean of a neuron over time is that of its own weights; the fluctuation is around it.
        double area = synapseTime == 0 ? membraneTime : synapseTime;
        double[] mean = [.. Enumerable.Range(0, Neurons).Select(
            j => Enumerable.Range(0, Inputs).Sum(input => weights[input * Neurons + j] * rate / 1000 * area))];
        for (double t = 0; t < Trial; t += Dt)
        {
            // Whether any input spikes in this step, and which.
            for (double gap = random.NextDouble(); gap < Inputs * rate * Dt / 1000; gap += 1)
            {
                int input = random.Next(Inputs);
                for (int j = 0; j < Neurons; j++)
                {
                    (synapseTime == 0 ? v : i)[j] += weights[input * Neurons + j];
                }
            }

            for (int j = 0; j < Neurons; j++)
            {
                v[j] += Dt * (i[j] - v[j]) / membraneTime;
                i[j] -= synapseTime == 0 ? 0 : Dt * i[j] / synapseTime;
                if (t > 4 * membraneTime)
                {
                    (squares, samples) = (squares + (v[j] - mean[j]) * (v[j] - mean[j]), samples + 1);
                }
            }
        }

        double expected = fluctuation * Threshold * Math.Sqrt(share);
        Assert.AreEqual(expected, Math.Sqrt(squares / samples), 0.1 * expected);
        Assert.AreEqual(0, mean.Average(), 5 * expected / Math.Sqrt(Neurons));
    }

    [TestMethod]
    public void FluctuationDriven_NoRate_TakesTheMeasuredOne()
    {
        DrawnWeights measured = ((ScaledWeights)Weights.FluctuationDriven()).For(s_context);
        DrawnWeights stated = ((ScaledWeights)Weights.FluctuationDriven(10)).For(s_context);

        Assert.AreEqual(stated, measured);
        Assert.AreEqual(0.5 / Math.Sqrt(72 * 0.01 * 25 / 50), measured.StandardDeviation, 1e-6);
    }

    /// <summary>Each connection of a network has its own fans, and its rate is that of the data or one spike per trial.</summary>
    [TestMethod]
    public void Draw_Network_UsesTheFansAndRatesOfEachConnection()
    {
        Weights fan = Weights.Glorot(uniform: false), driven = Weights.FluctuationDriven();
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(
                Layer.Dense(150, recurrent: true, weights: driven, recurrentWeights: Weights.Orthogonal()), Layer.Output(weights: fan)),
            channels: 100, steps: 40, timeStep: 0.5, 50);
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(60, 60, IsConstantCurrent: false), seed: 1);

        // 60 spikes of 100 channels in 20 ms.
        Assert.AreEqual(0.5 / Math.Sqrt(100 * (60.0 / 100 / 20) * 25 / 50), Deviation(weights[0]), 0.05);
        Assert.AreEqual(1 / Math.Sqrt(150), Deviation(weights[1]), 1e-3);
        Assert.AreEqual(Math.Sqrt(2.0 / 200), Deviation(weights[2]), 0.005);

        static double Deviation(float[] values) => Math.Sqrt(values.Average(w => (double)w * w));
    }

    [TestMethod]
    public void Factories_NumbersOutOfRange_SaySo()
    {
        (Action Act, string Message)[] cases =
        [
            (() => Weights.Glorot(gain: 0), "gain must be a finite number above 0, but was 0. The usual gain is 1."),
            (() => Weights.He(gain: double.NaN), "gain must be a finite number above 0, but was NaN. The usual gain is 1."),
            (() => Weights.Orthogonal(-1), "gain must be a finite number above 0, but was -1. The usual gain is 1."),
            (() => Weights.FluctuationDriven(0), "inputRate must be a finite number above 0, but was 0. Typical rates are 5 to 100 spikes per second."),
            (() => Weights.FluctuationDriven(10, 0), "fluctuation must be a finite number above 0, but was 0. Typical values are 0.33 to 1."),
            (() => Weights.FluctuationDriven(10, 1, 1.5), "share must be"),
        ];
        foreach ((Action act, string message) in cases)
        {
            StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentOutOfRangeException>(act).Message, message, StringComparison.Ordinal);
        }
    }
}
