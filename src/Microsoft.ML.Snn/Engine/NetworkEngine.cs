using System;
using System.IO;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Runs a network program on one device and keeps its weights and optimiser state there.</summary>
/// <remarks>Not thread-safe. Two engines of one program give the same spikes and, up to rounding, the same gradient.</remarks>
internal abstract class NetworkEngine : IDisposable
{
    /// <summary>Name of the device, for the log.</summary>
    public abstract string Device { get; }

    /// <summary>One forward and backward pass and one update of the weights with the gradient of that very pass.</summary>
    /// <exception cref="ArgumentException">The batch is empty or larger than the engine was built for.</exception>
    public abstract BatchResult Train(in TrainingBatch batch, in LearningStep step);

    /// <summary>Scores of every example: class probabilities, or outputs as they are where there are no classes.</summary>
    /// <param name="trains">The examples.</param>
    /// <param name="scores">Shape [example, output], or [example, step, output] for the readout of every step.</param>
    /// <exception cref="ArgumentException"><paramref name="scores"/> has another length.</exception>
    public abstract void Score(SpikeTrains trains, Span<float> scores);

    public abstract void SetWeights(NetworkWeights weights);

    public abstract void GetWeights(NetworkWeights weights);

    /// <summary>Writes all that later results depend on: parameters, the optimiser's moments, spikes counted and not yet taken.</summary>
    /// <remarks>
    /// An engine that was given this by <see cref="LoadState"/> goes on with the same bits as this one. Padding and other matters of
    /// the device stay out of it, so that the CPU engine of another machine, or a GPU, can go on from it.
    /// <see cref="StateStream"/> writes and reads the pieces.
    /// </remarks>
    public abstract void SaveState(BinaryWriter writer);

    /// <summary>Takes over the state that an engine of the same program wrote.</summary>
    /// <exception cref="EndOfStreamException">The state ends too early.</exception>
    public abstract void LoadState(BinaryReader reader);

    /// <summary>Adds to <paramref name="counts"/> how often each hidden neuron spiked in training since the last call.</summary>
    /// <param name="counts">Shape [hidden neuron], layer after layer.</param>
    public abstract void TakeSpikeCounts(Span<long> counts);

    /// <summary>
    /// Gets or sets whether the whole gradient of a batch is kept for <see cref="GetGradient"/>. Else each piece of it is
    /// gone as soon as its weights are updated, which saves the memory and the way to it.
    /// </summary>
    public bool KeepGradient { get; set; }

    /// <summary>Gradient of the last <see cref="Train"/>, before the optimiser: for tests and gradient checks.</summary>
    /// <exception cref="InvalidOperationException"><see cref="KeepGradient"/> was not set.</exception>
    public abstract void GetGradient(NetworkWeights gradient);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
