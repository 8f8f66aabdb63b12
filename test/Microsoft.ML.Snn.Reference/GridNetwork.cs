using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>The same network on a time grid, as the engines run it: what they must give up to rounding.</summary>
/// <remarks>
/// <para>Step n = 0 .. N-1, every layer: the arrivals of index n add w x to I; then V = α V + κ I and I = β I,
/// except that V of a held neuron stays; then V at or above the threshold of a neuron that is not held is a
/// spike of grid index n + 1, which resets V and holds it for R = round(refractory period / dt) steps. A
/// spike of index n + 1 arrives everywhere at step n + 1; index N reaches nobody.</para>
/// <para>Written as plain loops, for reading. It shares no code with <see cref="ReferenceNetwork"/> but the
/// description of a layer, the softmax and <see cref="ExponentialOverlap"/>.</para>
/// </remarks>
public sealed class GridNetwork
{
    private readonly ReferenceLayer[] _layers;
    private readonly GridSettings _settings;

    /// <summary>Builds a network.</summary>
    /// <param name="layers">From the first to the output layer, which does not spike.</param>
    /// <param name="settings">The grid and its choices.</param>
    /// <exception cref="ArgumentException">The layers do not fit together, or a setting is out of range.</exception>
    public GridNetwork(IReadOnlyList<ReferenceLayer> layers, GridSettings settings)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(settings);
        if (!(settings.TimeStep > 0 && settings.StepCount > 0 && settings.GrazingLimit > 0))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"TimeStep, StepCount and GrazingLimit must be above 0, but was {settings}."), nameof(settings));
        }

        _layers = LayerChecks.Checked(layers);
        _settings = settings;
    }

    /// <summary>Runs one trial.</summary>
    /// <exception cref="ArgumentException">An input has an unknown channel or step.</exception>
    public GridTrace Forward(GridInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        int channels = _layers[0].InputCount;
        if (input.Spikes.Any(s => s.Step < 0 || s.Step >= _settings.StepCount || s.Channel < 0 || s.Channel >= channels)
            || (input.Constant.Length != 0 && input.Constant.Length != channels))
        {
            throw new ArgumentException(
                $"Need steps 0 to {_settings.StepCount - 1} and {channels} channels.", nameof(input));
        }

        return new GridForward(_layers, _settings, input).Run();
    }

    /// <summary>Gives the EventProp gradient of the softmax cross-entropy with a label.</summary>
    public GridGradient Gradient(GridTrace trace, int label)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return Gradient(trace, SoftmaxCrossEntropy.Derivative(trace.Outputs, label));
    }

    /// <summary>Gives the EventProp gradient of any loss of the outputs.</summary>
    /// <param name="trace">A trial of this network.</param>
    /// <param name="outputError">dL/dY, shape [output].</param>
    /// <param name="spikePush">
    /// Taken from λV at each backward spike, shape [layer][neuron]: the regularisation
    /// strength (mean count - target). Null for none.
    /// </param>
    /// <param name="membraneError">
    /// dL/dV of a loss that reads the output membrane itself, shape [index 0 to N, output]. Null for none.
    /// </param>
    public GridGradient Gradient(
        GridTrace trace, double[] outputError, double[][]? spikePush = null, double[,]? membraneError = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(outputError);
        spikePush ??= [.. _layers.Select(layer => new double[layer.NeuronCount])];
        return new GridBackward(_layers, _settings, trace, outputError, spikePush, membraneError).Run();
    }
}
