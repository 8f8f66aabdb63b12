namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What one example of a batch showed.</summary>
internal struct EPropResult
{
    public float Loss;

    /// <summary>Number of right decisions.</summary>
    public int Correct;
}
