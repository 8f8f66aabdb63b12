using System;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The weights by which the errors of one output reach one spiking population.</summary>
/// <param name="population">The population.</param>
/// <param name="output">The output.</param>
/// <param name="units">Number of neurons of the output.</param>
/// <param name="stride">Number of neurons of the population, padded to whole lanes.</param>
internal sealed unsafe class FeedbackLink(int population, int output, int units, int stride) : IDisposable
{
    private readonly NativeBuffer<float> _weights = new((long)units * stride);

    public int Population { get; } = population;

    public int Output { get; } = output;

    /// <summary>Number of neurons of the output.</summary>
    public int Units { get; } = units;

    /// <summary>Distance between two rows of the weights.</summary>
    public int Stride { get; } = stride;

    /// <summary>The current group of the output whose derivatives come back.</summary>
    public int Group { get; init; }

    /// <summary>By how many steps a spike of the population is late.</summary>
    public int Delay { get; init; }

    /// <summary>The connection whose weights these are, or null where they were drawn.</summary>
    public ConnectionProgram? Connection { get; init; }

    /// <summary>Shape [output, neuron].</summary>
    public float* Weights => _weights.Pointer;

    public void Clear() => new Span<float>(Weights, (int)_weights.Length).Clear();

    public void Dispose() => _weights.Dispose();
}
