using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
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

    /// <summary>How many steps each example goes on after its last spike, or null where all have the same length.</summary>
    public int? StepsAfterLastSpike { get; init; }

    public float[]? ExampleWeights { get; init; }

    public SpikeRegularisation SpikeCounts { get; init; }

    public Optimizer Optimizer { get; init; } = new Adam(0.01);

    /// <summary>How e-prop trains it, or null for EventProp.</summary>
    public EPropSettings? EProp { get; init; }

    public float MaximumGradientNorm { get; init; }

    public float GrazingLimit { get; init; } = 0.05f;

    /// <summary>Number of batches, 1 to 3.</summary>
    public int Updates { get; init; } = 3;

    /// <summary>Room on the tape to begin with.</summary>
    public int SpikesPerNeuron { get; init; } = 8;

    /// <summary>Targets of the five examples, of the kind that the output layer wants; one of eight rows of a sequence has none.</summary>
    public static Targets TargetsFor(NetworkProgram program)
    {
        var random = new Random(12);
        OutputProgram output = program.Output;
        int rows = output.Readout == ReadoutKind.EveryStep ? Steps : 1;
        bool HasTarget() => rows == 1 || random.Next(8) > 0;
        if (output.Loss.Kind == LossKind.SoftmaxCrossEntropy)
        {
            return Targets.OfClasses(
                rows == 1 ? [0, 1, 2, 1, 0] : [.. Enumerable.Range(0, Examples * rows).Select(_ => HasTarget() ? random.Next(Classes) : Target.NoClass)],
                rows);
        }

        return Targets.OfValues(
            [
                .. Enumerable.Range(0, Examples * rows).SelectMany(_ => HasTarget()
                    ? Enumerable.Range(0, Classes).Select(_ => output.Loss.Kind == LossKind.SigmoidCrossEntropy ? random.Next(2) : random.NextSingle() * 4 - 2).ToArray()
                    : Enumerable.Repeat(float.NaN, Classes)),
            ],
            Classes, rows);
    }

    /// <summary>Five examples with spikes at random; where each has its own length, the later the longer.</summary>
    public SpikeTrains Draw()
    {
        var builder = new SpikeTrainsBuilder(Steps, Channels, IsConstantCurrent, stepsAfterLastSpike: StepsAfterLastSpike);
        var random = new Random(11);
        for (int example = 0; example < Examples; example++)
        {
            var dense = new float[(IsConstantCurrent ? 1 : Steps) * Channels];
            for (int k = 0; k < dense.Length; k++)
            {
                bool isThere = random.NextSingle() < (IsConstantCurrent ? 0.7f : 0.15f)
                    && (StepsAfterLastSpike == null || k < (5 + 3 * example) * Channels);
                float value = HasValues || IsConstantCurrent ? 0.5f + random.NextSingle() : 1;
                dense[k] = isThere ? value : 0;
            }

            builder.AddDense(dense);
        }

        return builder.ToSpikeTrains();
    }
}
