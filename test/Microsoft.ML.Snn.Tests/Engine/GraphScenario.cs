using Microsoft.ML.Snn.Reference;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Which neurons, synapses and delays a <see cref="GraphWitness"/> has.</summary>
internal sealed record GraphScenario(ExactPopulation Neuron)
{
    public ExactSynapseKind Kind { get; init; }

    /// <summary>Whether spikes between neurons make the potential jump.</summary>
    public bool HasDelta { get; init; }

    /// <summary>Whether input and neurons act through different time constants.</summary>
    public bool HasTwoTimes { get; init; }

    public DelayScenario Delays { get; init; }

    /// <summary>What the neurons learn beside weights.</summary>
    public LearnedParameters Learned { get; init; }

    public bool LearnsDelays { get; init; }
}
