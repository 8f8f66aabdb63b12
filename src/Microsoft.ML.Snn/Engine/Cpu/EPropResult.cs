namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What one example of a batch showed.</summary>
internal struct EPropResult
{
    public float Loss;

    public bool IsCorrect;
}
