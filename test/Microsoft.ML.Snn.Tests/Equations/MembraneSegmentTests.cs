using System;
using System.Linq;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Equations;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Equations;

/// <summary>The closed form of a membrane over any stretch of time against a quadrature, and its crossings against bisection of that.</summary>
[TestClass]
public sealed class MembraneSegmentTests
{
    // Membrane and synapse: ratios with and without a power that needs no exponential, both the same and nearly so.
    private static (double Membrane, double Synapse)[] TimeConstants { get; } =
        [(20, 5), (10, 5), (15, 5), (40, 5), (10, 10), (20, 20 - 1e-4), (5, 12)];

    [TestMethod]
    [DataRow(20.0, 5.0)]
    [DataRow(10.0, 5.0)]
    [DataRow(10.0, 10.0)]
    [DataRow(20.0, 20 - 1e-4)]
    [DataRow(5.0, 12.0)]
    [DataRow(30.0, 0.5)]
    public void Over_AnyLength_IsTheIntegralOfTheCurrent(double membraneTime, double synapseTime)
    {
        var segment = new MembraneSegment(membraneTime, synapseTime);
        foreach (double s in (double[])[0, 1e-9, 1e-4, 0.01, 0.05, 0.07, 0.3, 0.7, 2, 9, 40, 300])
        {
            SegmentDecay decay = segment.Over(s);

            Assert.AreEqual(Math.Exp(-s / membraneTime), decay.Membrane, 1e-14);
            Assert.AreEqual(Math.Exp(-s / synapseTime), decay.Synapse, 1e-14);
            double expected = CurrentIntoMembrane(membraneTime, synapseTime, s);
            Assert.AreEqual(expected, decay.CurrentIntoMembrane, 1e-9 * expected + 1e-18, $"{s} ms");
            Assert.AreEqual(expected * membraneTime / synapseTime, decay.AdjointIntoSynapse, 1e-9 * decay.AdjointIntoSynapse + 1e-18);
        }
    }

    /// <summary>What is left of the membrane says everything: no digit that matters is lost where no exponential is taken.</summary>
    [TestMethod]
    [DynamicData(nameof(TimeConstants))]
    public void Leaving_AnyLength_IsTheIntegralOfTheCurrent(double membraneTime, double synapseTime)
    {
        var segment = new MembraneSegment(membraneTime, synapseTime);
        foreach (double s in (double[])[0, 1e-9, 1e-4, 0.01, 0.3, 2, 9, 40, 100])
        {
            Vector256<double> x = Vector256.Create(Math.Exp(-s / membraneTime));

            SegmentDecays decays = segment.Leaving(x);

            Assert.AreEqual(Math.Exp(-s / synapseTime), decays.Synapse[2], 1e-13);
            Assert.AreEqual(CurrentIntoMembrane(membraneTime, synapseTime, s), decays.CurrentIntoMembrane[2], 2e-10, $"{s} ms");
            Assert.AreEqual(s, segment.TimeLeaving(x)[2], 1e-12 * (1 + s));
        }
    }

    [TestMethod]
    [DynamicData(nameof(TimeConstants))]
    public void PeakReaches_RandomNeurons_LevelsBelowTheMaximumOnly(double membraneTime, double synapseTime)
    {
        var segment = new MembraneSegment(membraneTime, synapseTime);
        var random = new Random(3);
        int reached = 0;
        for (int n = 0; n < 200; n++)
        {
            (double v, double i) = (2 * random.NextDouble() - 1, 0.1 + 8 * random.NextDouble());
            if (v >= i)
            {
                // It falls, and was at its largest before.
                Assert.AreEqual(0u, segment.PeakReaches<AnyPower>(Vector256.Create(v), Vector256.Create(i), Vector256.Create(0.99 * v)).ExtractMostSignificantBits());
                continue;
            }

            // The largest value of V by golden sections: it rises to its peak and falls behind it.
            (double low, double high) = (0, 8 * membraneTime);
            for (int step = 0; step < 120; step++)
            {
                (double left, double right) = (high - 0.618 * (high - low), low + 0.618 * (high - low));
                (low, high) = Potential(left) < Potential(right) ? (left, high) : (low, right);
            }

            double maximum = Potential(0.5 * (low + high));
            if (maximum < 0.01)
            {
                continue;
            }

            foreach ((double level, bool expected) in ((double, bool)[])[(maximum * (1 - 1e-6), true), (maximum * (1 + 1e-6), false), (0, true), (0.5 * maximum, true), (2 * maximum, false)])
            {
                Vector256<double> found = segment.PeakReaches<AnyPower>(Vector256.Create(v), Vector256.Create(i), Vector256.Create(level));
                Assert.AreEqual(expected ? 0xfu : 0, found.ExtractMostSignificantBits(), $"V={v}, I={i}, level {level} of {maximum}");
            }

            reached++;

            double Potential(double s) => v * Math.Exp(-s / membraneTime) + i * Response(membraneTime, synapseTime, s);
        }

        Assert.IsGreaterThan(100, reached);
    }

