namespace Microsoft.ML.Snn.Networks;

/// <summary>Average over pools and a dense connection of the averages; weights [pool, to], shared by the inputs of a pool.</summary>
internal sealed record PooledDenseConnectivity(PoolWindow Window) : Connectivity
{
    public void Validate() => Window.Validate();

    public override string ToString() => $"average pool {Window} and dense";

    internal override ResolvedConnectivity Resolve(Shape input, Shape? target, int stream)
    {
        ConnectivityRules.NeedRank(input, 3, "AveragePoolDense");
        Shape output = ConnectivityRules.NeedTarget(target, "AveragePoolDense");
        ConvolutionAxis vertical = Window.Vertical(input[0]);
        ConvolutionAxis horizontal = Window.Horizontal(input[1]);
        ConnectivityRules.NeedRoom(vertical.Output > 0 && horizontal.Output > 0, input, "AveragePoolDense");
        int channels = input[2];
        int weights = ConnectivityRules.WeightCount(
            (long)vertical.Output * horizontal.Output * channels * output.Size, "AveragePoolDense");

        var table = new SynapseTableBuilder(input.Size, output.Size);
        for (int row = 0; row < input.Size; row++)
        {
            (int firstY, int lastY) = vertical.Readers(row / channels / input[1]);
            (int firstX, int lastX) = horizontal.Readers(row / channels % input[1]);
            for (int y = firstY; y <= lastY; y++)
            {
                for (int x = firstX; x <= lastX; x++)
                {
                    int pool = (y * horizontal.Output + x) * channels + row % channels;
                    table.Add(0, pool * output.Size, output.Size);
                }
            }

            table.EndRow();
        }

        return new ResolvedConnectivity(
            output, table.ToTable(weights), InitialScale: 1f / Window.Area, MatrixColumns: output.Size);
    }
}
