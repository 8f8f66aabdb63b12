namespace Microsoft.ML.Snn;

/// <summary>The parts that a published data set comes in.</summary>
public enum DataSplit
{
    /// <summary>What a network is trained on.</summary>
    Train = 0,

    /// <summary>What it is judged by.</summary>
    Test = 1,
}
