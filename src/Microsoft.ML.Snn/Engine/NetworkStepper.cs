using System;
using System.IO;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Runs a trained network one time step at a time, for as long as it is asked to. Not thread-safe; all share the weights.</summary>
/// <remarks>Gives the spikes and potentials that a <see cref="NetworkScorer"/> finds for the same input, bit for bit. A step allocates nothing.</remarks>
internal abstract class NetworkStepper : IDisposable
{
    /// <summary>The version of the format that <see cref="Write"/> writes.</summary>
    public abstract int StateVersion { get; }

    /// <summary>V of the outputs at the end of the last step.</summary>
    public abstract ReadOnlySpan<float> Outputs { get; }

    /// <summary>Brings the network to rest, without any input.</summary>
    public abstract void Clear();

    /// <summary>Sets the current that flows into the network in every step from now on.</summary>
    /// <param name="channels">The channels that have one, ascending.</param>
    /// <param name="values">Their values.</param>
    public abstract void SetCurrents(ReadOnlySpan<int> channels, ReadOnlySpan<float> values);

    /// <summary>Moves the network one step forward.</summary>
    /// <param name="channels">The events of the step: their channels, ascending.</param>
    /// <param name="values">Their values, or empty where all are 1.</param>
    public abstract void Advance(ReadOnlySpan<int> channels, ReadOnlySpan<float> values);

    /// <summary>The neurons of a spiking layer that spiked at the end of the last step, ascending.</summary>
    public abstract ReadOnlySpan<int> Spikes(int layer);

    /// <summary>Writes the state, without currents that were set.</summary>
    public abstract void Write(BinaryWriter writer);

    /// <summary>Takes over what <see cref="Write"/> wrote for a network of the same shape, on any machine.</summary>
    /// <exception cref="InvalidDataException">The state is not one of this network.</exception>
    public abstract void Read(BinaryReader reader);

    public abstract void Dispose();
}
