using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Weights that the user listed.</summary>
internal sealed record GivenWeights : DrawnWeights
{
    private readonly float[] _values;

    public GivenWeights(IEnumerable<double> values)
    {
        _values = [.. values.Select(value => (float)value)];
        Require.InRange(_values.Length, 1, Array.MaxLength, "List one weight per synapse.", nameof(values));
        foreach (float value in _values)
        {
            Require.Finite(value, "List finite numbers.", nameof(values));
        }

        Mean = _values.Average(value => (double)value);
        StandardDeviation = Math.Sqrt(_values.Average(value => (value - Mean) * (value - Mean)));
    }

    public override double Mean { get; }

    public override double StandardDeviation { get; }

    public override void Fill(Span<float> weights, RandomStream random)
    {
        if (weights.Length != _values.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Weights.PerSynapse must list a weight for each of the {weights.Length} of its connection, but has {_values.Length}. List them in the order of GetWeights."));
        }

        _values.CopyTo(weights);
    }

    public bool Equals(GivenWeights? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    public override int GetHashCode() => HashCode.Combine(_values.Length, Mean, StandardDeviation);
}
