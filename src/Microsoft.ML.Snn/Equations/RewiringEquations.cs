namespace Microsoft.ML.Snn.Equations;

/// <summary>What Deep-R does to the weight of a synapse of fixed sign.</summary>
/// <remarks>
/// θ := θ - strength + noise·ν for the amount θ = sign·w, with ν standard normal; dormant where θ &lt; 0. The gradient
/// has moved w before. Source: Bellec et al., ICLR (2018), algorithm 1, whose ηα is the strength.
/// </remarks>
internal readonly struct RewiringEquations(float strength, float noise)
{
    public bool IsNoisy => noise != 0;

    /// <summary>The amount of a weight after the pull; negative where the synapse goes dormant.</summary>
    /// <param name="weight">The weight after the optimiser's update.</param>
    /// <param name="isInhibitory">Whether the synapse's sign is negative.</param>
    /// <param name="normal">A standard normal number.</param>
    public float Amount(float weight, bool isInhibitory, float normal) =>
        (isInhibitory ? -weight : weight) - strength + noise * normal;
}
