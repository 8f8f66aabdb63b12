using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn.Networks;

/// <summary>The synapses that the user listed; weights are in the order of rows, then columns.</summary>
internal sealed record PairConnectivity : Connectivity
{
    private readonly (int From, int To)[] _pairs;

    public PairConnectivity(IEnumerable<(int From, int To)> pairs)
    {
        _pairs = [.. pairs.Order()];
        if (_pairs.Length == 0)
        {
            throw new ArgumentException("pairs must hold at least one synapse, but was empty. List (from, to) for each synapse.", nameof(pairs));
        }

        for (int n = 0; n < _pairs.Length; n++)
        {
            (int from, int to) = _pairs[n];
            if (from < 0 || to < 0)
            {
                throw new ArgumentException(
                    $"The pair ({Text(from)}, {Text(to)}) has a negative number. Neurons are counted from 0.", nameof(pairs));
            }

            if (n > 0 && _pairs[n] == _pairs[n - 1])
            {
                throw new ArgumentException(
                    $"The pair ({Text(from)}, {Text(to)}) occurs twice. List each synapse once.", nameof(pairs));
            }
        }
    }

    public bool Equals(PairConnectivity? other) => other is not null && _pairs.AsSpan().SequenceEqual(other._pairs);

    public override int GetHashCode() => HashCode.Combine(_pairs.Length, _pairs[0], _pairs[^1]);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_pairs.Length} pairs");

    internal override ResolvedConnectivity Resolve(Shape input, Shape? target, int stream)
    {
        Shape output = ConnectivityRules.NeedTarget(target, "A connection of pairs");
        var table = new SynapseTableBuilder(input.Size, output.Size);
        int row = 0;
        for (int n = 0; n < _pairs.Length; n++)
        {
            (int from, int to) = _pairs[n];
            if (from >= input.Size || to >= output.Size)
            {
                throw new ArgumentException(
                    $"The pair ({Text(from)}, {Text(to)}) is outside a connection of {Text(input.Size)} to {Text(output.Size)} neurons. "
                    + "Neurons are counted from 0.", nameof(target));
            }

            for (; row < from; row++)
            {
                table.EndRow();
            }

            table.Add(to, n);
        }

        for (; row < input.Size; row++)
        {
            table.EndRow();
        }

        return new ResolvedConnectivity(output, table.ToTable(_pairs.Length));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
