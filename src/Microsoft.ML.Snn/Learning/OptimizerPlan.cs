using System;
using System.Collections.Generic;
using System.Globalization;
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

        // The rate that is reported: the default optimiser's, unless the groups leave it nothing to do.
        _optimizer = Array.Find(_optimizers, o => ReferenceEquals(o, optimizer)) ?? Array.Find(_optimizers, o => o != null)
            ?? throw new ArgumentException(
                "Some parameter must have an optimizer, but the optimizer groups keep all of them as they are. Remove a group.");
    }

    /// <summary>The learning rate of the last update: that of the default optimiser, unless groups leave it nothing to do.</summary>
    public double LearningRate { get; private set; }

    /// <summary>Prepares the update that follows <paramref name="moment"/>; good until the next call.</summary>
    /// <exception cref="InvalidOperationException">A schedule gave a factor that is none.</exception>
    public ParameterUpdates AtUpdate(ScheduleMoment moment)
    {
        LearningRate = RateOf(_optimizer, moment);
        for (int n = 0; n < _updates.Length; n++)
        {
            _updates[n] = _optimizers[n] is Optimizer optimizer
                ? optimizer.AtUpdate(moment.Update + 1, FactorOf(optimizer, moment))
                : UpdateEquations.None;
        }

        return new ParameterUpdates(_updates);
    }

    private static double RateOf(Optimizer optimizer, ScheduleMoment moment) =>
        optimizer.LearningRate * FactorOf(optimizer, moment);

    private static double FactorOf(Optimizer optimizer, ScheduleMoment moment)
    {
        double factor = optimizer.Schedule.Factor(moment);
        return factor >= 0 && double.IsFinite(factor)
            ? factor
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"A learning-rate schedule must give a finite factor of 0 or more, but {optimizer.Schedule} gave {factor} at update {moment.Update + 1}."));
    }
}
