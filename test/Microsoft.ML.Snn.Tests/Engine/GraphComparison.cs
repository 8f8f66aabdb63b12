using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>One drawn graph in the oracle and in an engine.</summary>
internal sealed class GraphComparison
{
    // Nearer than this to where anything turns out otherwise, rounding decides: float and double then see two different
    // trials, and both are right.
    private const double Margin = 2e-5;

    private readonly GraphCase _drawn;
    private readonly (double Derivative, double Rounding, double[] Direction)?[] _expected;
    private readonly double[][] _pushes;

    public GraphComparison(GraphCase drawn)
    {
        _drawn = drawn;
        Trials = [.. drawn.Inputs.Select(drawn.Oracle(null, null).Run)];
        Loss = Trials.Select((trial, n) => drawn.LossOf(trial, n).Loss.Value).Sum();
        IsOnAKnifeEdge = Trials.Min(trial => trial.Margin) < Margin;
        _pushes = Pushes(drawn, Trials);
        _expected = new (double, double, double[])?[drawn.Program.Parameters.Count];
        Gradient = NetworkWeights.ZerosFor(drawn.Program);
        SpikeCounts = new long[drawn.Program.SpikingNeurons];
    }

    public bool IsOnAKnifeEdge { get; }

    /// <summary>The trials of the oracle.</summary>
    public GridGraphTrace[] Trials { get; }

    /// <summary>The loss of the batch as the oracle sees it.</summary>
    public double Loss { get; }

    /// <summary>The gradient of the engine.</summary>
    public NetworkWeights Gradient { get; }

    /// <summary>The spikes of the engine, neuron by neuron.</summary>
    public long[] SpikeCounts { get; }

    /// <summary>The spikes of the oracle, as <see cref="SpikeCounts"/>.</summary>
    public long[] ExpectedSpikeCounts =>
    [
        .. _drawn.Program.Spiking.SelectMany(p => Enumerable.Range(0, p.Units)
            .Select(j => (long)Trials.Sum(trial => trial.Spikes[p.Index].Count(s => s.Neuron == j)))),
    ];

    /// <summary>Runs the batch.</summary>
    public BatchResult Train(NetworkEngine engine)
    {
        engine.KeepGradient = true;
        engine.SetWeights(_drawn.Weights);
        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = _drawn.Trains(),
                Targets = _drawn.EngineTargets(),
                ExampleWeights = _drawn.ExampleWeights,
                Examples = Enumerable.Range(0, _drawn.Count).ToArray(),
            },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), _drawn.SpikeCount, _drawn.GrazingLimit));
        engine.GetGradient(Gradient);
        Array.Clear(SpikeCounts);
        engine.TakeSpikeCounts(SpikeCounts);
        return result;
    }

    /// <summary>The derivative by one parameter along a random direction: as the oracle and as the engine has it, and how far they may be apart.</summary>
    public (double Expected, double Actual, double Norm, double Rounding) Derivatives(ParameterProgram parameter)
    {
        (double expected, double rounding, double[] direction) = _expected[parameter.Index] ??= Derivative(parameter);
        float[] gradient = Gradient[parameter.Index];
        return (expected, gradient.Zip(direction, (g, d) => g * d).Sum(), Math.Sqrt(gradient.Sum(g => (double)g * g)), rounding);
    }

    /// <summary>The difference of the two over the norm of the gradient; null where the loss is so flat that outputs as floats decide.</summary>
    public double? RelativeError(ParameterProgram parameter)
    {
        (double expected, double actual, double norm, double rounding) = Derivatives(parameter);
        return rounding < 1e-5 * norm ? Math.Abs(expected - actual) / norm : null;
    }

    /// <summary>
    /// The norm of the derivatives by a shared weight or delay if each synapse had its own: the gradient is their sum, and known to a
    /// part of them, not of what is left where they cancel. 0 for what is not shared.
    /// </summary>
    public double NormOfSynapses(ParameterProgram parameter)
    {
        if (parameter.Kind is not (ParameterKind.Weight or ParameterKind.Delay))
        {
            return 0;
        }

        ConnectionProgram c = _drawn.Program.Connections[parameter.Owner];
        int synapses = (int)(c.Table?.SynapseCount ?? (long)c.Rows * c.Columns);
        double squares = 0;
        for (int n = 0; n < synapses && synapses > parameter.Length; n++)
        {
            double[] own = new double[synapses];
            own[n] = 1;
            GridGraph oracle = _drawn.Oracle(null, _pushes, new GraphSplit(parameter, own));
            double derivative = _drawn.Inputs.Select((input, k) => _drawn.LossOf(oracle.Run(input), k).Loss.Rate).Sum();
            squares += derivative * derivative;
        }

        return Math.Sqrt(squares);
    }

    /// <summary>What regularisation takes from λV, shape [population][neuron].</summary>
    private static double[][] Pushes(GraphCase drawn, GridGraphTrace[] trials) => [.. drawn.Program.Populations.Select((p, index) =>
    {
        double[] pushes = new double[p.Units];
        for (int j = 0; j < p.Units && drawn.SpikeCount.IsActive && p.Neuron.IsSpiking; j++)
        {
            double excess = trials.Average(trial => trial.Spikes[index].Count(s => s.Neuron == j)) - drawn.SpikeCount.Target;
            pushes[j] = (excess > 0 ? drawn.SpikeCount.StrengthAbove : drawn.SpikeCount.StrengthBelow) * excess / drawn.Count;
        }

        return pushes;
    })];

    private (double Derivative, double Rounding, double[] Direction) Derivative(ParameterProgram parameter)
    {
        var random = new Random(parameter.Index);
        double[] own = [.. Enumerable.Range(0, parameter.Length).Select(_ => random.NextDouble() < 0.5 ? -1 - random.NextDouble() : 1 + random.NextDouble())];
        double[]?[] direction = new double[_drawn.Program.Parameters.Count][];
        direction[parameter.Index] = own;
        GridGraph oracle = _drawn.Oracle(direction, _pushes);
        (Moving Loss, double Rounding)[] losses = [.. _drawn.Inputs.Select((input, n) => _drawn.LossOf(oracle.Run(input), n))];
        return (losses.Sum(l => l.Loss.Rate), losses.Sum(l => l.Rounding), own);
    }
}
