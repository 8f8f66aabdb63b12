using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Learning.Checks;

/// <summary>The gradient of one trial, automatic beside numerical.</summary>
internal sealed class CellDifferences<TNeuron, TSynapse>
    where TNeuron : unmanaged, INeuronEquations
    where TSynapse : unmanaged, ISynapseEquations
{
    private readonly CellEquations<TNeuron, TSynapse> _cell;
    private readonly CellInput[] _inputs;
    private readonly double _duration;
    private readonly double _timeStep;
    private readonly CellLoss _loss;
    private readonly double _refractoryPeriod;
    private readonly CellTrial<TNeuron, TSynapse> _unmoved;

    public CellDifferences(
        CellEquations<TNeuron, TSynapse> cell, CellInput[] inputs, double duration, double timeStep, CellLoss loss, double refractoryPeriod)
    {
        (_cell, _inputs, _duration, _timeStep, _loss) = (cell, inputs, duration, timeStep, loss);
        _refractoryPeriod = refractoryPeriod;
        _unmoved = new(cell, cell.Initial<DoubleLane>(), inputs, duration, timeStep, keep: true, refractoryPeriod);
    }

    public int Spikes => _unmoved.Spikes.Count;

    /// <summary>Every derivative both ways, or null where the trial changes by leaps.</summary>
    public List<GradientCheckEntry>? Compare()
    {
        CellGradient gradient = _unmoved.Gradient(_loss);
        CellState<DoubleLane> initial = _cell.Initial<DoubleLane>();
        var entries = new List<GradientCheckEntry>();
        bool smooth =
            Add("weight of input", gradient.Weights, k => (Math.Abs(_inputs[k].Weight), h => Moved(k, 0, h)))
            && Add("time of input", gradient.Times, k => (1, h => Moved(k, h, 0)))
            && Add("initial state of variable", Used(gradient.Initial), k => Slot(initial, k));
        return smooth ? entries : null;

        bool Add(string kind, double[] automatic, Func<int, (double Scale, Func<double, CellTrial<TNeuron, TSynapse>?> Run)> parameter)
        {
            var numerical = new double[automatic.Length];
            for (int k = 0; k < automatic.Length; k++)
            {
                (double scale, Func<double, CellTrial<TNeuron, TSynapse>?> run) = parameter(k);
                if (Derivative(scale, run) is not { } derivative)
                {
                    return false;
                }

                numerical[k] = derivative;
            }

            double floor = Math.Max(1e-2 * numerical.Max(Math.Abs), 1e-12);
            entries.AddRange(automatic.Select((value, k) => new GradientCheckEntry(
                string.Create(CultureInfo.InvariantCulture, $"{kind} {k + 1}"), value, numerical[k],
                Math.Abs(value - numerical[k]) / Math.Max(Math.Abs(numerical[k]), floor))));
            return true;
        }
    }

    /// <summary>
    /// Central differences of order 4, of steps that shrink: the one that the next one agrees with best is neither too
    /// coarse nor lost in rounding.
    /// </summary>
    private double? Derivative(double scale, Func<double, CellTrial<TNeuron, TSynapse>?> run)
    {
        double best = double.NaN, smallest = double.PositiveInfinity, last = double.NaN;
        for (double step = 1e-3 * scale; step > 4e-6 * scale; step /= 6)
        {
            if (Difference(step, run) is not { } derivative)
            {
                continue;
            }

            double change = Math.Abs(derivative - last);
            if (change < smallest)
            {
                (best, smallest) = (derivative, change);
            }

            last = derivative;
        }

        return double.IsNaN(best) ? null : best;
    }

    private double? Difference(double step, Func<double, CellTrial<TNeuron, TSynapse>?> run)
    {
        double sum = 0;
        foreach ((double at, double weight) in new[] { (-2.0, 1.0), (-1, -8), (1, 8), (2, -1) })
        {
            if (run(at * step) is not { } trial || !trial.HasEventsOf(_unmoved))
            {
                return null;
            }

            sum += weight * trial.Loss(_loss);
        }

        return sum / (12 * step);
    }

    private CellTrial<TNeuron, TSynapse>? Moved(int index, double time, double weight)
    {
        CellInput[] inputs = [.. _inputs];
        inputs[index] = new CellInput(inputs[index].Time + time, inputs[index].Weight + weight);
        bool isOrdered = inputs[index].Time > 0
            && inputs.Zip(inputs.Skip(1)).All(pair => pair.First.Time < pair.Second.Time);
        return isOrdered ? Run(_cell.Initial<DoubleLane>(), inputs) : null;
    }

    private (double Scale, Func<double, CellTrial<TNeuron, TSynapse>?> Run) Slot(CellState<DoubleLane> initial, int variable)
    {
        int slot = variable < _cell.Neuron.StateCount
            ? variable
            : CellState<DoubleLane>.SynapseSlot + variable - _cell.Neuron.StateCount;
        double value = initial[slot].Value;
        return (
            Math.Abs(value) < 1e-2 ? 1 : Math.Abs(value),
            h => Run(initial.With(slot, new DoubleLane(value + h)), _inputs));
    }

    private double[] Used(double[] slots) =>
    [
        .. slots.Take(_cell.Neuron.StateCount),
        .. slots.Skip(CellState<DoubleLane>.SynapseSlot).Take(_cell.Synapse.StateCount),
    ];

    private CellTrial<TNeuron, TSynapse> Run(CellState<DoubleLane> initial, CellInput[] inputs) =>
        new(_cell, initial, inputs, _duration, _timeStep, keep: false, _refractoryPeriod);
}
