using System;
using System.Globalization;

namespace Microsoft.ML.Snn;

/// <summary>A number of a user's neuron that is learned, each neuron its own: a bias, a time constant, a threshold, or any other. Immutable.</summary>
/// <remarks>
/// The number is a state variable that stays as it is: <see cref="INeuronEquations.Initial"/> says where it begins, its derivative is 0,
/// and <see cref="INeuronEquations.Reset"/> leaves it alone. So dynamics, threshold and reset may depend on it in any way, and its
/// gradient needs no other equations: it is the gradient by the initial state, which <see cref="GradientCheck"/> compares with
/// central differences.
/// </remarks>
public sealed record LearnedNumber
{
    /// <summary>Names a state variable that is learned.</summary>
    /// <param name="name">
    /// For people, and for <see cref="OptimizerGroup"/>: the numbers of a layer are called like "hidden 1 Bias".
    /// </param>
    /// <param name="variable">Which variable of <see cref="NeuronState{TLane}"/> it is, 1 to 4.</param>
    /// <param name="minimum">The smallest value that it may take; training goes no further.</param>
    /// <param name="maximum">The largest value.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The variable is not 1 to 4, or the range is empty or infinite.</exception>
    public LearnedNumber(string name, int variable, double minimum, double maximum)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Require.InRange(variable, 1, 4, "It is the place of the number in NeuronState, for example 2.");
        Require.Finite(minimum, "Use a number that is small enough, for example -10.");
        Require.Finite(maximum, "Use a number that is large enough, for example 10.");
        Require.Below(minimum, maximum, "The smallest value must lie below the largest.");
        (Name, Variable, Minimum, Maximum) = (name, variable, minimum, maximum);
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets which state variable it is.</summary>
    /// <value>1 to 4.</value>
    public int Variable { get; }

    /// <summary>Gets the smallest value that it may take.</summary>
    public double Minimum { get; }

    /// <summary>Gets the largest value that it may take.</summary>
    public double Maximum { get; }

    /// <summary>Its place among the slots of a state.</summary>
    internal int Slot => Variable - 1;

    /// <summary>The number in words.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Minimum} to {Maximum}");
}
