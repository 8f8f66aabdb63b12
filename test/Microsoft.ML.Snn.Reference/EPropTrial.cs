using System.Collections.Generic;

namespace Microsoft.ML.Snn.Reference;

/// <summary>What a trial of an <see cref="EPropReference"/> showed.</summary>
/// <param name="Spikes">Step and neuron of every spike, per hidden layer; a spike of step n was found at its end.</param>
/// <param name="Loss">Mean cross-entropy over the steps.</param>
/// <param name="Output">V of the output at the end of every step, shape [step][output].</param>
/// <param name="Weights">Gradient of the weights of each layer, shape [layer][input, neuron].</param>
/// <param name="RecurrentWeights">Gradient of the recurrent weights, or null where there are none.</param>
public sealed record EPropTrial(
    IReadOnlyList<(int Step, int Neuron)>[] Spikes, double Loss, double[][] Output, double[][,] Weights, double[,]?[] RecurrentWeights)
{
    /// <summary>Gets the gradient of the biases of the output, shape [output].</summary>
    public double[] Bias { get; init; } = [];
}
