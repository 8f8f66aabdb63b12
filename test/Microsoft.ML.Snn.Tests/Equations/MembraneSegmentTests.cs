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

    [TestMethod]
    [DataRow(20.0, 5.0)]
    [DataRow(10.0, 5.0)]
    [DataRow(10.0, 10.0)]
    [DataRow(20.0, 20 - 1e-4)]
    [DataRow(5.0, 12.0)]
    public void Crossing_RandomNeurons_IsWhereBisectionFindsIt(double membraneTime, double synapseTime)
    {
        const double Threshold = 1;
        var segment = new MembraneSegment(membraneTime, synapseTime);
        var random = new Random(1);
        int spikes = 0;
        for (int n = 0; n < 300; n++)
        {
            (double v, double i, double length) = (1.5 * random.NextDouble() - 0.6, 12 * random.NextDouble(), 20 * random.NextDouble());
            double found = segment.Crossing(v, i, Threshold, length);

            double peak = segment.PeakTime(Vector256.Create(v), Vector256.Create(i))[0];
            double high = Math.Min(peak, length);
            double miss = Potential(v, i, high) - Threshold;
            if (Math.Abs(miss) < 1e-6)
            {
                continue;
            }

            if (miss < 0)
            {
                Assert.IsTrue(double.IsPositiveInfinity(found), $"V={v}, I={i}, {length} ms");
                continue;
            }

            double low = 0;
            for (int step = 0; step < 50; step++)
            {
                double middle = 0.5 * (low + high);
                (low, high) = Potential(v, i, middle) < Threshold ? (middle, high) : (low, middle);
            }

            Assert.AreEqual(high, found, 1e-7 * high, $"V={v}, I={i}, {length} ms");
            Assert.AreEqual(Threshold, segment.Over(found).Step(v, i).V, 1e-12, $"V={v}, I={i}, {length} ms");
            spikes++;
        }

        Assert.IsGreaterThan(100, spikes);

        double Potential(double v, double i, double s) =>
            v * Math.Exp(-s / membraneTime) + i * CurrentIntoMembrane(membraneTime, synapseTime, s);
    }

    [TestMethod]
    [DataRow(20.0, 5.0)]
    [DataRow(10.0, 5.0)]
    [DataRow(5.0, 12.0)]
    public void Crossing_FourAtOnce_EachAsIfAlone(double membraneTime, double synapseTime)
    {
        var segment = new MembraneSegment(membraneTime, synapseTime);
        var random = new Random(2);
        double[] v = new double[4], i = new double[4], leaves = new double[4], atHigh = new double[4];
        for (int n = 0; n < 500; n++)
        {
            for (int lane = 0; lane < 4;)
            {
                (v[lane], i[lane]) = (1.5 * random.NextDouble() - 0.6, 12 * random.NextDouble());
                SegmentDecay toHigh = segment.Over(10 * random.NextDouble());
                (leaves[lane], atHigh[lane]) = (toHigh.Membrane, toHigh.Step(v[lane], i[lane]).V);
                lane += v[lane] < 1 && atHigh[lane] >= 1 ? 1 : 0;
            }

            Vector256<double> together = segment.Crossing(
                Vector256.Create(v), Vector256.Create(i), Vector256.Create(1.0), Vector256.Create(leaves), Vector256.Create(atHigh), out SegmentDecays decays);

            foreach (int lane in Enumerable.Range(0, 4))
            {
                double alone = segment.Crossing(
                    Vector256.Create(v[lane]), Vector256.Create(i[lane]), Vector256.Create(1.0), Vector256.Create(leaves[lane]),
                    Vector256.Create(atHigh[lane]), out SegmentDecays own)[3];
                Assert.AreEqual(alone, together[lane]);
                Assert.AreEqual(own.Membrane[0], decays.Membrane[lane]);
                Assert.AreEqual(own.CurrentIntoMembrane[0], decays.CurrentIntoMembrane[lane]);
                SegmentDecay over = segment.Over(alone);
                Assert.AreEqual(over.Synapse, decays.Synapse[lane], 1e-12 * over.Synapse);
                Assert.AreEqual(over.CurrentIntoMembrane, decays.CurrentIntoMembrane[lane], 1e-12);
            }
        }
    }

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
