namespace Microsoft.ML.Snn.Trainers;

/// <summary>Model parameters of any task.</summary>
internal interface ITrainedNetwork
{
    /// <summary>The network and what it was trained on.</summary>
    NetworkScoring Scoring { get; }
}
