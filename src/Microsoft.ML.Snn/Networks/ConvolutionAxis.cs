using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>One dimension of a convolution: output o reads the inputs o·stride + k - before, for k below kernel.</summary>
/// <param name="Input">Number of inputs.</param>
/// <param name="Output">Number of outputs.</param>
/// <param name="Kernel">Size of the kernel.</param>
/// <param name="Stride">Inputs between neighbouring outputs.</param>
/// <param name="Before">Silent inputs before the first one.</param>
internal readonly record struct ConvolutionAxis(int Input, int Output, int Kernel, int Stride, int Before)
{
    /// <summary>The axis that a padding makes; the number of outputs is 0 or less where the kernel does not fit.</summary>
    public static ConvolutionAxis Create(int input, int kernel, int stride, Padding padding)
    {
        if (padding == Padding.Valid)
        {
            return new ConvolutionAxis(input, input < kernel ? 0 : (input - kernel) / stride + 1, kernel, stride, 0);
        }

        int output = (input + stride - 1) / stride;
        int silent = Math.Max(0, (output - 1) * stride + kernel - input);
        return new ConvolutionAxis(input, output, kernel, stride, silent / 2);
    }

    /// <summary>The first and the last output that read an input; none where the first is above the last.</summary>
    public (int First, int Last) Readers(int input)
    {
        // o·stride must be from input + before - kernel + 1 to input + before.
        int last = input + Before;
        int first = Math.Max(0, last - Kernel + 1);
        return ((first + Stride - 1) / Stride, Math.Min(last / Stride, Output - 1));
    }

    /// <summary>Place in the kernel at which an output reads an input.</summary>
    public int KernelIndex(int input, int output) => input + Before - output * Stride;
}
