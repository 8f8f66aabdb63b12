using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Neurons of one kind with all their numbers worked out.</summary>
/// <param name="Index">Place in <see cref="NetworkProgram.Populations"/>.</param>
/// <param name="Name">What a person calls it, for messages and model summaries.</param>
/// <param name="Units">Number of neurons.</param>
/// <param name="Neuron">The numbers of the neurons.</param>
/// <param name="Groups">The currents of each neuron.</param>
internal sealed record PopulationProgram(
    int Index, string Name, int Units, NeuronProgram Neuron, IReadOnlyList<CurrentGroup> Groups)
{
    /// <summary>How the neurons are arranged.</summary>
    public Shape Shape { get; init; } = Units;

    /// <summary>How the potential of an output neuron becomes a score; null for a hidden population.</summary>
    public ReadoutKind? Readout { get; init; }

    /// <summary>The user's equations, or null for a neuron of the library; of the rest then only the time constants hold.</summary>
    public CellProgram? Cell { get; init; }

    /// <summary>The loss of an output.</summary>
    public LossEquations Loss { get; init; }

    /// <summary>The loss of an output whose first spike is read; unused by other readouts.</summary>
    public FirstSpikeEquations FirstSpike { get; init; }

    /// <summary>Readout (-1 for none) and loss as numbers, for the model file.</summary>
    public (int Readout, int Loss, bool IsEveryStep) OutputCode => (Readout is { } readout ? (int)readout : -1, (int)Loss.Kind, Loss.IsEveryStep);

    /// <summary>The same population with the readout and the loss of <see cref="OutputCode"/>.</summary>
    /// <exception cref="ArgumentException">There is no such readout or loss.</exception>
    public PopulationProgram WithOutputCode(int readout, int loss, bool isEveryStep)
    {
        Require.InRange(readout, -1, (int)ReadoutKind.FirstSpikeTime, "Save the model again from its source.");
        Require.InRange(loss, 0, (int)LossKind.MeanSquaredError, "Save the model again from its source.");
        return this with
        {
            Readout = readout < 0 ? null : (ReadoutKind)readout,
            Loss = new LossEquations((LossKind)loss, isEveryStep),
        };
    }

    /// <summary>The loss of first spikes as numbers, for the model file; null where no first spike is read.</summary>
    public double[]? FirstSpikeCode => Readout == ReadoutKind.FirstSpikeTime
        ? [FirstSpike.Temperature, FirstSpike.LateStrength, FirstSpike.LateTime, FirstSpike.Delay]
        : null;

    /// <summary>The same population with the loss of <see cref="FirstSpikeCode"/>.</summary>
    /// <exception cref="ArgumentException">There is no such loss.</exception>
    public PopulationProgram WithFirstSpikeCode(double[] numbers) => numbers is [var temperature, var lateStrength, var lateTime, var delay]
        ? this with { FirstSpike = FirstSpikeLoss.Restore(temperature, lateStrength, lateTime, delay).Equations }
        : throw new ArgumentException($"A loss of first spikes must have 4 numbers, but has {numbers.Length}. Save the model again from its source.", nameof(numbers));

    /// <summary>What the loss of an output counts for in the loss of the network. Not kept in models.</summary>
    public double LossWeight { get; init; } = 1;

    /// <summary>Number of scores of an example, shape [output], or [step, output] for the readout of every step.</summary>
    public int ScoresFor(int steps) => Readout == ReadoutKind.EveryStep ? steps * Units : Units;

    /// <summary>Whether V of every step of an output is read: for the loss, or as the output.</summary>
    public bool KeepsSteps => Loss.IsEveryStep || Readout == ReadoutKind.EveryStep;
}
