using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Each synapse exists with one probability; weights are in the order of rows, then columns.</summary>
/// <remarks>
/// The gaps between synapses are geometric, so that the work follows the synapses: Batagelj and Brandes, Phys. Rev. E
/// 71:036113 (2005).
/// </remarks>
internal sealed record SparseConnectivity(double Probability, int Seed, bool AllowSelf, DeepRewiring? Rewiring) : Connectivity
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"sparse {Probability:0.####}") + (Rewiring is null ? "" : string.Create(
        CultureInfo.InvariantCulture, $", rewired with strength {Rewiring.Strength} and noise {Rewiring.Noise}"));

    internal override ResolvedConnectivity Resolve(Shape input, Shape? target, int stream)
    {
        Shape output = ConnectivityRules.NeedTarget(target, "A sparse connection");
        int columns = output.Size;
        var table = new SynapseTableBuilder(input.Size, columns);
        var random = new RandomStream(Seed, stream);
        double logAbsent = Math.Log(1 - Probability);

        long end = (long)input.Size * columns;
        long place = -1;
        int row = 0;
        int weights = 0;
        while (true)
        {
            double gap = Probability < 1 ? Math.Floor(Math.Log(1 - random.NextDouble()) / logAbsent) : 0;
            if (gap >= end - place - 1)
            {
                break;
            }

            place += 1 + (long)gap;
            int from = (int)(place / columns);
            int to = (int)(place % columns);
            for (; row < from; row++)
            {
                table.EndRow();
            }

            if (AllowSelf || from != to)
            {
                weights = ConnectivityRules.WeightCount(weights + 1L, "A sparse connection");
                table.Add(to, weights - 1);
            }
        }

        for (; row < input.Size; row++)
        {
            table.EndRow();
        }

        if (weights == 0)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"A sparse connection of probability {Probability} from {input} to {output} has no synapse at all. Use a larger probability."));
        }

        return new ResolvedConnectivity(output, table.ToTable(weights))
        {
            Rewiring = Rewiring is null ? null : new RewiringProgram(Rewiring, Seed, stream, AllowSelf),
        };
    }
}
