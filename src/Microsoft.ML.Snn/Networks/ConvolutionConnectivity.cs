using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Convolution in one or two dimensions, of its input or of averages over pools of its input.</summary>
/// <remarks>The weights are ordered by <see cref="KernelOrder"/>, so that the outputs in a line make one run.</remarks>
internal sealed record ConvolutionConnectivity(
    int Filters, Size2D Kernel, Size2D Stride, Padding Padding, PoolWindow? Pool, bool IsOneDimensional) : Connectivity
{
    private string Name => IsOneDimensional ? "Convolution1D" : Pool is null ? "Convolution2D" : "AveragePoolConvolution2D";

    public void Validate()
    {
        Require.InRange(Filters, 1, 1 << 20, "Typical convolutions have 8 to 64 filters.", "filters");
        Kernel.Validate("kernel");
        Stride.Validate("stride");
        Require.Defined(Padding, "Use Padding.Valid.", "padding");
        Pool?.Validate();
    }

    public override string ToString()
    {
        string kernel = IsOneDimensional ? Kernel.Width.ToString(CultureInfo.InvariantCulture) : Kernel.ToString();
        string stride = IsOneDimensional ? Stride.Width.ToString(CultureInfo.InvariantCulture) : Stride.ToString();
        return (Pool is null ? "" : $"average pool {Pool} and ")
            + string.Create(CultureInfo.InvariantCulture, $"convolution {Filters} x {kernel}")
            + (Stride == 1 ? "" : $", stride {stride}")
            + (Padding == Padding.Same ? ", same" : "");
    }

    internal override ResolvedConnectivity Resolve(Shape input, Shape? target, int stream)
    {
        ConnectivityRules.NeedRank(input, IsOneDimensional ? 2 : 3, Name);
        int height = IsOneDimensional ? 1 : input[0];
        int width = input[input.Rank - 2];
        int channels = input[input.Rank - 1];

        // A pool of one input is what there is without a pool.
        PoolWindow pool = Pool ?? new PoolWindow(1, 1);
        ConvolutionAxis poolVertical = pool.Vertical(height);
        ConvolutionAxis poolHorizontal = pool.Horizontal(width);
        ConvolutionAxis vertical = ConvolutionAxis.Create(poolVertical.Output, Kernel.Height, Stride.Height, Padding);
        ConvolutionAxis horizontal = ConvolutionAxis.Create(poolHorizontal.Output, Kernel.Width, Stride.Width, Padding);
        ConnectivityRules.NeedRoom(vertical.Output > 0 && horizontal.Output > 0, input, Name);
        Shape found = IsOneDimensional ? [horizontal.Output, Filters] : [vertical.Output, horizontal.Output, Filters];
        Shape output = ConnectivityRules.AgreedTarget(target, found, Name, input);
        var order = new KernelOrder(channels, Kernel, Stride.Width, Filters);
        int weights = ConnectivityRules.WeightCount(order.LongCount, Name);

        var table = new SynapseTableBuilder(input.Size, output.Size);
        for (int row = 0; row < input.Size; row++)
        {
            (int firstY, int lastY) = poolVertical.Readers(row / channels / width);
            (int firstX, int lastX) = poolHorizontal.Readers(row / channels % width);
            for (int y = firstY; y <= lastY; y++)
            {
                for (int x = firstX; x <= lastX; x++)
                {
                    AddReaders(table, order, vertical, horizontal, y, x, row % channels);
                }
            }

            table.EndRow();
        }

        return new ResolvedConnectivity(
            output, table.ToTable(weights), InitialScale: 1f / pool.Area, MatrixColumns: Filters);
    }

    private static void AddReaders(
        SynapseTableBuilder table, KernelOrder order, ConvolutionAxis vertical, ConvolutionAxis horizontal, int y, int x, int channel)
    {
        (int firstY, int lastY) = vertical.Readers(y);
        (int firstX, int lastX) = horizontal.Readers(x);
        for (int outY = firstY; outY <= lastY; outY++)
        {
            for (int outX = firstX; outX <= lastX; outX++)
            {
                int weight = order.IndexOf(vertical.KernelIndex(y, outY), horizontal.KernelIndex(x, outX), channel, 0);
                table.Add((outY * horizontal.Output + outX) * order.Filters, weight, order.Filters);
            }
        }
    }
}
