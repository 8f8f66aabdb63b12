using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Tests.Gradients;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Reference;

[TestClass]
public sealed class ReferenceGradientTests
{
    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> Cases =>
        from kind in Enum.GetValues<NetworkKind>()
        from readout in Enum.GetValues<ReferenceReadout>()
        select new object[] { kind, readout };

    /// <summary>The rows of the table that these tests measure.</summary>
    public static IEnumerable<string> Rows() => Cases.Select(row => $"{row[0]}, {row[1]}");

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Gradient_RandomNetwork_MatchesCentralDifference(NetworkKind kind, ReferenceReadout readout)
    {
        const int Draws = 4;
        var worst = (Norm: 0.0, Entry: 0.0);
        int rejected = 0, compared = 0;
        foreach (NetworkDraw draw in NetworkDraw.Spiking(kind, readout))
        {
            // A saturated softmax has no gradient to compare.
            // A time of tens of milliseconds is rounded more coarsely than a potential of about 1.
            double h = readout == ReferenceReadout.FirstSpikeTime ? 4e-4 : 1e-4;
            if (Differences(draw, h) is not { } expected || Norm(expected) < 1e-2)
            {
                rejected++;
                continue;
            }

            double[] actual = Flat(draw.Network.Gradient(draw.Network.Forward(draw.Inputs), draw.Label));
            double norm = Norm(expected);
            worst.Norm = Math.Max(worst.Norm, Norm([.. expected.Zip(actual, (e, a) => e - a)]) / norm);
            worst.Entry = Math.Max(worst.Entry, expected.Zip(actual)
                .Where(p => Math.Abs(p.First) > 1e-3 * norm)
                .Max(p => Math.Abs(p.First - p.Second) / Math.Abs(p.First)));
            if (++compared == Draws)
            {
                break;
            }
        }

        Assert.AreEqual(Draws, compared, "Too few draws without a leap.");
        TestContext.WriteLine($"norm {worst.Norm:E1}, entry {worst.Entry:E1}, draws {compared}, rejected {rejected}");
        Assert.IsLessThan(1e-7, worst.Norm);
        Assert.IsLessThan(1e-6, worst.Entry);
        GradientTable.Check(GradientTable.EventOracle, $"{kind}, {readout}", [worst.Norm]);
    }

    /// <summary>Gives the derivative by every parameter, or null where a step changes the order of events.</summary>
    private static double[]? Differences(NetworkDraw draw, double h)
    {
        ReferenceTrace unmoved = draw.Network.Forward(draw.Inputs);
        bool smooth = true;
        var result = new List<double>();
        foreach (Action<double> move in Parameters(draw))
        {
            // Fourth order: the third derivative of a spike time is large enough to be seen at second order.
            double[] losses = [.. new double[] { -2 * h, -h, h, 2 * h }.Select(Loss)];
            result.Add((losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * h));

            double Loss(double step)
            {
                move(step);
                ReferenceTrace trace = draw.Network.Forward(draw.Inputs);
                move(-step);
                smooth &= SameEvents(trace, unmoved);
                return trace.Loss(draw.Label);
            }
        }

        return smooth ? [.. result] : null;
    }

    private static bool SameEvents(ReferenceTrace a, ReferenceTrace b) =>
        a.Events.Select(e => (e.Kind, e.Layer, e.Index)).SequenceEqual(b.Events.Select(e => (e.Kind, e.Layer, e.Index)))
        && a.Maxima.Select(m => m.Event).SequenceEqual(b.Maxima.Select(m => m.Event));

    private static IEnumerable<Action<double>> Parameters(NetworkDraw draw)
    {
        foreach (double[,] weights in draw.Layers.SelectMany(layer => new[] { layer.Weights, layer.RecurrentWeights! }))
        {
            for (int k = 0; weights is not null && k < weights.Length; k++)
            {
                (int i, int j) = Math.DivRem(k, weights.GetLength(1));
                yield return step => weights[i, j] += step;
            }
        }

        for (int k = 0; k < draw.Inputs.Length; k++)
        {
            int spike = k;
            yield return step =>
                draw.Inputs[spike] = draw.Inputs[spike] with { Time = draw.Inputs[spike].Time + step };
        }
    }

    private static double[] Flat(ReferenceGradient gradient) =>
    [
        .. gradient.Weights.Zip(gradient.RecurrentWeights)
            .SelectMany(pair => new[] { pair.First, pair.Second })
            .SelectMany(weights => weights?.Cast<double>() ?? []),
        .. gradient.InputTimes,
    ];

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(v => v * v));
}
