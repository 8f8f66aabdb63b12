using System.Collections.Generic;
using System.Threading;

namespace Microsoft.ML.Snn;

/// <summary>What every experiment can be told.</summary>
public abstract class ExperimentSettings
{
    private protected ExperimentSettings()
    {
    }

    /// <summary>Gets or sets how long to search, the last training on all rows included.</summary>
    /// <value>Seconds, 1 or more. The default is 600. The first model is always finished, if cut short.</value>
    public uint MaxExperimentTimeInSeconds { get; set; } = 600;

    /// <summary>Gets or sets after how many models to stop.</summary>
    /// <value>1 or more. The default of null stops when the time is over.</value>
    public int? MaxModels { get; set; }

    /// <summary>Gets or sets how to stop the search from outside.</summary>
    /// <value>Cancelling ends it within one batch; <c>Execute</c> then returns what was found so far.</value>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Gets or sets the seed of the search and of every training.</summary>
    /// <value>The default of null takes the seed of the <see cref="MLContext"/>, or 0 if that has none.</value>
    public int? Seed { get; set; }

    /// <summary>Gets or sets the share of the rows that validates where <c>Execute</c> was given no validation data.</summary>
    /// <value>Above 0, below 1. The default is 0.2.</value>
    public double ValidationFraction { get; set; } = 0.2;

    /// <summary>
    /// Gets or sets whether the best pipeline is trained once more on all rows, where <c>Execute</c> was given no validation data.
    /// </summary>
    /// <value>The default is true. Its metrics stay those of the validation rows.</value>
    public bool RefitOnAllRows { get; set; } = true;

    /// <summary>
    /// Gets other trainers that compete, so that one sees whether a spiking network is worth it. Each gets the same prepared
    /// columns, "Features" and the label, and is tried once, after the first network.
    /// </summary>
    public IList<ExperimentRival> Rivals { get; } = [];

    internal void Validate()
    {
        Require.InRange(MaxExperimentTimeInSeconds, 1.0, uint.MaxValue, "Use the number of seconds you want to wait.", nameof(MaxExperimentTimeInSeconds));
        Require.InRange(MaxModels ?? 1, 1, int.MaxValue, "Use the number of models to try.", nameof(MaxModels));
        Require.Fraction(ValidationFraction, "Typical values are 0.1 to 0.3.");
    }
}