    [TestMethod]
    [DynamicData(nameof(TimeConstants))]
    public void Crossing_RandomNeurons_IsWhereBisectionFindsIt(double membraneTime, double synapseTime)
    {
        const double Threshold = 1;
        var segment = new MembraneSegment(membraneTime, synapseTime);
        var random = new Random(1);
        int spikes = 0, turned = 0;
        for (int n = 0; n < 700; n++)
        {
            (double v, double i, double length) = (1.5 * random.NextDouble() - 0.6, 12 * random.NextDouble(), 40 * random.NextDouble());
            double high = Math.Min(segment.PeakTime(Vector256.Create(v), Vector256.Create(i))[0], length);
            double miss = Potential(v, i, high) - Threshold;
            if (v >= Threshold || miss < 1e-6)
            {
                continue;
            }

            Vector256<double> rest = Vector256.Create(Math.Exp(-length / membraneTime));
            double found = segment.Crossing(Vector256.Create(v), Vector256.Create(i), Vector256.Create(Threshold), rest, out SegmentDecays decays)[0];

            (double low, double until) = (0, high);
            for (int step = 0; step < 50; step++)
            {
                double middle = 0.5 * (low + until);
                (low, until) = Potential(v, i, middle) < Threshold ? (middle, until) : (low, middle);
            }

            Assert.AreEqual(until, found, 1e-7 * until, $"V={v}, I={i}, {length} ms");
            Assert.AreEqual(Threshold, decays.Step(Vector256.Create(v), Vector256.Create(i)).V[0], 1e-12, $"V={v}, I={i}, {length} ms");
            spikes++;
            turned += Potential(v, i, length) < Threshold ? 1 : 0;
        }

        Assert.IsGreaterThan(100, spikes);
        Assert.IsGreaterThan(5, turned, "Too few fell below their threshold again before the stretch ended.");

        double Potential(double v, double i, double s) =>
            v * Math.Exp(-s / membraneTime) + i * Response(membraneTime, synapseTime, s);
    }

    [TestMethod]
    [DataRow(20.0, 5.0)]
    [DataRow(10.0, 5.0)]
    [DataRow(15.0, 5.0)]
    [DataRow(5.0, 12.0)]
    public void Crossing_FourAtOnce_EachAsIfAlone(double membraneTime, double synapseTime)
    {
        var segment = new MembraneSegment(membraneTime, synapseTime);
        var random = new Random(2);
        double[] v = new double[4], i = new double[4], rest = new double[4];
        for (int n = 0; n < 500; n++)
        {
            for (int lane = 0; lane < 4;)
            {
                (v[lane], i[lane]) = (1.5 * random.NextDouble() - 0.6, 12 * random.NextDouble());
                SegmentDecay toEnd = segment.Over(10 * random.NextDouble());
                rest[lane] = toEnd.Membrane;
                lane += v[lane] < 1 && toEnd.Step(v[lane], i[lane]).V >= 1 ? 1 : 0;
            }

            Vector256<double> together = segment.Crossing(
                Vector256.Create(v), Vector256.Create(i), Vector256.Create(1.0), Vector256.Create(rest), out SegmentDecays decays);

            foreach (int lane in Enumerable.Range(0, 4))
            {
                double alone = segment.Crossing(
                    Vector256.Create(v[lane]), Vector256.Create(i[lane]), Vector256.Create(1.0), Vector256.Create(rest[lane]),
                    out SegmentDecays own)[3];
                Assert.AreEqual(alone, together[lane]);
                Assert.AreEqual(own.Membrane[0], decays.Membrane[lane]);
                Assert.AreEqual(own.CurrentIntoMembrane[0], decays.CurrentIntoMembrane[lane]);
                SegmentDecay over = segment.Over(alone);
                Assert.AreEqual(over.Synapse, decays.Synapse[lane], 1e-12 * over.Synapse);
                Assert.AreEqual(over.CurrentIntoMembrane, decays.CurrentIntoMembrane[lane], 1e-12);
            }
        }
    }

