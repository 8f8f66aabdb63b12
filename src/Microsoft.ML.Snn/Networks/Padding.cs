namespace Microsoft.ML.Snn;

/// <summary>What a convolution does at the border of its input.</summary>
public enum Padding
{
    /// <summary>The kernel stays inside the input: ⌊(n - kernel) / stride⌋ + 1 outputs of n inputs.</summary>
    Valid = 0,

    /// <summary>Silent channels around the input: ⌈n / stride⌉ outputs. Where they are odd in number, the end has one more.</summary>
    Same = 1,
}
