namespace Microsoft.ML.Snn;

/// <summary>Stops a training whose validation loss no longer falls. Immutable.</summary>
public sealed record EarlyStopping
{
    /// <summary>Creates the rule.</summary>
    /// <param name="patience">Number of epochs without improvement after which training stops, 1 or more.</param>
    /// <param name="minimumImprovement">How much lower a validation loss must be to count, 0 or more.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public EarlyStopping(int patience, double minimumImprovement = 0)
    {
        Require.InRange(patience, 1, int.MaxValue, "Typical values are 3 to 10.");
        Require.NotNegative(minimumImprovement, "Use 0 to count every improvement.");
        Patience = patience;
        MinimumImprovement = minimumImprovement;
    }

    /// <summary>Gets the number of epochs without improvement after which training stops.</summary>
    public int Patience { get; }

    /// <summary>Gets how much lower a validation loss must be to count as an improvement.</summary>
    public double MinimumImprovement { get; }
}
