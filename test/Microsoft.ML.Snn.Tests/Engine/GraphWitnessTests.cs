using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Tests.Gradients;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The graph engine's gradient against central differences of the network without a time step.</summary>
[TestClass]
public sealed class GraphWitnessTests
{
    private const int Draws = 8;
    private const int Directions = 4;
    private const double Distance = 1e-6;

    private static readonly ExactPopulation s_leaky = new() { Units = 1 };

    private static readonly Dictionary<string, GraphScenario> s_scenarios = new()
    {
        ["leaky"] = new(s_leaky),
        ["refractory"] = new(s_leaky with { RefractoryPeriod = 2, Reset = -0.3 }),
        ["adaptive"] = new(s_leaky with { AdaptationStrength = 0.3 }),
        ["adaptive, subtraction"] = new(s_leaky with { AdaptationStrength = 0.3, AdaptationTime = 15, BySubtraction = true }),
        ["adaptive, subtraction, refractory"] =
            new(s_leaky with { AdaptationStrength = 0.3, AdaptationTime = 15, BySubtraction = true, RefractoryPeriod = 1 }),
        ["no leak"] = new(s_leaky with { IsLeaky = false, MembraneTime = 10 }),
        ["bias"] = new(s_leaky with { Bias = 0.7 }),
        ["alpha"] = new(s_leaky) { Kind = ExactSynapseKind.Alpha },
        ["two time constants"] = new(s_leaky) { HasTwoTimes = true },
        ["delta"] = new(s_leaky) { HasDelta = true },
        ["delta, subtraction"] = new(s_leaky with { BySubtraction = true }) { HasDelta = true },
        ["delta, subtraction, refractory"] = new(s_leaky with { BySubtraction = true, RefractoryPeriod = 1 }) { HasDelta = true },
        ["delta, no leak"] = new(s_leaky with { IsLeaky = false }) { HasDelta = true },
        ["delay per connection"] = new(s_leaky) { Delays = DelayScenario.PerConnection },
        ["delay per neuron"] = new(s_leaky) { Delays = DelayScenario.PerNeuron },
        ["delay per synapse"] = new(s_leaky) { Delays = DelayScenario.PerSynapse },
    };

    private static readonly double[] s_timeSteps = [.. Enumerable.Range(3, 4).Select(k => 0.25 / (1 << k))];

    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> Scenarios() => s_scenarios.Keys.Select(name => new object[] { name });

    /// <summary>Everything that can be learned, on neurons of every kind. Names as in the scenarios.</summary>
    public static IEnumerable<object[]> LearnedScenarios() =>
        from scenario in new[] { "leaky", "refractory", "adaptive, subtraction", "no leak", "alpha", "two time constants" }
        from kind in new[] { ParameterKind.Bias, ParameterKind.MembraneTime, ParameterKind.SynapseTime, ParameterKind.Threshold }
        select new object[] { scenario, kind };

    /// <summary>The rows of the table that these tests measure.</summary>
    public static IEnumerable<string> Rows() =>
    [
        .. s_scenarios.Keys.Select(scenario => RowName(scenario, ParameterKind.Weight)),
        .. LearnedScenarios().Select(row => RowName((string)row[0], (ParameterKind)row[1])),
        .. s_scenarios.Where(pair => pair.Value.Delays != DelayScenario.None).Select(pair => RowName(pair.Key, ParameterKind.Delay)),
    ];

    private static string RowName(string scenario, ParameterKind kind) => $"{scenario}: {kind}";

    [TestMethod]
    [DynamicData(nameof(Scenarios))]
    public void WeightGradient_HalvedTimeSteps_ApproachesTheExactOneInFirstOrder(string scenario) =>
        AssertFirstOrder(scenario, s_scenarios[scenario], ParameterKind.Weight);

    [TestMethod]
    [DynamicData(nameof(LearnedScenarios))]
    public void LearnedGradient_HalvedTimeSteps_ApproachesTheExactOneInFirstOrder(string scenario, ParameterKind kind) => AssertFirstOrder(
        scenario,
        s_scenarios[scenario] with
        {
            Learned = LearnedParameters.Bias | LearnedParameters.MembraneTime | LearnedParameters.SynapseTime | LearnedParameters.Threshold,
        },
        kind);

    [TestMethod]
    [DataRow("delay per connection")]
    [DataRow("delay per neuron")]
    [DataRow("delay per synapse")]
    public void DelayGradient_HalvedTimeSteps_ApproachesTheExactOneInFirstOrder(string scenario) =>
        AssertFirstOrder(scenario, s_scenarios[scenario] with { LearnsDelays = true }, ParameterKind.Delay);

    private static bool SameSpikes(ExactGraphTrace a, ExactGraphTrace b) =>
        a.Spikes.Zip(b.Spikes, (x, y) => x.Select(s => s.Neuron).SequenceEqual(y.Select(s => s.Neuron))).All(same => same);

    /// <summary>Relative errors of the derivative along some directions at each time step, or null where the draw is no good.</summary>
    private static double[]? Errors(GraphWitness draw, ParameterKind kind)
    {
        ExactGraphTrace exact = draw.Run(draw.Populations, draw.Connections);
        if (exact.Spikes[0].Count < 4 || exact.Spikes[1].Count < 3)
        {
            return null;
        }

        GraphDirection[] directions = [.. draw.Directions(kind, Directions)];
        double[] expected = new double[directions.Length];
        for (int d = 0; d < directions.Length; d++)
        {
            (ExactPopulation[] p, ExactConnection[] c) = directions[d].Move(Distance);
            ExactGraphTrace up = draw.Run(p, c);
            (p, c) = directions[d].Move(-Distance);
            ExactGraphTrace down = draw.Run(p, c);
            if (!SameSpikes(up, exact) || !SameSpikes(down, exact))
            {
                return null;
            }

            expected[d] = (draw.Loss(up) - draw.Loss(down)) / (2 * Distance);
        }

        double[] errors = new double[s_timeSteps.Length];
        for (int n = 0; n < errors.Length; n++)
        {
            if (draw.EngineGradient(s_timeSteps[n], exact) is not { } engine)
            {
                return null;
            }

            double[] actual = [.. directions.Select(direction => direction.Project(engine.Program, engine.Gradient))];
            errors[n] = Math.Sqrt(actual.Zip(expected, (a, e) => (a - e) * (a - e)).Sum() / expected.Sum(e => e * e));
        }

        return errors;
    }

    private void AssertFirstOrder(string name, GraphScenario scenario, ParameterKind kind)
    {
        double[] logErrors = new double[s_timeSteps.Length];
        int used = 0;
        for (int seed = 1; seed <= 400 && used < Draws; seed++)
        {
            double[]? errors = Errors(new GraphWitness(scenario, seed), kind);
            if (errors != null)
            {
                used++;
                for (int n = 0; n < errors.Length; n++)
                {
                    logErrors[n] += Math.Log(errors[n]) / Draws;
                }
            }
        }

        Assert.AreEqual(Draws, used, "Too few draws whose spikes are the exact ones.");
        double order = (logErrors[0] - logErrors[^1]) / Math.Log(s_timeSteps[0] / s_timeSteps[^1]);
        TestContext.WriteLine($"order {order:F2}: {string.Join(' ', logErrors.Select(e => $"{Math.Exp(e):E1}"))}");
        Assert.IsInRange(0.7, 1.5, order);
        GradientTable.Check(GradientTable.GraphSteps, RowName(name, kind), logErrors.Select(Math.Exp), order);
    }
}
