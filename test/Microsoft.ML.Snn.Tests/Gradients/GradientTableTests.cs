using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Tests.Engine;
using Microsoft.ML.Snn.Tests.OwnNeurons;
using Microsoft.ML.Snn.Tests.Reference;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Gradients;

/// <summary>Measures the rows of docs/gradients.md that no other test measures, and that there are no others.</summary>
[TestClass]
public sealed class GradientTableTests
{
    // The numbers of users' neurons are in the tables of those.
    private static readonly string[] s_learned = [.. Enum.GetValues<ParameterKind>().Where(kind => kind != ParameterKind.Number).Select(kind => $"{kind}")];

    // As the connectivities call themselves; the first that fits counts.
    private static readonly string[] s_connectivities =
        ["pool", "transposed convolution", "convolution", "sparse", "pairs", "one to one", "dense"];

    private static readonly string[] s_features =
    [
        "LIF", "adaptive LIF", "IF", "leaky integrator", "reset by subtraction", "refractory period", "adaptive, subtraction, refractory",
        .. Enum.GetValues<SynapseKind>().Select(kind => $"{kind} synapse"), "constant current",
        .. s_connectivities,
        "no delay", "one delay", "delay per neuron", "delay per synapse",
        .. Enum.GetValues<LossKind>().SelectMany(kind => new[] { $"{kind}", $"{kind} at every step" }),
        .. Enum.GetValues<Readout>().Where(readout => readout != Readout.FirstSpikeTime).Select(readout => $"{readout}"),
        "spike-count regularisation",
    ];

    [TestMethod]
    public void Table_Rows_AreThoseThatTestsMeasure()
    {
        AssertRows(GradientTable.EventOracle, ReferenceGradientTests.Rows());
        AssertRows(GradientTable.EventEngine, EventRows());
        AssertRows(GradientTable.EventSteps, ExactRecurrentTests.Rows());
        AssertRows(GradientTable.GraphSteps, GraphWitnessTests.Rows());
        AssertRows(GradientTable.LayerSteps, EngineConvergenceTests.Rows());
        AssertRows(GradientTable.OwnSteps, CustomNeuronConvergenceTests.Rows());
        AssertRows(GradientTable.OwnCheck, GradientCheckTests.Rows());
        AssertRows(GradientTable.GraphRounding, [.. s_learned, .. s_features]);
    }

    [TestMethod]
    public void EventEngine_EveryReadout_HasTheErrorsOfTheTable()
    {
        var errors = EventRows().ToDictionary(row => row, _ => new List<double>());
        for (int draw = 0; draw < 240; draw++)
        {
            bool recurrent = draw % 2 == 1;
            var drawn = new ExactCase(draw / 2, recurrent);
            if (drawn.IsOnAKnifeEdge())
            {
                continue;
            }

            (double[] expected, _) = ExactEngineTests.OracleGradient(drawn);
            (float[] found, _) = ExactEngineTests.Gradient<Vector256Lane>(drawn, threads: 1);
            double norm = Math.Sqrt(expected.Sum(e => e * e));

            // A saturated softmax has no gradient to compare.
            if (norm > 1e-3)
            {
                errors[EventRow(drawn.Readout, drawn.Loss.Delay > 0, recurrent)].Add(
                    Math.Sqrt(expected.Zip(found, (e, f) => (e - f) * (e - f)).Sum()) / norm);
            }
        }

        foreach ((string row, List<double> found) in errors)
        {
            Check(GradientTable.EventEngine, row, found);
        }
    }

