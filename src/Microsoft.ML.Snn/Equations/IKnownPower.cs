namespace Microsoft.ML.Snn.Equations;

/// <summary>A whole τm/τs that the compiler knows.</summary>
/// <remarks>Where it does, a loop over neurons has no call in it, before which every register would have to be saved.</remarks>
internal interface IKnownPower
{
    /// <summary>2 or 4, or 0 for a ratio that is looked up when it is needed.</summary>
    static abstract int Value { get; }
}
