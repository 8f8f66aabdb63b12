using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>How the weights of a connection are drawn before training. Immutable.</summary>
public abstract record Weights
{
    private protected Weights()
    {
    }

    /// <summary>Gets weights drawn so that a fresh layer of any width spikes at a sensible rate.</summary>
    /// <value>
    /// A normal distribution whose mean and deviation follow from the number of spikes that one example brings to a
    /// neuron of this layer, measured on the training data: by the end of a trial the membrane potential of a
    /// neuron that never spiked would have mean and deviation near the threshold.
    /// </value>
    public static Weights Balanced { get; } = new BalancedWeights();

    /// <summary>Weights from a normal distribution.</summary>
    /// <param name="mean">Mean, in units of the threshold.</param>
    /// <param name="standardDeviation">Standard deviation, 0 or more.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is not finite or the deviation is negative.</exception>
    public static Weights Normal(double mean, double standardDeviation)
    {
        Require.Finite(mean, "Use for example 0.");
        Require.NotNegative(standardDeviation, "Use for example 1 / sqrt(inputs).");
        return new NormalWeights(mean, standardDeviation);
    }

    /// <summary>Weights from a uniform distribution.</summary>
    /// <param name="minimum">Smallest weight, in units of the threshold.</param>
    /// <param name="maximum">Upper end of the range, not below <paramref name="minimum"/>.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is not finite or the range is empty.</exception>
    public static Weights Uniform(double minimum, double maximum)
    {
        Require.Finite(minimum, "Use for example -0.1.");
        Require.Finite(maximum, "Use for example 0.1.");
        Require.Inside(minimum, double.MinValue, double.BitIncrement(maximum), "The minimum must not be above the maximum.");
        return new UniformWeights(minimum, maximum);
    }
}
