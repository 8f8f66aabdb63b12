namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>What every contender of a case has to learn, and with which network.</summary>
/// <remarks>
/// The network is feed-forward: inputs, one hidden layer of leaky integrate-and-fire neurons with exponential
/// synapses and reset to 0, and leaky integrators whose mean membrane potential over the trial enters a softmax.
/// </remarks>
internal sealed record BenchmarkTask
{
    /// <summary>Name of the case, as on the command line.</summary>
    public required string Name { get; init; }

    public required SpikeExamples Train { get; init; }

    public required SpikeExamples Test { get; init; }

    /// <summary>Number of output neurons.</summary>
    public required int ClassCount { get; init; }

    public required int HiddenCount { get; init; }

    /// <summary>Number of simulation steps of one example.</summary>
    public required int StepCount { get; init; }

    /// <summary>Initial weights from the inputs.</summary>
    public required WeightDistribution HiddenWeights { get; init; }

    /// <summary>Initial weights from the hidden neurons.</summary>
    public required WeightDistribution OutputWeights { get; init; }

    /// <summary>Whether the hidden layer is recurrent.</summary>
    public bool IsRecurrent { get; init; }

    /// <summary>Initial weights within the hidden layer.</summary>
    public WeightDistribution RecurrentWeights { get; init; }

    /// <summary>Rate of the rival's Adam.</summary>
    public required double LearningRate { get; init; }

    public int BatchSize { get; init; } = 32;

    /// <summary>How our network is carried through time.</summary>
    public Integrator Integrator { get; init; } = Integrator.Grid;

    /// <summary>How the outputs are read.</summary>
    public Readout Readout { get; init; } = Readout.AverageMembrane;

    /// <summary>Temperature in milliseconds of the loss of first spike times.</summary>
    public double FirstSpikeTemperature { get; init; } = 1;

    /// <summary>What our learning rate is multiplied by after every epoch.</summary>
    public double LearningRateDecay { get; init; } = 1;

    /// <summary>Number of trainings of ours from different seeds, counted from <see cref="Seed"/>; the accuracy is their mean.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Length of one step in milliseconds.</summary>
    public double TimeStep { get; init; } = 1;

    /// <summary>Membrane time constant of both layers in milliseconds.</summary>
    public double MembraneTime { get; init; } = 20;

    /// <summary>Synaptic time constant of both layers in milliseconds.</summary>
    public double SynapseTime { get; init; } = 5;

    public double Threshold { get; init; } = 1;

    public ResetMode ResetMode { get; init; }

    /// <summary>How e-prop trains it; null for EventProp. The rival of e-prop is its own textbook form.</summary>
    public EProp? EProp { get; init; }

    /// <summary>Seed of the weights and of the order of the examples.</summary>
    public int Seed { get; init; } = 1;
}
