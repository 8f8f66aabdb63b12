namespace Microsoft.ML.Snn;

/// <summary>What happens to the membrane potential at a spike.</summary>
public enum ResetMode
{
    /// <summary>It takes the reset value, wherever it was.</summary>
    Absolute = 0,

    /// <summary>It falls by threshold minus reset, so that what was above the threshold is kept.</summary>
    Subtraction = 1,
}
