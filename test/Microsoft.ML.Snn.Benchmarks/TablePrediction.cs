namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>What every multiclass trainer gives for a row.</summary>
internal sealed class TablePrediction
{
    public float[] Score { get; set; } = [];
}
