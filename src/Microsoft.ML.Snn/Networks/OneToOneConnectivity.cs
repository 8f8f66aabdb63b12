using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Neuron n to neuron n, with weight n.</summary>
internal sealed record OneToOneConnectivity : Connectivity
{
    public override string ToString() => "one to one";

    internal override ResolvedConnectivity Resolve(Shape input, Shape? target, int stream)
    {
        Shape output = target ?? input;
        if (output.Size != input.Size)
        {
            throw new ArgumentException(
                $"A one-to-one connection needs two populations of one size, but leads from {input} to {output}. "
                + "Use Connectivity.Dense, or make the sizes the same.", nameof(target));
        }

        var table = new SynapseTableBuilder(input.Size, output.Size);
        for (int n = 0; n < input.Size; n++)
        {
            table.Add(n, n);
            table.EndRow();
        }

        return new ResolvedConnectivity(output, table.ToTable(input.Size));
    }
}
