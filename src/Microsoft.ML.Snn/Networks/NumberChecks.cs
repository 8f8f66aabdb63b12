using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Checks what the learned numbers of a user's neuron must keep to.</summary>
internal static class NumberChecks
{
    /// <summary>A number that is learned is a state variable that nothing moves.</summary>
    /// <exception cref="InvalidOperationException">A rule is broken; the message says which.</exception>
    public static void Validate<TNeuron>(TNeuron equations, IReadOnlyList<LearnedNumber> numbers)
        where TNeuron : unmanaged, INeuronEquations
    {
        string neuron = typeof(TNeuron).Name;
        CellState<DoubleLane> initial = new(equations.Initial<DoubleLane>(), default);
        for (int n = 0; n < numbers.Count; n++)
        {
            LearnedNumber number = numbers[n];
            Check(number.Variable <= equations.StateCount, $"{number.Name} must be one of the {equations.StateCount} state variables of {neuron}, but is variable {number.Variable}.");
            double value = initial[number.Slot].Value;
            Check(
                !numbers.Take(n).Any(other => other.Slot == number.Slot || other.Name == number.Name),
                $"Learned numbers must differ in name and variable, but {number.Name}, variable {number.Variable}, is named twice.");
            Check(
                value >= number.Minimum && value <= number.Maximum,
                $"{number.Name} must begin in its range from {number.Minimum} to {number.Maximum}, but {neuron}.Initial gives {value}.");
            foreach (double end in (ReadOnlySpan<double>)[number.Minimum, number.Maximum])
            {
                double threshold = equations.Threshold(initial.With(number.Slot, new DoubleLane(end)).Neuron).Value;
                Check(threshold < 0, $"{neuron} must begin below its threshold whatever {number.Name} is, but Threshold is {threshold:G6} where it is {end}. Choose another range.");
            }

            for (int slot = 0; slot < equations.StateCount; slot++)
            {
                NeuronState<DoubleLane> moved = initial.With(slot, new DoubleLane(initial[slot].Value + 0.37)).Neuron;
                double rate = new CellState<DoubleLane>(equations.Derivatives(moved, new DoubleLane(0.7)), default)[number.Slot].Value;
                double change = new CellState<DoubleLane>(equations.Reset(moved), default)[number.Slot].Value
                    - new CellState<DoubleLane>(moved, default)[number.Slot].Value;
                Check(rate == 0, $"{number.Name} is a learned number and must not move, but {neuron}.Derivatives gives {rate:G6} for variable {number.Variable}. Give 0.");
                Check(change == 0, $"{number.Name} is a learned number and must outlast a spike, but {neuron}.Reset changes variable {number.Variable} by {change:G6}. Give it back as it is.");
            }
        }
    }

    private static void Check(bool holds, FormattableString message)
    {
        if (!holds)
        {
            throw new InvalidOperationException(message.ToString(CultureInfo.InvariantCulture));
        }
    }
}
