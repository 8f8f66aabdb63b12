namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The gradient that some examples of a batch add to.</summary>
/// <param name="values">In the layout of <see cref="GraphParameters"/>.</param>
/// <param name="touched">For every part of it 1 where something may have been added, else 0.</param>
internal readonly unsafe struct GradientSlice(float* values, byte* touched)
{
    public readonly float* Values = values;

    public readonly byte* Touched = touched;
}
