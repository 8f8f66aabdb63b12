namespace Microsoft.ML.Snn.Networks;

/// <summary>Where the weight of a place in a convolution's kernel is kept: [channel, row, column in reading order, filter].</summary>
/// <remarks>
/// The outputs in a line that read one input do so at columns x, x - stride, x - 2·stride of the kernel. Columns with the
/// same remainder are therefore kept next to each other from the largest to the smallest: then the targets and the weights of these
/// outputs are both adjacent, and an input has one run of synapses per line of outputs, whatever the stride.
/// </remarks>
/// <param name="Channels">Number of input channels.</param>
/// <param name="Kernel">Size of the kernel.</param>
/// <param name="Stride">Stride along the columns.</param>
/// <param name="Filters">Number of output channels.</param>
internal readonly record struct KernelOrder(int Channels, Size2D Kernel, int Stride, int Filters)
{
    /// <summary>Number of weights.</summary>
    public long LongCount => (long)Kernel.Height * Kernel.Width * Channels * Filters;

    /// <summary>Place of a weight.</summary>
    public int IndexOf(int row, int column, int channel, int filter) =>
        ((channel * Kernel.Height + row) * Kernel.Width + Place(column)) * Filters + filter;

    private int Place(int column)
    {
        // Columns of smaller remainder come first: each remainder r below the width has ⌈(width - r) / stride⌉ of them.
        int remainder = column % Stride;
        int full = Kernel.Width / Stride, more = Kernel.Width % Stride;
        int before = remainder * full + (remainder < more ? remainder : more);
        int count = full + (remainder < more ? 1 : 0);
        return before + count - 1 - column / Stride;
    }
}
