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
    private readonly Optimizer?[] _optimizers;
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
        _updates = new UpdateEquations[parameters.Count];
        foreach (ParameterProgram parameter in parameters)
        {
            OptimizerGroup? group = groups.FirstOrDefault(g => g.Contains(parameter));
            _optimizers[parameter.Index] = group == null ? optimizer : group.Optimizer;
        }

        if (_optimizers.All(o => o == null))
        {
            throw new ArgumentException(
                "Some parameter must have an optimizer, but the optimizer groups keep all of them as they are. Remove a group.");
        }
    }

    /// <summary>The numbers of update <paramref name="update"/>, counted from 1; good until the next call.</summary>
    public ParameterUpdates AtUpdate(long update)
    {
        for (int n = 0; n < _updates.Length; n++)
        {
            _updates[n] = _optimizers[n]?.AtUpdate(update) ?? UpdateEquations.None;
        }

        return new ParameterUpdates(_updates);
    }
}
