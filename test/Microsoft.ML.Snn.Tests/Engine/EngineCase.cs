using System;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>A network, its data and its settings, small enough for a simulated GPU.</summary>
internal sealed record EngineCase(SnnNetwork Network)
{
    public const int Channels = 9;
    public const int Steps = 20;
    public const int Classes = 3;
    public const int BatchSize = 3;
    private const int Examples = 5;

    public bool IsConstantCurrent { get; init; }

    /// <summary>Whether events have values other than 1.</summary>
    public bool HasValues { get; init; }

    public float[]? ExampleWeights { get; init; }

    public SpikeCountEquations SpikeCount { get; init; }

    public Optimizer Optimizer { get; init; } = new Adam(0.01);

    public float MaximumGradientNorm { get; init; }

    public float GrazingLimit { get; init; } = 0.05f;

    /// <summary>Room on the tape to begin with.</summary>
    public int SpikesPerNeuron { get; init; } = 8;

    /// <summary>Five examples with spikes at random.</summary>
    public SpikeTrains Draw()
    {
        var builder = new SpikeTrainsBuilder(Steps, Channels, IsConstantCurrent);
        var random = new Random(11);
        for (int example = 0; example < Examples; example++)
        {
            var dense = new float[(IsConstantCurrent ? 1 : Steps) * Channels];
            for (int k = 0; k < dense.Length; k++)
            {
                bool isThere = random.NextSingle() < (IsConstantCurrent ? 0.7f : 0.15f);
                float value = HasValues || IsConstantCurrent ? 0.5f + random.NextSingle() : 1;
                dense[k] = isThere ? value : 0;
            }

            builder.AddDense(dense);
        }

        return builder.ToSpikeTrains();
    }
}
