using System;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers.Layers;

namespace Microsoft.ML.Snn;

public sealed partial class SnnOperations
{
    // Counts of spikes tell a linear trainer most where neurons differ much: on optdigits a deviation of 1 gave 92 %, 4 to 8 gave 95.5 %.
    private const double ReservoirFluctuation = 4;

    /// <summary>Runs each spike train through a layer of spiking neurons with random weights: a reservoir, or liquid state machine.</summary>
    /// <remarks>
    /// The weights are drawn once, with a mean of 0 and a deviation that follows from the statistics of the training data
    /// (<see cref="Weights.FluctuationDriven"/> with a strong fluctuation of 4), so that neurons spike and differ.
    /// Append <see cref="DecodeSpikeCount"/> and any trainer of ML.NET. Source of the idea: Maass, Natschläger and Markram,
    /// Neural Comput. 14:2531 (2002).
    /// </remarks>
    /// <param name="outputColumnName">The new column: a spike train of as many channels as there are neurons.</param>
    /// <param name="inputColumnName">
    /// A spike train, or a plain vector of Single of a known size, which is presented as a constant current for 20 steps of 1 ms. The default is
    /// <paramref name="outputColumnName"/>.
    /// </param>
    /// <param name="units">Number of neurons, 1 to 1 048 576. The default is 500.</param>
    /// <param name="recurrent">Whether each neuron is also connected to every neuron of the layer. The default is false.</param>
    /// <param name="seed">The seed of the weights. The default is the seed of the <see cref="MLContext"/>, or 0 if that has none.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Snn().EncodeLatency("Spikes", "Features")
    ///     .Append(mlContext.Snn().SpikingLayer("Reservoir", "Spikes", units: 500, recurrent: true, seed: 1))
    ///     .Append(mlContext.Snn().DecodeSpikeCount("Features", "Reservoir"))
    ///     .Append(mlContext.Transforms.NormalizeMinMax("Features"))
    ///     .Append(mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy());
    /// </code>
    /// </example>
    public SpikingLayerEstimator SpikingLayer(
        string outputColumnName, string? inputColumnName = null, int units = 500, bool recurrent = false, int? seed = null) =>
        SpikingLayer(
            outputColumnName,
            Layer.Dense(units, recurrent: recurrent, weights: Weights.FluctuationDriven(fluctuation: ReservoirFluctuation)),
            inputColumnName, seed);

    /// <summary>Runs each spike train through a layer of spiking neurons with random weights, described in full.</summary>
    /// <param name="outputColumnName">The new column: a spike train of as many channels as there are neurons.</param>
    /// <param name="layer">The layer, as <see cref="Layer.Dense"/> makes it, with the distribution of its weights.</param>
    /// <param name="inputColumnName">
    /// A spike train, or a plain vector of Single of a known size, which is presented as a constant current. The default is
    /// <paramref name="outputColumnName"/>.
    /// </param>
    /// <param name="seed">The seed of the weights. The default is the seed of the <see cref="MLContext"/>, or 0 if that has none.</param>
    /// <param name="timeSteps">Number of steps that a plain vector is presented for, 1 to 1 048 576; a spike train brings its own. The default is 20.</param>
    /// <param name="timeStep">Length of a step in milliseconds for a plain vector, above 0. The default is 1.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="ArgumentException">The layer is not one of <see cref="Layer.Dense"/> with leaky integrate-and-fire neurons.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SpikingLayerEstimator SpikingLayer(
        string outputColumnName, Layer layer, string? inputColumnName = null, int? seed = null,
        int timeSteps = SpikingLayerEstimator.DefaultTimeSteps, double timeStep = 1)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Require.InRange(timeSteps, 1, 1 << 20, "Use the number of simulation steps of an example, for example 20.");
        Require.Positive(timeStep, "It is the length of a step in milliseconds, for example 1.");
        return layer is Networks.SpikingLayer { IsClassic: true } spiking
            ? new SpikingLayerEstimator(
                _env, outputColumnName, inputColumnName, spiking, seed ?? ((IHostEnvironmentInternal)_env).Seed ?? 0, timeSteps, timeStep)
            : throw new ArgumentException(
                $"The layer must be Layer.Dense of leaky integrate-and-fire neurons, adaptive or not, but is {layer}. Use Layer.Dense(units).", nameof(layer));
    }

    /// <summary>Runs each row through the first layers of a trained network: hidden activity as features for another trainer.</summary>
    /// <param name="outputColumnName">The new column: a spike train of as many channels as the hidden layer has neurons.</param>
    /// <param name="model">The trained network, a sequence of dense layers.</param>
    /// <param name="layer">The hidden layer whose spikes are given, from 0. The default is the first.</param>
    /// <param name="inputColumnName">A column like the one that the model was trained on. The default is <paramref name="outputColumnName"/>.</param>
    /// <typeparam name="TOutput">What the model gives for a row.</typeparam>
    /// <returns>The estimator, to append to a pipeline; fitting checks the column and learns nothing.</returns>
    /// <exception cref="ArgumentException">The network has no such layer, or is no sequence of dense layers on a grid of time.</exception>
    public SpikingLayerEstimator SpikingLayer<TOutput>(
        string outputColumnName, SnnModelParametersBase<TOutput> model, int layer = 0, string? inputColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new SpikingLayerEstimator(_env, outputColumnName, inputColumnName, FixedLayers.Take(model.SnnModel, layer));
    }
}
