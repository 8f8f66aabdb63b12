using System;
using System.Globalization;

namespace Microsoft.ML.Snn;

/// <summary>One state variable of some neurons of a layer in one trial. Immutable.</summary>
public sealed class RecordedStates
{
    private readonly float[] _values;

    internal RecordedStates(float[] values) => _values = values;

    /// <summary>Gets the number of the row, from 0.</summary>
    public required long Example { get; init; }

    /// <summary>Gets the name of the layer.</summary>
    public required string Layer { get; init; }

    /// <summary>Gets what was read.</summary>
    public required StateVariable Variable { get; init; }

    /// <summary>Gets the first neuron that was recorded.</summary>
    public required int FirstNeuron { get; init; }

    /// <summary>Gets how many neurons were recorded.</summary>
    public required int NumberOfNeurons { get; init; }

    /// <summary>Gets the time of the first sample in milliseconds; there is one at the end of each step.</summary>
    public required double FirstTime { get; init; }

    /// <summary>Gets the time from one sample to the next in milliseconds.</summary>
    public required double TimeStep { get; init; }

    /// <summary>Gets the number of epochs that a training had completed; null of a trained network.</summary>
    public int? Epoch { get; init; }

    /// <summary>Gets the number of updates that a training had made; null of a trained network.</summary>
    public long? Update { get; init; }

    /// <summary>Gets the number of samples; an example that ended earlier than others has fewer.</summary>
    public int NumberOfSamples => _values.Length / NumberOfNeurons;

    /// <summary>Gets all values, shape [sample, neuron].</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>Gets the value of a neuron at a sample.</summary>
    /// <param name="sample">From 0 to <see cref="NumberOfSamples"/> - 1.</param>
    /// <param name="neuron">The neuron's number in its layer, from <see cref="FirstNeuron"/> on.</param>
    public float this[int sample, int neuron] => _values.AsSpan(sample * NumberOfNeurons, NumberOfNeurons)[neuron - FirstNeuron];

    /// <summary>Returns the time of a sample.</summary>
    /// <param name="sample">From 0.</param>
    /// <returns>Milliseconds from the beginning of the trial.</returns>
    public double TimeOf(int sample) => FirstTime + (sample * TimeStep);

    /// <summary>Returns the values of one neuron.</summary>
    /// <param name="neuron">The neuron's number in its layer, from <see cref="FirstNeuron"/> on.</param>
    /// <returns>One number per sample.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The neuron was not recorded.</exception>
    public float[] Trace(int neuron)
    {
        if (neuron < FirstNeuron || neuron >= FirstNeuron + NumberOfNeurons)
        {
            throw new ArgumentOutOfRangeException(nameof(neuron), neuron, string.Create(
                CultureInfo.InvariantCulture,
                $"neuron must be one that was recorded, {FirstNeuron} to {FirstNeuron + NumberOfNeurons - 1}, but was {neuron}."));
        }

        var trace = new float[NumberOfSamples];
        for (int sample = 0; sample < trace.Length; sample++)
        {
            trace[sample] = this[sample, neuron];
        }

        return trace;
    }
}