    /// <summary>What a table of stretches holds is what each stretch does, also where none of its digits is lost.</summary>
    [TestMethod]
    [DynamicData(nameof(TimeConstants))]
    public void Between_AnyLength_IsTheIntegralOfTheCurrent(double membraneTime, double synapseTime)
    {
        var segment = new MembraneSegment(membraneTime, synapseTime);
        foreach (double s in (double[])[0, 1e-9, 1e-4, 0.01, 0.3, 2, 9, 40, 300])
        {
            SegmentDecays decays = segment.Between(Vector256.Create(s));

            Assert.AreEqual(Math.Exp(-s / membraneTime), decays.Membrane[1], 1e-14);
            Assert.AreEqual(Math.Exp(-s / synapseTime), decays.Synapse[1], 1e-14);
            Assert.AreEqual(CurrentIntoMembrane(membraneTime, synapseTime, s), decays.CurrentIntoMembrane[1], 2e-10, $"{s} ms");
        }
    }

    /// <summary>Single precision and the table know the crossing so well that one step of the search is left, and the compiler's powers do as any do.</summary>
    [TestMethod]
    [DynamicData(nameof(TimeConstants))]
    public void Guess_RandomNeurons_IsNearTheCrossing(double membraneTime, double synapseTime)
    {
        GuessIsNear<AnyPower>(membraneTime, synapseTime);
        if (membraneTime == 2 * synapseTime)
        {
            GuessIsNear<PowerOfTwo>(membraneTime, synapseTime);
        }

        if (membraneTime == 4 * synapseTime)
        {
            GuessIsNear<PowerOfFour>(membraneTime, synapseTime);
        }
    }

    private static void GuessIsNear<TPower>(double membraneTime, double synapseTime)
        where TPower : struct, IKnownPower
    {
        var segment = new MembraneSegment(membraneTime, synapseTime);
        var random = new Random(5);
        Vector256<double> level = Vector256<double>.One;
        int near = 0, all = 0;
        while (all < 600)
        {
            (double v, double i, double length) = (1.3 * random.NextDouble() - 0.4, 12 * random.NextDouble(), 20 * random.NextDouble());
            double rest = Math.Exp(-length / membraneTime);
            if (v >= 0.99 || v * rest + i * Response(membraneTime, synapseTime, length) < 1.01)
            {
                continue;
            }

            // V rises or has turned: it meets the threshold once before the end.
            (double low, double high) = (0, length);
            for (int step = 0; step < 60; step++)
            {
                double middle = 0.5 * (low + high);
                bool isBefore = v * Math.Exp(-middle / membraneTime) + i * Response(membraneTime, synapseTime, middle) < 1;
                (low, high) = isBefore ? (middle, high) : (low, middle);
            }

            double expected = Math.Exp(-high / membraneTime);
            Vector256<float> guess = segment.Guess<TPower>(
                Vector256.Create((float)v), Vector256.Create((float)i), Vector256<float>.One, Vector256.Create((float)rest));
            near += Math.Abs(guess[5] - expected) < 2e-5 ? 1 : 0;
            all++;

            // The search ends at the same place wherever it begins.
            foreach (double start in (double[])[guess[5], 1, rest, 0.5 * (1 + rest), double.NaN])
            {
                double found = segment.CrossingLeaves<TPower>(
                    Vector256.Create(v), Vector256.Create(i), level, Vector256.Create(rest), Vector256.Create(start))[3];
                Assert.AreEqual(expected, found, 1e-9, $"V={v}, I={i}, {length} ms, from {start}");
            }
        }

        Assert.IsGreaterThan(0.85, near / (double)all, $"{near} of {all} guesses are near.");
    }

