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

    /// <summary>Whether the delays are learned; then <see cref="Times"/> is where they begin.</summary>
    public bool IsLearned => Times.Length > 0;

    /// <summary>Learned delays at the beginning, in milliseconds: one, one per row or one per weight.</summary>
    public double[] Times { get; init; } = [];

    /// <summary>The longest delay that may occur.</summary>
    public int Maximum { get; init; }

    /// <summary>Whether one delay holds for all synapses.</summary>
    public bool IsUniform => OfRow == null && OfWeight == null && !IsLearned;

    public static DelayProgram Uniform(int steps) => new() { Steps = steps, Maximum = steps };

    public static DelayProgram PerRow(int[] steps) => new() { OfRow = steps, Maximum = Largest(steps) };

    public static DelayProgram PerWeight(int[] steps) => new() { OfWeight = steps, Maximum = Largest(steps) };

    /// <summary>All delays: one, one per row or one per weight.</summary>
    public int[] ToArray() => OfWeight ?? OfRow ?? [Steps];

    /// <summary>What the delays differ by.</summary>
    public DelayForm Form => OfWeight != null ? DelayForm.PerWeight : OfRow != null ? DelayForm.PerRow : DelayForm.Uniform;

    /// <summary>Delays of any form.</summary>
    public static DelayProgram Of(DelayForm form, int[] steps) => form switch
    {
        DelayForm.Uniform => Uniform(steps[0]),
        DelayForm.PerRow => PerRow(steps),
        _ => PerWeight(steps),
    };

    private static int Largest(int[] steps) => steps.Length == 0 ? 0 : Math.Max(0, steps.Max());
}
