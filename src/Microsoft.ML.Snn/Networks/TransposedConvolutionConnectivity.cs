using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Transposed convolution; weights [channel, kernel row, kernel column, filter].</summary>
internal sealed record TransposedConvolutionConnectivity(int Filters, Size2D Kernel, Size2D Stride, Padding Padding) : Connectivity
{
    private const string Name = "TransposedConvolution2D";

    public void Validate()
    {
        Require.InRange(Filters, 1, 1 << 20, "Typical convolutions have 8 to 64 filters.", "filters");
        Kernel.Validate("kernel");
        Stride.Validate("stride");
        Require.Defined(Padding, "Use Padding.Valid.", "padding");
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"transposed convolution {Filters} x {Kernel}")
        + (Stride == 1 ? "" : $", stride {Stride}")
        + (Padding == Padding.Same ? ", same" : "");

    internal override ResolvedConnectivity Resolve(Shape input, Shape? target, int stream)
    {
        ConnectivityRules.NeedRank(input, 3, Name);
        int channels = input[2];

        // The axes are those of the convolution that this one is the transpose of: from our outputs to our inputs.
        ConvolutionAxis vertical = Axis(input[0], Kernel.Height, Stride.Height);
        ConvolutionAxis horizontal = Axis(input[1], Kernel.Width, Stride.Width);
        Shape found = [vertical.Input, horizontal.Input, Filters];
        Shape output = ConnectivityRules.AgreedTarget(target, found, Name, input);
        int weights = ConnectivityRules.WeightCount((long)channels * Kernel.Height * Kernel.Width * Filters, Name);

        var table = new SynapseTableBuilder(input.Size, output.Size);
        for (int row = 0; row < input.Size; row++)
        {
            int top = row / channels / input[1] * Stride.Height - vertical.Before;
            int left = row / channels % input[1] * Stride.Width - horizontal.Before;
            int firstColumn = Math.Max(0, -left);
            int columns = Math.Min(Kernel.Width, horizontal.Input - left) - firstColumn;
            for (int y = Math.Max(0, -top); y < Math.Min(Kernel.Height, vertical.Input - top); y++)
            {
                int weight = ((row % channels * Kernel.Height + y) * Kernel.Width + firstColumn) * Filters;
                table.Add(((top + y) * horizontal.Input + left + firstColumn) * Filters, weight, columns * Filters);
            }

            table.EndRow();
        }

        return new ResolvedConnectivity(output, table.ToTable(weights), MatrixColumns: Filters);
    }

    private ConvolutionAxis Axis(int input, int kernel, int stride) => Padding == Padding.Valid
        ? new ConvolutionAxis((input - 1) * stride + kernel, input, kernel, stride, 0)
        : ConvolutionAxis.Create(input * stride, kernel, stride, Padding.Same);
}
