namespace Microsoft.ML.Snn;

/// <summary>How the gradient is computed. Immutable; <see cref="EventProp"/> is the one there is.</summary>
public abstract record LearningAlgorithm
{
    private protected LearningAlgorithm()
    {
    }

    internal abstract void Validate();
}
