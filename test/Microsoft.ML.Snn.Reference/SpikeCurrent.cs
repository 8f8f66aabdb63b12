namespace Microsoft.ML.Snn.Reference;

/// <summary>Which current a grid spike keeps for the backward pass.</summary>
public enum SpikeCurrent
{
    /// <summary>The current at the end of the step, before the next arrivals.</summary>
    GridEnd,

    /// <summary>
    /// The current where the straight line through both membrane values meets the threshold:
    /// I (1 - f (1 - β)) with f = (ϑ - V_old) / (V_new - V_old).
    /// </summary>
    Interpolated,
}
