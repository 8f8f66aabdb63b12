using System;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn;

/// <summary>How the neurons or channels of a population are arranged: [features], [length, channels] or [height, width, channels]. Immutable.</summary>
/// <remarks>
/// Written as a collection, <c>Shape image = [28, 28, 1]</c>, or as a number where there is one dimension. The last
/// dimension is adjacent in memory: channel c of pixel (y, x) has the number (y · width + x) · channels + c.
/// </remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IEquatable<Shape>
{
    private readonly int[] _dimensions;

    private Shape(int[] dimensions)
    {
        _dimensions = dimensions;
        Size = dimensions.Aggregate(1, (product, dimension) => product * dimension);
    }

    /// <summary>Gets the number of dimensions.</summary>
    /// <value>1 to 3.</value>
    public int Rank => _dimensions.Length;

    /// <summary>Gets the number of neurons or channels.</summary>
    /// <value>The product of the dimensions, 1 to 2^30.</value>
    public int Size { get; }

    /// <summary>Gets one dimension.</summary>
    /// <param name="index">0 to <see cref="Rank"/> - 1.</param>
    public int this[int index] => _dimensions[index];

    /// <summary>A single dimension.</summary>
    /// <param name="units">Number of neurons or channels, 1 to 2^30.</param>
    public static implicit operator Shape(int units) => FromInt32(units);

    /// <summary>A single dimension.</summary>
    /// <param name="units">Number of neurons or channels, 1 to 2^30.</param>
    /// <exception cref="ArgumentException">The number is out of range.</exception>
    public static Shape FromInt32(int units) => Create([units]);

    /// <summary>A shape of the given dimensions.</summary>
    /// <param name="dimensions">1 to 3 numbers, each 1 or more, whose product is at most 2^30.</param>
    /// <exception cref="ArgumentException">There are too few, too many, too small or too large dimensions.</exception>
    public static Shape Create(ReadOnlySpan<int> dimensions)
    {
        int[] copy = dimensions.ToArray();
        double size = copy.Aggregate(1.0, (product, dimension) => product * dimension);
        if (copy.Length is < 1 or > 3 || copy.Any(d => d < 1) || size > 1 << 30)
        {
            throw new ArgumentException(
                $"A shape has 1 to 3 dimensions of 1 or more whose product is at most {1 << 30}, but was {Text(copy)}. "
                + "Use [features], [length, channels] or [height, width, channels].",
                nameof(dimensions));
        }

        return new Shape(copy);
    }

    /// <summary>Enumerates the dimensions, from the slowest to the one adjacent in memory.</summary>
    public ReadOnlySpan<int>.Enumerator GetEnumerator() => ((ReadOnlySpan<int>)_dimensions).GetEnumerator();

    /// <summary>Whether both have the same dimensions.</summary>
    /// <param name="other">The shape to compare with.</param>
    public bool Equals(Shape? other) => other is not null && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => _dimensions.Aggregate(Rank, HashCode.Combine);

    /// <summary>For example <c>[28, 28, 1]</c>.</summary>
    public override string ToString() => Text(_dimensions);

    private static string Text(int[] dimensions) =>
        $"[{string.Join(", ", dimensions.Select(d => d.ToString(CultureInfo.InvariantCulture)))}]";
}
