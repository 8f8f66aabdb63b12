namespace Microsoft.ML.Snn;

/// <summary>By which weights the error of the output reaches the hidden neurons in <see cref="EProp"/>.</summary>
public enum EPropFeedback
{
    /// <summary>The output weights themselves. Only the last hidden layer is connected to the output.</summary>
    Symmetric = 0,

    /// <summary>Random weights that stay as they were drawn. Any number of hidden layers.</summary>
    Random = 1,

    /// <summary>Random weights that learn by the rule of output weights, and forget as these do. Any number of hidden layers.</summary>
    Adaptive = 2,
}
