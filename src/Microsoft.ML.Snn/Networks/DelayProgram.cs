using System;
using System.Linq;

namespace Microsoft.ML.Snn.Networks;

/// <summary>How many whole steps later the spikes of a connection arrive.</summary>
internal sealed record DelayProgram
{
    /// <summary>No delay beyond the one step that every spike takes.</summary>
    public static DelayProgram None { get; } = new();

    /// <summary>The delay of every synapse, where neither rows nor weights have their own.</summary>
    public int Steps { get; private init; }

    /// <summary>The delay of each presynaptic neuron, or null.</summary>
    public int[]? OfRow { get; private init; }

    /// <summary>The delay of each weight, or null.</summary>
    public int[]? OfWeight { get; private init; }

    /// <summary>The longest delay that may occur.</summary>
    public int Maximum { get; private init; }

    /// <summary>Whether one delay holds for all synapses.</summary>
    public bool IsUniform => OfRow == null && OfWeight == null;

    public static DelayProgram Uniform(int steps) => new() { Steps = steps, Maximum = steps };

    public static DelayProgram PerRow(int[] steps) => new() { OfRow = steps, Maximum = Largest(steps) };

    public static DelayProgram PerWeight(int[] steps) => new() { OfWeight = steps, Maximum = Largest(steps) };

    /// <summary>The delay of one synapse.</summary>
    public int Of(int row, int weight) => OfWeight != null ? OfWeight[weight] : OfRow != null ? OfRow[row] : Steps;

    private static int Largest(int[] steps) => steps.Length == 0 ? 0 : Math.Max(0, steps.Max());
}
