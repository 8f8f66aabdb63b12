using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Tests.Gradients;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

[TestClass]
public sealed class GradientCheckTests
{
    private const double Tolerance = 1e-6;

    private static readonly string[] s_kinds = ["weight", "time", "initial state"];

    /// <summary>The rows of the table that these tests measure.</summary>
    public static IEnumerable<string> Rows() =>
    [
        nameof(QuadraticNeuron), nameof(IzhikevichNeuron), nameof(TwoCompartmentNeuron), nameof(ConductanceNeuron), "LeakyNeuron, reset -0.5",
        "LeakyNeuron, refractory period 3 ms", "TwoCompartmentNeuron, refractory period 2 ms",
        "TwoCompartmentNeuron, RiseAndDecaySynapse", "ConductanceNeuron, RiseAndDecaySynapse", "TunableNeuron, learned numbers",
    ];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Run_QuadraticNeuron_Agrees() => AssertAgrees(nameof(QuadraticNeuron), GradientCheck.Run(new QuadraticNeuron()));

    [TestMethod]
    public void Run_IzhikevichNeuron_Agrees() =>
        AssertAgrees(nameof(IzhikevichNeuron), GradientCheck.Run(new IzhikevichNeuron(), new ExponentialSynapse(3), timeStep: 0.005));

    [TestMethod]
    public void Run_TwoCompartmentNeuron_Agrees() => AssertAgrees(nameof(TwoCompartmentNeuron), GradientCheck.Run(new TwoCompartmentNeuron()));

    [TestMethod]
    public void Run_ConductanceNeuron_Agrees() => AssertAgrees(nameof(ConductanceNeuron), GradientCheck.Run(new ConductanceNeuron()));

    [TestMethod]
    public void Run_LeakyNeuronWithReset_Agrees() =>
        AssertAgrees("LeakyNeuron, reset -0.5", GradientCheck.Run(new LeakyNeuron { ResetPotential = -0.5f }, new ExponentialSynapse(20)));

    [TestMethod]
    public void Run_RefractoryPeriod_Agrees()
    {
        AssertAgrees("LeakyNeuron, refractory period 3 ms", GradientCheck.Run(new LeakyNeuron { ResetPotential = 0.2f }, refractoryPeriod: 3));
        AssertAgrees("TwoCompartmentNeuron, refractory period 2 ms", GradientCheck.Run(new TwoCompartmentNeuron(), refractoryPeriod: 2));
    }

    /// <summary>Numbers that are learned are a part of the initial state.</summary>
    [TestMethod]
    public void Run_LearnedNumbers_Agrees() => AssertAgrees("TunableNeuron, learned numbers", GradientCheck.Run(new TunableNeuron()));

    [TestMethod]
    public void Run_OwnSynapse_Agrees()
    {
        AssertAgrees("TwoCompartmentNeuron, RiseAndDecaySynapse", GradientCheck.Run(new TwoCompartmentNeuron(), new RiseAndDecaySynapse()));
        AssertAgrees("ConductanceNeuron, RiseAndDecaySynapse", GradientCheck.Run(new ConductanceNeuron(), new RiseAndDecaySynapse(), seed: 1));
    }

    [TestMethod]
    [DataRow(nameof(Fault.StateCount), "BrokenNeuron.StateCount must be 1 to 4, but is 5.")]
    [DataRow(nameof(Fault.HiddenVariable), "State variable 2 must stay 0 because StateCount leaves it out, but it moves. Correct StateCount.")]
    [DataRow(nameof(Fault.StartsAboveThreshold), "BrokenNeuron.Initial must lie below the threshold, but Threshold is 1 there.")]
    [DataRow(nameof(Fault.NotANumber), "State and Threshold must be finite numbers, but became infinite or not a number")]
    [DataRow(nameof(Fault.IgnoresCurrent), "BrokenNeuron must spike three times when strong input arrives, but does not")]
    [DataRow(nameof(Fault.FlatThreshold), "Threshold must rise through 0 at a spike, but its derivative along the movement of the state is 0 at ")]
    [DataRow(nameof(Fault.NoReset), "Reset must take the neuron below its threshold, but Threshold is ")]
    public void Run_InconsistentNeuron_SaysWhatIsWrong(string fault, string message)
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => GradientCheck.Run(new BrokenNeuron(Enum.Parse<Fault>(fault))));

        StringAssert.StartsWith(error.Message, message, StringComparison.Ordinal);
    }

    /// <summary>A leap of dx/dt where a state passes a value moves no spike by a leap, but its moment has a derivative that the adjoint cannot see.</summary>
    [TestMethod]
    public void Run_DerivativesThatLeap_ShowsALargeError() =>
        Assert.IsGreaterThan(1e-2, GradientCheck.Run(new BrokenNeuron(Fault.Leap)).WorstRelativeError);

    [TestMethod]
    public void Run_SynapseThatSaturates_IsRefused()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => GradientCheck.Run(new LeakyNeuron(), new SaturatingSynapse()));

        Assert.AreEqual(
            "SaturatingSynapse.Arrive must add the weight times a constant, but 0.7 and then 0.6 is another state than 1.3 at once.",
            error.Message);
    }

    [TestMethod]
    public void Run_NumberOutOfRange_IsRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => GradientCheck.Run(new LeakyNeuron(), duration: -1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => GradientCheck.Run(new LeakyNeuron(), timeStep: double.NaN));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => GradientCheck.Run(new LeakyNeuron(), trials: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => GradientCheck.Run(new LeakyNeuron(), new ExponentialSynapse(0)));
    }

    private void AssertAgrees(string name, GradientCheckReport report)
    {
        TestContext.WriteLine(report.ToString());
        Assert.AreEqual(3, report.Trials);
        Assert.IsGreaterThanOrEqualTo(9, report.Spikes);
        Assert.IsTrue(report.Entries.All(entry => double.IsFinite(entry.Automatic)));
        Assert.IsGreaterThan(0.5, report.Entries.Count(entry => Math.Abs(entry.Numerical) > 1e-9) / (double)report.Entries.Count);
        Assert.IsLessThan(Tolerance, report.WorstRelativeError, report.ToString());
        GradientTable.Check(GradientTable.OwnCheck, name, s_kinds.Select(kind => report.Entries
            .Where(entry => entry.Name.StartsWith(kind, StringComparison.Ordinal)).Max(entry => entry.RelativeError)));
    }
}
