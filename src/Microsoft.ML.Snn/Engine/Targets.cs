using System;
using System.Globalization;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine;

/// <summary>What every example of a data set should give. Immutable.</summary>
internal sealed class Targets
{
    private readonly int[] _classes;
    private readonly float[] _values;

    private Targets(int[] classes, float[] values, int width, int rows)
    {
        int numbers = classes.Length + values.Length;
        if (width < 1 || rows < 1 || numbers % (width * rows) != 0)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{numbers} numbers are not a whole number of examples of {rows} rows of {width}."), nameof(width));
        }

        (_classes, _values, Width, Rows, Count) = (classes, values, width, rows, numbers / (width * rows));
    }

    /// <summary>Targets of the outputs, where some have their own: by output, null where those of the first hold.</summary>
    private Targets?[] Own { get; init; } = [];

    /// <summary>Number of examples.</summary>
    public int Count { get; }

    /// <summary>Rows of each example: 1 for a target of the whole trial, else one per step.</summary>
    public int Rows { get; }

    /// <summary>Numbers per row.</summary>
    public int Width { get; }

    /// <summary>Whether the targets are classes, not numbers.</summary>
    public bool AreClasses => _values.Length == 0;

    /// <summary>All classes, shape [example, row]; empty where targets are numbers.</summary>
    public ReadOnlySpan<int> Classes => _classes;

    /// <summary>All numbers, shape [example, row, output]; empty where targets are classes.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The target of one example.</summary>
    public Target this[int example] => AreClasses
        ? new Target(_classes.AsSpan(example * Rows, Rows))
        : new Target(_values.AsSpan(example * Rows * Width, Rows * Width), Width);

    /// <summary>The targets of one output of several; the first one's where it has none of its own.</summary>
    public Targets Of(int output) => output < Own.Length ? Own[output] ?? this : this;

    /// <summary>These targets for the first output, with others of the same examples for other outputs.</summary>
    /// <param name="own">By output, null for the first and for those that share its targets.</param>
    public Targets With(params Targets?[] own)
    {
        foreach (Targets? targets in own)
        {
            if (targets != null && targets.Count != Count)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"All outputs must have targets for the same {Count} examples, but one has {targets.Count}."), nameof(own));
            }
        }

        return new Targets(_classes, _values, Width, Rows) { Own = own };
    }

    /// <summary>The targets of some examples, as a set of their own.</summary>
    public Targets Select(ReadOnlySpan<int> examples)
    {
        int classes = AreClasses ? Rows : 0, values = AreClasses ? 0 : Rows * Width;
        var someClasses = new int[examples.Length * classes];
        var someValues = new float[examples.Length * values];
        for (int n = 0; n < examples.Length; n++)
        {
            Classes.Slice(examples[n] * classes, classes).CopyTo(someClasses.AsSpan(n * classes));
            Values.Slice(examples[n] * values, values).CopyTo(someValues.AsSpan(n * values));
        }

        var own = new Targets?[Own.Length];
        for (int output = 0; output < own.Length; output++)
        {
            own[output] = Own[output]?.Select(examples);
        }

        return new Targets(someClasses, someValues, Width, Rows) { Own = own };
    }

    /// <summary>Classes, 0 to classes - 1 or <see cref="Target.NoClass"/>; shape [example, row].</summary>
    public static Targets OfClasses(int[] classes, int rows = 1) => new(classes, [], 1, rows);

    /// <summary>Number of outputs of which some have targets of their own; 0 where all share these.</summary>
    public int OutputsWithOwn => Own.Length;

    /// <summary>Numbers; a row whose first number is NaN has no loss. Shape [example, row, output].</summary>
    public static Targets OfValues(float[] values, int width, int rows = 1) => new([], values, width, rows);
}
