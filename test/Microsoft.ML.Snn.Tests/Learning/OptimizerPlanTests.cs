using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

[TestClass]
public sealed class OptimizerPlanTests
{
    private static readonly NetworkProgram s_program = NetworkProgram.Build(
        SnnNetwork.Sequential(Layer.Dense(3, recurrent: true), Layer.Output()), 2, 5, 1, 2);

    private static readonly Adam s_adam = new(0.1);
    private static readonly Sgd s_sgd = new(0.2);

    [TestMethod]
    public void AtUpdate_Groups_TheFirstThatNamesAParameterHolds()
    {
        AssertUpdates([], s_adam, s_adam, s_adam);
        AssertUpdates([new OptimizerGroup(s_sgd, "hidden 1 to output")], s_adam, s_adam, s_sgd);
        AssertUpdates([new OptimizerGroup(null, "hidden 1 recurrent"), new OptimizerGroup(s_sgd)], s_sgd, null, s_sgd);
        AssertUpdates([new OptimizerGroup(s_sgd, kind: ParameterKind.Weight)], s_sgd, s_sgd, s_sgd);
    }

    [TestMethod]
    public void AtUpdate_GroupOfAKind_LeavesTheOtherKindsAlone()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(
                Layer.Dense(3, new LeakyIntegrateFire { Learned = LearnedParameters.Bias | LearnedParameters.Threshold }), Layer.Output()),
            2, 5, 1, 2);
        OptimizerPlan plan = new(program, s_adam, [new OptimizerGroup(s_sgd, kind: ParameterKind.Bias), new OptimizerGroup(null, "hidden 1", ParameterKind.Threshold)]);
        ParameterUpdates updates = plan.AtUpdate(7);

        CollectionAssert.AreEqual(
            new[] { ParameterKind.Weight, ParameterKind.Weight, ParameterKind.Bias, ParameterKind.Threshold }, program.Parameters.Select(p => p.Kind).ToArray());
        CollectionAssert.AreEqual(
            new[] { s_adam.AtUpdate(7), s_adam.AtUpdate(7), s_sgd.AtUpdate(7), UpdateEquations.None },
            program.Parameters.Select(p => updates[p.Index]).ToArray());
    }

    [TestMethod]
    public void Scale_OneOptimizerOrAll_HoldsForTheComingUpdate()
    {
        OptimizerPlan plan = Plan(new OptimizerGroup(s_sgd, "hidden 1 to output"));
        plan.Scale(0.5, s_sgd);
        plan.Scale(0.25, null);

        AssertRates(plan, 0.25, 0.25, 0.125);
        Assert.AreEqual(0.1 * 0.25, plan.LearningRate);

        plan.BeginUpdate();
        AssertRates(plan, 1, 1, 1);
        Assert.AreEqual(0.1, plan.LearningRate);
        CollectionAssert.AreEqual(new Optimizer[] { s_adam, s_sgd }, plan.Optimizers.ToArray());

        static void AssertRates(OptimizerPlan plan, params double[] factors)
        {
            ParameterUpdates updates = plan.AtUpdate(7);
            Optimizer[] optimizers = [s_adam, s_adam, s_sgd];
            for (int n = 0; n < factors.Length; n++)
            {
                Assert.AreEqual(optimizers[n].AtUpdate(7, factors[n]), updates[n], $"parameter {n}");
            }
        }
    }

    [TestMethod]
    public void Plan_GroupThatNamesNothing_SaysWhatThereIs()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Plan(new OptimizerGroup(s_sgd, "hidden 2", ParameterKind.Delay)));

        Assert.AreEqual(
            "An optimizer group must name parameters that are learned, but there is no Delay of 'hidden 2'. There are: "
            + "Weight of 'input to hidden 1', Weight of 'hidden 1 recurrent', Weight of 'hidden 1 to output'.",
            error.Message);
    }

    [TestMethod]
    public void Plan_EverythingKept_IsRefused() =>
        Assert.ThrowsExactly<ArgumentException>(() => Plan(new OptimizerGroup(null)));

    private static OptimizerPlan Plan(params OptimizerGroup[] groups) => new(s_program, s_adam, groups);

    private static void AssertUpdates(OptimizerGroup[] groups, params Optimizer?[] expected)
    {
        OptimizerPlan plan = Plan(groups);
        for (int n = 0; n < expected.Length; n++)
        {
            Assert.AreEqual(expected[n]?.AtUpdate(7) ?? UpdateEquations.None, plan.AtUpdate(7)[n], $"parameter {n}");
        }
    }
}
