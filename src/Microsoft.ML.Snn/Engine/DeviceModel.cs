using System;
using System.IO;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>A program with its weights in device memory, and the launches of a batch through it.</summary>
internal abstract class DeviceModel : IDisposable
{
    public abstract DeviceBatch Batch { get; }

    /// <summary>Uploads the targets of all outputs, unless they are there.</summary>
    public abstract void TakeTargets(Targets targets);

    /// <summary>Copies the scores of all outputs after a forward pass that does not learn, shape [slot][output].</summary>
    public abstract void DownloadScores(Span<float> scores);

    /// <summary>Whether it has users' neurons, whose state need not stay finite.</summary>
    public abstract bool CanRunAway { get; }

    /// <summary>Makes room for a kind of input.</summary>
    public abstract void Plan(bool isConstantCurrent);

    /// <summary>Runs the batch forward to its loss, or to its scores.</summary>
    public abstract void Forward(int slots, DeviceTrains trains, bool learns);

    /// <summary>Runs the adjoint backward.</summary>
    public abstract void Backward(int slots, in LearningStep step);

    /// <summary>Gathers every gradient and updates what is learned, unless a tape was too short.</summary>
    /// <param name="trains">The data set.</param>
    /// <param name="step">The numbers of the update.</param>
    /// <param name="keepGradient">Whether the gradient is kept beside the update.</param>
    public abstract void Update(DeviceTrains trains, in LearningStep step, bool keepGradient);

    /// <summary>Makes room where the last batch had more spikes than a tape could hold.</summary>
    /// <returns>Whether the batch has to be run again; nothing that is learned has changed then.</returns>
    public abstract bool ExtendTapes();

    /// <summary>Called when a batch has been downloaded.</summary>
    /// <exception cref="InvalidOperationException">The state of a user's neuron ran away.</exception>
    public abstract void RequireFinite();

    /// <summary>Called when a batch has changed what is learned: makes it count, and tells what the batch showed.</summary>
    public abstract BatchResult Finish();

    /// <summary>Adds the spikes of the last batch, shape [spiking neuron].</summary>
    public abstract void AddSpikeCounts(Span<long> counts);

    public abstract void SetWeights(NetworkWeights weights);

    public abstract void GetWeights(NetworkWeights weights);

    /// <exception cref="InvalidOperationException">The gradient was not kept.</exception>
    public abstract void GetGradient(NetworkWeights gradient);

    /// <summary>Writes parameters and moments in the order of the CPU engines.</summary>
    public abstract void SaveState(BinaryWriter writer);

    /// <summary>Reads what <see cref="SaveState"/> wrote.</summary>
    public abstract void LoadState(BinaryReader reader);

    public abstract void Dispose();
}
