using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Equations;

/// <summary>The cross-entropy of first spikes with its late term, within a trial and behind its end.</summary>
[TestClass]
public sealed class FirstSpikeEquationsTests
{
    private const int Label = 1;
    private const double Temperature = 2, Strength = 0.003;

    /// <summary>Length of the trial, time constant of the late term, and where its tangent begins.</summary>
    private static readonly (double Duration, double LateTime, double Joint)[] s_trials = [(30, 6, 30), (50, 1, 32)];

    public static IEnumerable<object[]> Times() =>
        from trial in s_trials
        from distance in (double[])[-10, -1e-3, 0, 1e-3, 0.5, 40, 3e4]
        select new object[] { trial.Duration, trial.LateTime, trial.Joint, trial.Joint + distance };

    [TestMethod]
    [DynamicData(nameof(Times))]
    public void Loss_LabelOnBothSidesOfTheJoint_IsItsFormulaAndHasTheDerivativeOfCentralDifferences(
        double duration, double lateTime, double joint, double time)
    {
        // So small that the kink of the second derivative at the joint, H/4 of it, is far below the tolerance.
        double h = 1e-6 * lateTime;
        double[] times = [12, time, 20];
        var derivative = new double[times.Length];
        var equations = new FirstSpikeEquations(Temperature, Strength, lateTime, Delay: 0);

        double loss = equations.Loss(times, Label, duration, derivative);

        double expected = Formula(times, lateTime, joint);
        Assert.AreEqual(expected, loss, 1e-13 * Math.Abs(expected));

        // What a difference of two such numbers can be trusted to.
        double rounding = 1e-15 * (1 + Math.Abs(expected)) / h;
        for (int k = 0; k < times.Length; k++)
        {
            double difference = (Formula(Moved(k, h), lateTime, joint) - Formula(Moved(k, -h), lateTime, joint)) / (2 * h);
            Assert.AreEqual(difference, derivative[k], 2e-6 * Math.Abs(difference) + rounding, $"output {k}");
            difference = (equations.Loss(Moved(k, h), Label, duration, derivative) - equations.Loss(Moved(k, -h), Label, duration, derivative)) / (2 * h);
            equations.Loss(times, Label, duration, derivative);
            Assert.AreEqual(difference, derivative[k], 2e-6 * Math.Abs(difference) + rounding, $"output {k}, differences of the loss itself");
        }

        double[] Moved(int output, double by) => [.. times.Select((t, k) => k == output ? t + by : t)];
    }

    /// <summary>The push towards the threshold is that of a spike at the end of the trial, however late the output would have been.</summary>
    [TestMethod]
    public void Loss_LabelFarBehindTheEnd_IsFiniteAndItsDerivativeIsThatOfTheEnd()
    {
        foreach ((double duration, double lateTime, _) in s_trials)
        {
            var equations = new FirstSpikeEquations(Temperature, Strength, lateTime, Delay: 0);
            double[] far = new double[2], end = new double[2];

            double loss = equations.Loss([1, 1e9], 1, duration, far);
            equations.Loss([-1e9, duration], 1, duration, end);

            Assert.IsLessThan(float.MaxValue, loss);
            Assert.AreEqual(end[1], far[1], 1e-12 * end[1]);
            Assert.IsLessThan(float.MaxValue, far[1] * far[1]);
        }
    }

    /// <summary>The formula of the docs, written out.</summary>
    private static double Formula(double[] times, double lateTime, double joint)
    {
        double late = times[Label] <= joint
            ? Math.Exp(times[Label] / lateTime) - 1
            : Math.Exp(joint / lateTime) * (1 + (times[Label] - joint) / lateTime) - 1;
        double first = times.Min();
        double total = times.Sum(t => Math.Exp((first - t) / Temperature));
        return (times[Label] - first) / Temperature + Math.Log(total) + Strength * late;
    }
}
