namespace Microsoft.ML.Snn.Networks;

/// <summary>What a <see cref="Connectivity"/> has become between two populations of known shapes.</summary>
/// <param name="Output">Shape of the postsynaptic population.</param>
/// <param name="Table">The synapses.</param>
/// <param name="FixedWeight">The value of every weight where they are not learned, else null.</param>
/// <param name="InitialScale">What initial weights are multiplied with: 1 / area of a fused pool, else 1.</param>
/// <param name="MatrixColumns">
/// Columns of the matrix that the weights are, row by row: neurons of a dense layer, filters of a convolution; 0 where
/// they are no matrix.
/// </param>
internal sealed record ResolvedConnectivity(
    Shape Output, SynapseTable Table, float? FixedWeight = null, float InitialScale = 1, int MatrixColumns = 0)
{
    /// <summary>How the connection is rewired while it learns, or null.</summary>
    public RewiringProgram? Rewiring { get; init; }
}
