namespace Microsoft.ML.Snn.Networks;

/// <summary>Weights whose distribution follows from the connection alone.</summary>
internal abstract record ScaledWeights : Weights
{
    /// <summary>The distribution for one connection.</summary>
    public abstract DrawnWeights For(in InitialContext context);
}
