namespace Microsoft.ML.Snn.Networks;

/// <summary>Average over pools, channel by channel. All synapses share one weight, which is not learned.</summary>
internal sealed record AveragePoolConnectivity(PoolWindow Window, double Weight) : Connectivity
{
    public void Validate()
    {
        Window.Validate();
        Require.Finite(Weight, "Use for example 1.", "weight");
    }

    public override string ToString() => $"average pool {Window}";

    internal override ResolvedConnectivity Resolve(Shape input, Shape? target, int stream)
    {
        ConnectivityRules.NeedRank(input, 3, "AveragePool2D");
        ConvolutionAxis vertical = Window.Vertical(input[0]);
        ConvolutionAxis horizontal = Window.Horizontal(input[1]);
        ConnectivityRules.NeedRoom(vertical.Output > 0 && horizontal.Output > 0, input, "AveragePool2D");
        int channels = input[2];
        Shape found = [vertical.Output, horizontal.Output, channels];
        Shape output = ConnectivityRules.AgreedTarget(target, found, "AveragePool2D", input);

        var table = new SynapseTableBuilder(input.Size, output.Size);
        for (int row = 0; row < input.Size; row++)
        {
            (int firstY, int lastY) = vertical.Readers(row / channels / input[1]);
            (int firstX, int lastX) = horizontal.Readers(row / channels % input[1]);
            for (int y = firstY; y <= lastY; y++)
            {
                for (int x = firstX; x <= lastX; x++)
                {
                    table.Add((y * horizontal.Output + x) * channels + row % channels, 0);
                }
            }

            table.EndRow();
        }

        return new ResolvedConnectivity(output, table.ToTable(1), FixedWeight: (float)(Weight / Window.Area));
    }
}