    [TestMethod]
    [DataRow(20.0, 5.0)]
    [DataRow(10.0, 5.0)]
    public void KnownPower_AnyNeuron_DoesAsAnyPower(double membraneTime, double synapseTime)
    {
        var segment = new MembraneSegment(membraneTime, synapseTime);
        var random = new Random(6);
        for (int n = 0; n < 200; n++)
        {
            Vector256<double> v = Vector256.Create(2 * random.NextDouble() - 1), i = Vector256.Create(9 * random.NextDouble() - 1);
            Vector256<double> level = Vector256.Create(2 * random.NextDouble()), x = Vector256.Create(random.NextDouble());

            SegmentDecays expected = segment.Leaving(x);
            SegmentDecays found = membraneTime == 4 * synapseTime ? segment.Leaving<PowerOfFour>(x) : segment.Leaving<PowerOfTwo>(x);
            Vector256<double> reaches = membraneTime == 4 * synapseTime
                ? segment.PeakReaches<PowerOfFour>(v, i, level)
                : segment.PeakReaches<PowerOfTwo>(v, i, level);

            Assert.AreEqual(expected, found);
            Assert.AreEqual(segment.PeakReaches<AnyPower>(v, i, level).ExtractMostSignificantBits(), reaches.ExtractMostSignificantBits());
        }
    }

    [TestMethod]
    [DataRow(20.0, 5.0, 0.0)]
    [DataRow(10.0, 5.0, -0.5)]
    [DataRow(15.0, 5.0, 0.4)]
    [DataRow(10.0, 10.0, 0.0)]
    [DataRow(5.0, 12.0, 0.0)]
    [DataRow(30.0, 0.5, -2.0)]
    public void AgainTable_AnyCurrent_IsNearTheNextCrossing(double membraneTime, double synapseTime, double reset)
    {
        const double Threshold = 0.8;
        var segment = new MembraneSegment(membraneTime, synapseTime);
        var table = new AgainTable(segment, reset, Threshold);
        var random = new Random(7);
        int crossed = 0;
        foreach (double i in Enumerable.Range(0, 300).Select(_ => Threshold * Math.Exp(9 * random.NextDouble())).Append(1e6))
        {
            // Upwards in small steps: V rises to its maximum, and the first step that reaches the threshold has the crossing in it.
            double step = 1e-2 * Math.Min(membraneTime, synapseTime), before = 0;
            while (Potential(before + step) < Threshold && Potential(before + step) >= Potential(before) && before < 3 * membraneTime)
            {
                before += step;
            }

            if (Potential(before + step) < Threshold)
            {
                continue;
            }

            (double low, double high) = (before, before + step);
            for (int n = 0; n < 60; n++)
            {
                double middle = 0.5 * (low + high);
                (low, high) = Potential(middle) < Threshold ? (middle, high) : (low, middle);
            }

            Assert.AreEqual(Math.Exp(-high / membraneTime), table.Leaves((float)i), 2e-5, $"I={i}");
            crossed++;

            double Potential(double s) => reset * Math.Exp(-s / membraneTime) + i * Response(membraneTime, synapseTime, s);
        }

        Assert.IsGreaterThan(100, crossed);
    }

    /// <summary>No current leads back from there: the table must be done all the same.</summary>
    [TestMethod]
    [DataRow(20.0, 5.0)]
    [DataRow(5.0, 12.0)]
    public void AgainTable_EndlesslyLowReset_IsMade(double membraneTime, double synapseTime)
    {
        var segment = new MembraneSegment(membraneTime, synapseTime);

        Assert.IsFalse(new AgainTable(segment, double.NegativeInfinity, 1).Leaves(5) > 1);
        Assert.IsFalse(new AgainTable(segment, -1e30, 1).Leaves(5) > 1);
    }

    /// <summary>(e^-a - e^-b)/(b - a) times a, or its limit.</summary>
    private static double Response(double membraneTime, double synapseTime, double s) =>
        Math.Abs(membraneTime - synapseTime) < 1e-2
            ? s / membraneTime * Math.Exp(-0.5 * s * (1 / membraneTime + 1 / synapseTime))
            : synapseTime / (membraneTime - synapseTime) * (Math.Exp(-s / membraneTime) - Math.Exp(-s / synapseTime));

    /// <summary>∫ exp(-(s-u)/τm) exp(-u/τs) du/τm by Simpson's rule.</summary>
    private static double CurrentIntoMembrane(double membraneTime, double synapseTime, double s)
    {
        // Many points within the faster of the two exponentials.
        int intervals = 2 * (300 + (int)(300 * s / Math.Min(membraneTime, synapseTime)));
        double h = s / intervals;
        double sum = 0;
        for (int n = 0; n <= intervals; n++)
        {
            double u = n * h;
            double weight = n == 0 || n == intervals ? 1 : n % 2 == 1 ? 4 : 2;
            sum += weight * Math.Exp(-(s - u) / membraneTime - u / synapseTime);
        }

        return sum * h / (3 * membraneTime);
    }
}
