namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>The rows of a block: the weights of a connection with all that learning keeps of them. Shape [row, neuron of the block] each.</summary>
/// <param name="weight">The weights.</param>
/// <param name="mean">Their first moments.</param>
/// <param name="square">Their second moments.</param>
/// <param name="gradient">Their gradient where it is kept, else null.</param>
internal readonly unsafe struct ColumnRows(float* weight, float* mean, float* square, float* gradient)
{
    public readonly float* Weight = weight;
    public readonly float* Mean = mean;
    public readonly float* Square = square;
    public readonly float* Gradient = gradient;
}