    /// <summary>Random graphs; every weight, delay, bias, time constant and threshold counts for all that its gradient passes through.</summary>
    [TestMethod]
    public void GraphEngine_EveryFeature_HasTheErrorsOfTheTable()
    {
        var errors = s_learned.Concat(s_features).ToDictionary(row => row, _ => new List<double>());
        for (int seed = 0; seed < 200; seed++)
        {
            var drawn = new GraphCase(new GraphSize(seed % 4, seed % 5, 12, 25 + seed % 10, 2, seed));
            var comparison = new GraphComparison(drawn);
            if (comparison.IsOnAKnifeEdge)
            {
                continue;
            }

            using var engine = new GraphEngine<Vector256Lane>(drawn.Program, drawn.Count, threads: 1);
            comparison.Train(engine);
            foreach (ParameterProgram parameter in drawn.Program.Parameters)
            {
                if (comparison.RelativeError(parameter) is { } error)
                {
                    foreach (string row in Rows(drawn, parameter))
                    {
                        errors[row].Add(error);
                    }
                }
            }
        }

        foreach ((string row, List<double> found) in errors)
        {
            Check(GradientTable.GraphRounding, row, found);
        }
    }

    private static void Check(string section, string row, List<double> errors)
    {
        Assert.IsGreaterThanOrEqualTo(2, errors.Count, $"Too few gradients of {row} to say anything.");
        errors.Sort();
        GradientTable.Check(section, row, [errors[errors.Count / 2], errors[^1]], errors.Count);
    }

    private static void AssertRows(string section, IEnumerable<string> expected) => CollectionAssert.AreEquivalent(
        expected.ToArray(), GradientTable.Rows(section).Select(cells => cells[0]).ToArray(), section);

    private static IEnumerable<string> EventRows() => new[] { false, true }.SelectMany(recurrent =>
        Enum.GetValues<Readout>().Where(IsRunEventDriven).Select(readout => EventRow(readout, false, recurrent))
            .Append(EventRow(Readout.FirstSpikeTime, true, recurrent)));

    private static bool IsRunEventDriven(Readout readout) => readout is not (Readout.FinalMembrane or Readout.MembraneAtEveryStep);

    private static string EventRow(Readout readout, bool hasDelay, bool recurrent) =>
        (recurrent ? "recurrent, " : "") + $"{readout}, " + (hasDelay && readout == Readout.FirstSpikeTime ? "relative mean square error" : "softmax cross-entropy");

    /// <summary>The rows that a gradient counts for.</summary>
    private static IEnumerable<string> Rows(GraphCase drawn, ParameterProgram parameter)
    {
        bool isOfConnection = parameter.Kind is ParameterKind.Weight or ParameterKind.Delay;
        ConnectionProgram? connection = isOfConnection ? drawn.Program.Connections[parameter.Owner] : null;
        PopulationProgram population = drawn.Program.Populations[connection?.Target ?? parameter.Owner];
        NeuronProgram neuron = population.Neuron;
        yield return $"{parameter.Kind}";
        yield return !neuron.IsSpiking ? "leaky integrator" : neuron.IsAdaptive ? "adaptive LIF" : neuron.IsLeaky ? "LIF" : "IF";
        yield return $"{drawn.Program.Populations.First(p => p.Readout != null).Loss.Kind}" + (drawn.Loss.EveryStep || drawn.Readout == Readout.MembraneAtEveryStep ? " at every step" : "");
        yield return $"{drawn.Readout}";
        if (neuron.IsSpiking && neuron.ResetBySubtraction)
        {
            yield return "reset by subtraction";
        }

        if (neuron.RefractorySteps > 0)
        {
            yield return "refractory period";
        }

        if (neuron.RefractorySteps > 0 && neuron.IsSpiking && neuron.ResetBySubtraction && neuron.IsAdaptive)
        {
            yield return "adaptive, subtraction, refractory";
        }

        if (drawn.SpikeCount.IsActive)
        {
            yield return "spike-count regularisation";
        }

        if (connection is null)
        {
            yield break;
        }

        yield return $"{population.Groups[connection.Group].Kind} synapse";
        yield return connection.Delay.IsUniform && connection.Delay.Steps == 0 ? "no delay" : connection.Delay.Form switch
        {
            DelayForm.PerWeight => "delay per synapse",
            DelayForm.PerRow => "delay per neuron",
            _ => "one delay",
        };
        yield return s_connectivities.First(kind => connection.Kind.Contains(kind, StringComparison.OrdinalIgnoreCase));
        if (connection.IsFromInput && drawn.IsConstantCurrent)
        {
            yield return "constant current";
        }
    }
}
