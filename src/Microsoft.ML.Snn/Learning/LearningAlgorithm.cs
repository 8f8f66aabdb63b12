using System;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>How the gradient is computed: <see cref="EventProp"/> or <see cref="EProp"/>. Immutable.</summary>
public abstract record LearningAlgorithm
{
    private protected LearningAlgorithm()
    {
    }

    /// <summary>What of this algorithm could make a silent network spike: the end of a sentence that lists such things.</summary>
    internal abstract string SilenceHint { get; }

    /// <summary>What of this algorithm could keep a training from diverging: the middle of such a sentence, or empty.</summary>
    internal abstract string DivergenceHint { get; }

    internal abstract void Validate();

    /// <summary>Creates the engine that trains a network by this algorithm where the user asked for it.</summary>
    internal abstract NetworkEngine CreateEngine(
        NetworkProgram program, int batchSize, int threads, int? gpuDeviceId, bool fallbackToCpu, int seed, Action<string> log);

    /// <summary>The numbers of every update of a network, but for those of the optimiser.</summary>
    /// <exception cref="ArgumentException">A population is named that there is not.</exception>
    internal abstract LearningStep StepFor(NetworkProgram program);
}
