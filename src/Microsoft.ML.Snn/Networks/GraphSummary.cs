using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A table for people: what a graph consists of, and what an example costs in memory.</summary>
internal static class GraphSummary
{
    // Time, neuron, slope, slope at the release, jump and error.
    private const int BytesPerSpike = 6 * sizeof(float);

    public static string Of(NetworkProgram program)
    {
        var text = new StringBuilder();
        text.AppendLine(Text($"{program.Steps} steps of {program.TimeStep} ms"));
        foreach (InputProgram input in program.Inputs)
        {
            text.AppendLine(Text($"Input {input.Name}: {input.Channels} channels"));
        }

        foreach (PopulationProgram p in program.Populations)
        {
            text.AppendLine(Text($"{(p.Readout == null ? "Population" : "Output")} {p.Name}: {p.Shape}, {Describe(p.Neuron)}")
                + (p.Readout == null ? "" : $", readout {p.Readout}"));
        }

        foreach (ConnectionProgram c in program.Connections)
        {
            CurrentGroup group = program.Populations[c.Target].Groups[c.Group];
            text.AppendLine(Text($"Connection {c.Name}: {c.Kind}, {Describe(group)}, {c.SynapseCount} synapses, ")
                + (c.FixedWeight is float value ? Text($"fixed weight {value}") : Text($"{c.WeightCount} weights"))
                + Describe(c.Delay));
        }

        return text.Append(Text(
            $"{program.ParameterCount} weights, {program.Output.Units} classes, {StateBytes(program) / 1024.0:F1} KiB of state per example and {BytesPerSpike} bytes per spike"))
            .ToString();
    }

    /// <summary>Potential, currents and what is on its way, as the CPU engine keeps them for the example that a thread runs.</summary>
    private static long StateBytes(NetworkProgram program) => sizeof(float) * (
        program.Populations.Sum(p => (5L + 2 * p.Groups.Count) * p.Units)
        + program.Connections.Sum(c => c.Delay.IsUniform ? 0 : (c.Delay.Maximum + 1L) * c.Columns));

    private static string Describe(NeuronProgram neuron)
    {
        string kind = !neuron.IsSpiking ? "leaky integrators"
            : !neuron.IsLeaky ? "integrate-and-fire"
            : neuron.IsAdaptive ? "adaptive leaky integrate-and-fire" : "leaky integrate-and-fire";
        return neuron.MembraneTime.Length == 1
            ? Text($"{kind}, membrane {neuron.MembraneTime[0]} ms")
            : Text($"{kind}, membrane {neuron.MembraneTime.Min()} to {neuron.MembraneTime.Max()} ms");
    }

    private static string Describe(CurrentGroup group) => group.Kind switch
    {
        SynapseKind.Exponential => Text($"synapse {group.Time} ms"),
        SynapseKind.Alpha => Text($"alpha synapse {group.Time} ms"),
        _ => "delta synapse",
    };

    private static string Describe(DelayProgram delay) => delay.Maximum == 0 ? ""
        : delay.IsUniform ? Text($", delay {delay.Steps} steps")
        : Text($", delays up to {delay.Maximum} steps per {(delay.OfRow == null ? "synapse" : "neuron")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
