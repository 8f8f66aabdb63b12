using System;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>A variable of a user's cell that is no number any more, packed so that threads can agree on one of them.</summary>
/// <param name="code">The packed form; 0 where nothing ran away.</param>
internal readonly struct RunawayState(int code)
{
    /// <summary>Where it is reported in <see cref="BatchViews.Overflow"/>, so that nothing is learned from such a batch.</summary>
    public const int Place = 1;

    // Six variables at most, and three values that are no number.
    private const int Rows = 8;
    private const int Values = 4;

    public int Code { get; } = code;

    /// <summary>The neuron, counted through all populations.</summary>
    public int Neuron => Code / (Rows * Values);

    /// <summary>The variable, counted from 0: those of the neuron, then those of the synapse.</summary>
    public int Row => Code / Values % Rows;

    public float Value => (Code % Values) switch
    {
        1 => float.NaN,
        2 => float.PositiveInfinity,
        _ => float.NegativeInfinity,
    };

    /// <summary>What a variable reports.</summary>
    public static RunawayState Of(int neuron, int row, float value)
    {
        int kind = float.IsNaN(value) ? 1 : value > float.MaxValue ? 2 : value < float.MinValue ? 3 : 0;
        return new RunawayState(kind == 0 ? 0 : (neuron * Rows + row) * Values + kind);
    }

    /// <summary>What the user is told.</summary>
    public static InvalidOperationException Error(Type equations, int row, int neuron, string population, float value) => new(
        $"The state of {equations.Name} must stay finite, but variable {row + 1} of neuron {neuron} of {population} was {value} at the end of a trial. "
        + "Use more subSteps in Neuron.Custom, a shorter time step, or smaller weights.");
}
