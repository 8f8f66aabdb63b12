using System.Collections.Generic;
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

    /// <summary>The same weight for every synapse.</summary>
    /// <param name="value">The weight, in units of the threshold.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">The number is not finite.</exception>
    public static Weights Of(double value)
    {
        Require.Finite(value, "Use for example 1.");
        return new UniformWeights(value, value);
    }

    /// <summary>A weight for each synapse.</summary>
    /// <remarks>
    /// In the order of the presynaptic neurons or channels and, for each of them, of the postsynaptic neurons, only where there is a
    /// synapse. Where synapses share weights, as in a convolution, the kernel in the order in which <c>GetWeights</c> gives it. Another
    /// number of weights than the connection has is an error when training begins.
    /// </remarks>
    /// <param name="values">The weights, in units of the threshold.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">There is none, or one is not finite.</exception>
    public static Weights PerSynapse(IEnumerable<double> values)
    {
        System.ArgumentNullException.ThrowIfNull(values);
        return new GivenWeights(values);
    }

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
        Require.NotNegative(maximum - minimum, "The minimum must not be above the maximum.");
        return new UniformWeights(minimum, maximum);
    }

    /// <summary>Zero mean and the variance gain² · 2 / (fan-in + fan-out).</summary>
    /// <remarks>
    /// The fans are the mean numbers of synapses per neuron, also of sparse connections and convolutions. Source: Glorot
    /// and Bengio, AISTATS 9:249 (2010).
    /// </remarks>
    /// <param name="uniform">Whether the distribution is uniform; else it is normal.</param>
    /// <param name="gain">Factor of all weights, above 0.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">The gain is not above 0.</exception>
    public static Weights Glorot(bool uniform = true, double gain = 1)
    {
        Require.Positive(gain, "The usual gain is 1.");
        return new FanWeights(IsGlorot: true, uniform, gain);
    }

    /// <summary>Zero mean and the variance gain² · 2 / fan-in; also known as Kaiming.</summary>
    /// <remarks>
    /// The fan-in is the mean number of synapses per neuron, also of sparse connections and convolutions. Source: He,
    /// Zhang, Ren and Sun, ICCV (2015).
    /// </remarks>
    /// <param name="uniform">Whether the distribution is uniform; else it is normal.</param>
    /// <param name="gain">Factor of all weights, above 0.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">The gain is not above 0.</exception>
    public static Weights He(bool uniform = false, double gain = 1)
    {
        Require.Positive(gain, "The usual gain is 1.");
        return new FanWeights(IsGlorot: false, uniform, gain);
    }

    /// <summary>A random matrix with orthonormal rows or columns, whichever are fewer, times a gain.</summary>
    /// <remarks>
    /// For dense connections, and for convolutions as the matrix of kernel places by filters. Other connections are an
    /// error when training begins. The cost is that of a QR decomposition, rows · columns · the smaller of the two.
    /// Source: Saxe, McClelland and Ganguli, ICLR (2014).
    /// </remarks>
    /// <param name="gain">Factor of all weights, above 0.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">The gain is not above 0.</exception>
    public static Weights Orthogonal(double gain = 1)
    {
        Require.Positive(gain, "The usual gain is 1.");
        return new OrthogonalWeights(gain);
    }

    /// <summary>Zero mean and the deviation with which the membrane potential fluctuates by a given amount.</summary>
    /// <remarks>
    /// The membrane is that of a neuron without threshold, in a stationary state under Poisson spikes; trials should be
    /// longer than its time constants. It fluctuates around a mean that differs from neuron to neuron and is 0 for the
    /// population. Source: Rossbroich, Gygax and Zenke, Neuromorph. Comput. Eng. 2:044016 (2022).
    /// </remarks>
    /// <param name="inputRate">
    /// Mean rate of a presynaptic neuron or input channel in spikes per second, above 0. By default that of the training
    /// data for connections from the input, and one spike per trial for others.
    /// </param>
    /// <param name="fluctuation">
    /// Standard deviation of the membrane potential, in units of the threshold, above 0. The source's ξ is 1 / fluctuation
    /// and should be 1 to 3.
    /// </param>
    /// <param name="share">
    /// Part of the variance that comes from this connection, above 0 to 1. Where several connections lead to one
    /// population, their shares should add up to 1; the source's α is the share of the connection from the layer before.
    /// </param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Weights FluctuationDriven(double? inputRate = null, double fluctuation = 0.5, double share = 1)
    {
        Require.Positive(inputRate ?? 1, "Typical rates are 5 to 100 spikes per second.", nameof(inputRate));
        Require.Positive(fluctuation, "Typical values are 0.33 to 1.");
        Require.Factor(share, "Use 1 where no other connection leads to the population.");
        return new FluctuationDrivenWeights(inputRate, fluctuation, share);
    }
}
