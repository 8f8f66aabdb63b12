namespace Microsoft.ML.Snn.Reference;

/// <summary>What a grid spike does to its membrane.</summary>
public enum GridReset
{
    /// <summary>V = Vreset.</summary>
    Absolute,

    /// <summary>V = V - (ϑ - Vreset): what V overshot is kept.</summary>
    Subtraction,
}
