using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Which optimiser updates which parameter of a program.</summary>
internal sealed class OptimizerPlan
{
    private readonly Optimizer _optimizer;
    private readonly Optimizer?[] _optimizers;
    private readonly double[] _factors;
    private readonly UpdateEquations[] _updates;

    /// <summary>Finds the optimiser of every parameter.</summary>
    /// <exception cref="ArgumentException">A group names no parameter, or everything is kept as it is.</exception>
    public OptimizerPlan(NetworkProgram program, Optimizer optimizer, IReadOnlyList<OptimizerGroup> groups)
    {
        IReadOnlyList<ParameterProgram> parameters = program.Parameters;
        foreach (OptimizerGroup group in groups)
        {
            if (!parameters.Any(group.Contains))
            {
                throw new ArgumentException(
                    $"An optimizer group must name parameters that are learned, but there is no {group.Kind?.ToString() ?? "parameter"} of "
                    + $"'{group.Name ?? "anything"}'. There are: {string.Join(", ", parameters.Select(p => $"{p.Kind} of '{p.Name}'"))}.");
            }
        }

        _optimizers = new Optimizer?[parameters.Count];
        _factors = new double[parameters.Count];
        _updates = new UpdateEquations[parameters.Count];
        BeginUpdate();
        foreach (ParameterProgram parameter in parameters)
        {
            OptimizerGroup? group = groups.FirstOrDefault(g => g.Contains(parameter));
            _optimizers[parameter.Index] = group == null ? optimizer : group.Optimizer;
        }

        // The rate that is reported: the default optimiser's, unless the groups leave it nothing to do.
        _optimizer = Array.Find(_optimizers, o => ReferenceEquals(o, optimizer)) ?? Array.Find(_optimizers, o => o != null)
            ?? throw new ArgumentException(
                "Some parameter must have an optimizer, but the optimizer groups keep all of them as they are. Remove a group.");
    }

    /// <summary>The learning rate of the last update: that of the default optimiser, unless groups leave it nothing to do.</summary>
    public double LearningRate { get; private set; }

    /// <summary>Every optimiser once.</summary>
    public IEnumerable<Optimizer> Optimizers => _optimizers.OfType<Optimizer>().Distinct(ReferenceEqualityComparer.Instance).Cast<Optimizer>();

    /// <summary>Forgets the factors of the update before.</summary>
    public void BeginUpdate() => Array.Fill(_factors, 1);

    /// <summary>Multiplies the learning rate of the coming update: of one optimiser's parameters, or of all.</summary>
    public void Scale(double factor, Optimizer? optimizer)
    {
        for (int n = 0; n < _factors.Length; n++)
        {
            _factors[n] *= optimizer == null || ReferenceEquals(optimizer, _optimizers[n]) ? factor : 1;
        }
    }

    /// <summary>Prepares an update; good until the next call.</summary>
    /// <param name="update">Its number, counted from 1.</param>
    public ParameterUpdates AtUpdate(long update)
    {
        for (int n = 0; n < _updates.Length; n++)
        {
            _updates[n] = _optimizers[n]?.AtUpdate(update, _factors[n]) ?? UpdateEquations.None;
        }

        LearningRate = _optimizer.LearningRate * _factors[Array.FindIndex(_optimizers, o => ReferenceEquals(o, _optimizer))];
        return new ParameterUpdates(_updates);
    }
}
