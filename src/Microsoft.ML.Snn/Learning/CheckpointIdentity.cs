using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Learning;

/// <summary>What a checkpoint belongs to: the network, the settings that decide its numbers, and the data.</summary>
/// <remarks>
/// Number of epochs, number of threads, device, time limits and callbacks that change no number are free: a training may be
/// continued for longer, with more patience, or elsewhere.
/// </remarks>
internal sealed record CheckpointIdentity(string Network, string Settings, string Data)
{
    public static CheckpointIdentity Of(
        NetworkProgram program, TrainingSettings settings, CallbackList callbacks, TrainingData data, TrainingData? validation)
    {
        // Records print their numbers in the culture of the thread, which is not part of what they are.
        CultureInfo culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return new CheckpointIdentity(
                $"{program}; loss {string.Join(", ", program.Outputs.Select(o => $"{o.LossWeight} {o.Loss.Kind}"))}; {string.Join("; ", program.Description.Hidden.Select(l => $"{l.Neuron}, {l.Synapse}"))}; {NumbersOf(program)}",
                string.Join("; ",
                    settings.Algorithm,
                    $"spike counts [{string.Join(", ", (settings.Algorithm as EventProp)?.SpikeCounts ?? [])}]",
                    settings.Optimizer,
                    $"groups [{string.Join(", ", settings.OptimizerGroups)}]",
                    $"gradient norm at most {settings.MaximumGradientNorm}",
                    $"batches of {settings.BatchSize}",
                    settings.Shuffle ? "shuffled" : "in order",
                    $"seed {settings.Seed}",
                    $"schedules [{string.Join(", ", callbacks.Identities)}]",
                    $"augmentations [{string.Join(", ", settings.Augmentations)}]",
                    $"revival {settings.SilentNeuronRevival}"),
                $"{DataDigest.Of(data)}, validation {(validation == null ? "none" : DataDigest.Of(validation))}");
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    public static CheckpointIdentity Read(BinaryReader reader) => new(reader.ReadString(), reader.ReadString(), reader.ReadString());

    public void Write(BinaryWriter writer)
    {
        writer.Write(Network);
        writer.Write(Settings);
        writer.Write(Data);
    }

    /// <exception cref="InvalidDataException">The checkpoint belongs to something else; the message names what differs.</exception>
    public void Require(CheckpointIdentity found)
    {
        RequireSame("network", Network.ReplaceLineEndings("; "), found.Network.ReplaceLineEndings("; "));
        RequireSame("settings", Settings, found.Settings);
        RequireSame("data", Data, found.Data);
    }

    /// <summary>What the summary of a network rounds off or leaves out: every number of its neurons, synapses and delays, as a digest.</summary>
    private static string NumbersOf(NetworkProgram program)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        GraphBody.WriteNumbers(writer, program, ModelFormat.CurrentVersion);
        foreach (ConnectionProgram connection in program.Connections)
        {
            writer.Write($"{connection.Rewiring}");
        }

        return $"all its numbers {Convert.ToHexStringLower(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)))}";
    }

    private static void RequireSame(string what, string expected, string found)
    {
        if (expected != found)
        {
            throw new InvalidDataException(
                $"it belongs to other {what}: expected {expected}, found {found}. Use another folder, or the {what} of that training");
        }
    }
}
