using System;
using System.Globalization;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Which examples of a data set form a batch.</summary>
internal readonly ref struct TrainingBatch
{
    public required SpikeTrains Trains { get; init; }

    /// <summary>What every example of the data set should give.</summary>
    public required Targets Targets { get; init; }

    /// <summary>Weight of every example of the data set in the loss, or null where all are 1. Shape [example].</summary>
    public required float[]? ExampleWeights { get; init; }

    /// <summary>The examples of this batch, as indices into the data set.</summary>
    public required ReadOnlySpan<int> Examples { get; init; }

    /// <summary>Checks that the targets are what the outputs can be compared with.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public void CheckTargets(NetworkProgram program)
    {
        for (int output = 0; output < program.Outputs.Count; output++)
        {
            Check(Targets.Of(output), program.Outputs[output], program);
        }
    }

    private static void Check(Targets targets, PopulationProgram output, NetworkProgram program)
    {
        bool isEveryStep = output.Readout == ReadoutKind.EveryStep;
        bool areClasses = output.Loss.Kind == LossKind.SoftmaxCrossEntropy;
        int width = areClasses ? 1 : output.Units;
        if (targets.AreClasses != areClasses || targets.Width != width || targets.Rows != (isEveryStep ? program.Steps : 1))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Loss {output.Loss.Kind} of {output.Name} with readout {output.Readout} of {program.Steps} steps and {output.Units} outputs needs targets of ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(isEveryStep ? program.Steps : 1)} rows of {width} {(areClasses ? "classes" : "numbers")}, but has {targets.Rows} rows of {targets.Width} {(targets.AreClasses ? "classes" : "numbers")}."),
                nameof(program));
        }
    }
}
