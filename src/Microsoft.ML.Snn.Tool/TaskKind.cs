namespace Microsoft.ML.Snn.Tool;

/// <summary>What is to be predicted.</summary>
internal enum TaskKind
{
    /// <summary>One of several classes.</summary>
    Multiclass,

    /// <summary>Yes or no.</summary>
    Binary,

    /// <summary>A number.</summary>
    Regression,
}
