using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Which neurons of one population are connected to which neurons of the next, and which synapses share a weight. Immutable.</summary>
/// <remarks>
/// Memory and work are in proportion to the synapses that there are, not to the product of the populations' sizes.
/// Convolutions and pools need inputs of shape [height, width, channels] or [length, channels], see <see cref="Shape"/>.
/// </remarks>
public abstract record Connectivity
{
    private protected Connectivity()
    {
    }

    /// <summary>Gets the connectivity of every neuron to every neuron.</summary>
    public static Connectivity Dense { get; } = new DenseConnectivity();

    /// <summary>Gets the connectivity of each neuron to the one neuron of the same number; both populations have one size.</summary>
    public static Connectivity OneToOne { get; } = new OneToOneConnectivity();

    /// <summary>Each pair of neurons is connected with the same probability, independently of the others.</summary>
    /// <param name="probability">Probability of a synapse, above 0 to 1.</param>
    /// <param name="seed">Which random connections; the same seed gives the same ones on every machine.</param>
    /// <param name="allowSelf">
    /// Whether neuron n may be connected to neuron n. Say false for recurrent connections that should lead to others only.
    /// </param>
    /// <param name="rewiring">How the synapses move to other places while the network learns; by default not at all.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Connectivity Sparse(double probability, int seed = 0, bool allowSelf = true, DeepRewiring? rewiring = null)
    {
        rewiring?.Validate();
        Require.Factor(probability, "Use for example 0.1.");
        return new SparseConnectivity(probability, seed, allowSelf, rewiring);
    }

    /// <summary>Exactly the given synapses, each with a weight of its own. The weights are in the order of from, then to.</summary>
    /// <param name="pairs">Numbers of the presynaptic and the postsynaptic neuron, in any order, none twice.</param>
    /// <exception cref="ArgumentException">There is no pair, a number is negative, or a pair occurs twice.</exception>
    public static Connectivity Pairs(IEnumerable<(int From, int To)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return new PairConnectivity(pairs);
    }

    /// <summary>Two-dimensional convolution of [height, width, channels]; the output has the shape [height, width, filters].</summary>
    /// <param name="filters">Number of filters, 1 or more.</param>
    /// <param name="kernel">Size of the kernel.</param>
    /// <param name="stride">Distance of neighbouring outputs; by default 1.</param>
    /// <param name="padding">What happens at the border.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Connectivity Convolution2D(
        int filters, Size2D kernel, Size2D? stride = null, Padding padding = Padding.Valid)
    {
        var connectivity = new ConvolutionConnectivity(filters, kernel, stride ?? 1, padding, null, false);
        connectivity.Validate();
        return connectivity;
    }

    /// <summary>One-dimensional convolution of [length, channels]; the output has the shape [length, filters].</summary>
    /// <param name="filters">Number of filters, 1 or more.</param>
    /// <param name="kernel">Size of the kernel, 1 or more.</param>
    /// <param name="stride">Distance of neighbouring outputs, 1 or more.</param>
    /// <param name="padding">What happens at the border.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Connectivity Convolution1D(int filters, int kernel, int stride = 1, Padding padding = Padding.Valid)
    {
        var connectivity = new ConvolutionConnectivity(filters, new(1, kernel), new(1, stride), padding, null, true);
        connectivity.Validate();
        return connectivity;
    }

    /// <summary>The transpose of a two-dimensional convolution: each input channel is spread over a kernel of outputs.</summary>
    /// <remarks>
    /// Of n inputs it makes (n - 1)·stride + kernel outputs where <paramref name="padding"/> is valid, and n·stride where
    /// it is same.
    /// </remarks>
    /// <param name="filters">Number of output channels, 1 or more.</param>
    /// <param name="kernel">Size of the kernel.</param>
    /// <param name="stride">Distance of the outputs of neighbouring inputs; by default 1.</param>
    /// <param name="padding">What happens at the border.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Connectivity TransposedConvolution2D(
        int filters, Size2D kernel, Size2D? stride = null, Padding padding = Padding.Valid)
    {
        var connectivity = new TransposedConvolutionConnectivity(filters, kernel, stride ?? 1, padding);
        connectivity.Validate();
        return connectivity;
    }

    /// <summary>Average over pools of [height, width, channels], channel by channel. Its weights are not learned.</summary>
    /// <param name="pool">Size of a pool. Inputs at the end that do not fill a pool are left out.</param>
    /// <param name="stride">Distance of neighbouring pools; by default the size of a pool.</param>
    /// <param name="weight">Sum of the weights of one pool, in units of the threshold.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Connectivity AveragePool2D(Size2D pool, Size2D? stride = null, double weight = 1)
    {
        var connectivity = new AveragePoolConnectivity(new PoolWindow(pool, stride ?? pool), weight);
        connectivity.Validate();
        return connectivity;
    }

    /// <summary>Average over pools and a convolution of the averages, in one connection without neurons between.</summary>
    /// <remarks>
    /// A weight acts on each input of a pool, so it is 1 / (pool height · pool width) of the weight that acts on the
    /// average; initial weights are divided by that.
    /// </remarks>
    /// <param name="pool">Size of a pool.</param>
    /// <param name="filters">Number of filters, 1 or more.</param>
    /// <param name="kernel">Size of the kernel, in pools.</param>
    /// <param name="poolStride">Distance of neighbouring pools; by default the size of a pool.</param>
    /// <param name="stride">Distance of neighbouring outputs, in pools; by default 1.</param>
    /// <param name="padding">What happens at the border of the pools.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Connectivity AveragePoolConvolution2D(
        Size2D pool, int filters, Size2D kernel, Size2D? poolStride = null, Size2D? stride = null, Padding padding = Padding.Valid)
    {
        var window = new PoolWindow(pool, poolStride ?? pool);
        var connectivity = new ConvolutionConnectivity(filters, kernel, stride ?? 1, padding, window, false);
        connectivity.Validate();
        return connectivity;
    }

    /// <summary>Average over pools of [height, width, channels], and every average to every neuron, without neurons between.</summary>
    /// <remarks>
    /// A weight acts on each input of a pool, so it is 1 / (pool height · pool width) of the weight that acts on the
    /// average; initial weights are divided by that.
    /// </remarks>
    /// <param name="pool">Size of a pool. Inputs at the end that do not fill a pool are left out.</param>
    /// <param name="stride">Distance of neighbouring pools; by default the size of a pool.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Connectivity AveragePoolDense(Size2D pool, Size2D? stride = null)
    {
        var connectivity = new PooledDenseConnectivity(new PoolWindow(pool, stride ?? pool));
        connectivity.Validate();
        return connectivity;
    }

    /// <summary>Works out the synapses between two populations.</summary>
    /// <param name="input">Shape of the presynaptic population.</param>
    /// <param name="target">Shape of the postsynaptic population, or null where it follows from the connectivity.</param>
    /// <param name="stream">Number of the connection in its network, so that two random ones of one seed differ.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    internal abstract ResolvedConnectivity Resolve(Shape input, Shape? target, int stream = 0);
}
