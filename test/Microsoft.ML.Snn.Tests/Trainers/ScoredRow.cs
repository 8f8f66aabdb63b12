namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>What a prediction engine gives.</summary>
internal sealed class ScoredRow
{
    public float[] Score { get; set; } = [];

    public uint PredictedLabel { get; set; }
}
