namespace Microsoft.ML.Snn.Networks;

/// <summary>Every neuron to every neuron; weights [from, to].</summary>
internal sealed record DenseConnectivity : Connectivity
{
    public override string ToString() => "dense";

    internal override ResolvedConnectivity Resolve(Shape input, Shape? target, int stream)
    {
        Shape output = ConnectivityRules.NeedTarget(target, "A dense connection");
        ConnectivityRules.WeightCount((long)input.Size * output.Size, "A dense connection");
        return new ResolvedConnectivity(output, SynapseTable.Dense(input.Size, output.Size), MatrixColumns: output.Size);
    }
}
