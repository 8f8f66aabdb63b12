using System;
using System.Collections.Generic;
using System.Globalization;

namespace Microsoft.ML.Snn.Reference;

/// <summary>A sequential network of spiking layers and one output layer, solved exactly: no time step.</summary>
/// <remarks>
/// Between events every neuron follows its closed form; a spike is a root found to the last digits of a
/// double. A spike reaches the layer above and its own layer without delay. Slow and plain on purpose:
/// it judges the engines. See <see cref="ReferenceLayer"/> for the equations.
/// </remarks>
public sealed class ReferenceNetwork
{
    private readonly ReferenceLayer[] _layers;
    private readonly ReferenceReadout _readout;
    private readonly double _duration;

    /// <summary>Builds a network.</summary>
    /// <param name="layers">From the first to the output layer, which does not spike.</param>
    /// <param name="readout">What is read from the output layer.</param>
    /// <param name="duration">Length T of a trial, milliseconds, above 0.</param>
    /// <exception cref="ArgumentException">The layers do not fit together.</exception>
    public ReferenceNetwork(IReadOnlyList<ReferenceLayer> layers, ReferenceReadout readout, double duration)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (!(duration > 0 && double.IsFinite(duration)))
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "duration must be finite and above 0.");
        }

        _layers = LayerChecks.Checked(layers);
        _readout = readout;
        _duration = duration;
    }

    /// <summary>Runs one trial; input spikes after its end are not seen.</summary>
    /// <exception cref="ArgumentException">An input spike has a negative time or an unknown channel.</exception>
    public ReferenceTrace Forward(IReadOnlyList<ReferenceInputSpike> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (ReferenceInputSpike input in inputs)
        {
            if (!(input.Time >= 0 && input.Channel >= 0 && input.Channel < _layers[0].InputCount))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"Input spikes need a time of 0 or more and a channel below {_layers[0].InputCount}, but was {input}."));
            }
        }

        return new EventDrivenForward(_layers, _readout, _duration, inputs).Run();
    }

    /// <summary>Gives the derivatives of the softmax cross-entropy with a label.</summary>
    public ReferenceGradient Gradient(ReferenceTrace trace, int label)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return Gradient(trace, SoftmaxCrossEntropy.Derivative(trace.Outputs, label));
    }

    /// <summary>Gives the derivatives of any loss of the outputs.</summary>
    /// <param name="trace">A trial of this network.</param>
    /// <param name="outputError">dL/dY, shape [output].</param>
    /// <exception cref="InvalidOperationException">A neuron only grazed its threshold.</exception>
    public ReferenceGradient Gradient(ReferenceTrace trace, double[] outputError)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(outputError);
        return new EventDrivenBackward(_layers, _readout, _duration, trace, outputError).Run();
    }
}
