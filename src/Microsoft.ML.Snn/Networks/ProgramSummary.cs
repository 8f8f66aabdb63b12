using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Tables for people: what a network consists of, and what an example costs in memory.</summary>
internal static class ProgramSummary
{
    // Time, neuron, slope, slope at the release, jump and error.
    private const int BytesPerSpike = 6 * sizeof(float);

    public static string Of(NetworkProgram program)
    {
        var text = new StringBuilder();
        text.AppendLine(program.Integrator == Integrator.Grid
            ? Text($"{program.Steps} steps of {program.TimeStep} ms")
            : Text($"{program.Duration} ms, event-driven"));
        Append(text, ["Layer", "Shape", "Neurons", "Learned"],
        [
            .. program.Inputs.Select(input => (string[])[input.Name, input.Shape.ToString(), "input channels", ""]),
            .. program.Populations.Select(p => (string[])[p.Name, p.Shape.ToString(), Describe(p), LearnedBy(p)]),
        ]);
        Append(text, ["Connection", "Kind", "Synapse", "Delay", "Synapses", "Weights"],
            [.. program.Connections.Select(c => Describe(program, c))]);
        return text.Append(Text($"{program.LearnedCount} learned numbers, {program.Output.Units} outputs, {Memory(program)}")).ToString();
    }

    /// <summary>Writes the rows below their heads, every column as wide as it must be.</summary>
    private static void Append(StringBuilder text, string[] heads, List<string[]> rows)
    {
        int[] used = [.. Enumerable.Range(0, heads.Length).Where(column => rows.Any(row => row[column].Length > 0))];
        foreach (string[] row in rows.Prepend(heads))
        {
            var line = new StringBuilder();
            foreach (int column in used)
            {
                line.Append(row[column].PadRight(2 + Math.Max(heads[column].Length, rows.Max(other => other[column].Length))));
            }

            text.AppendLine(line.ToString().TrimEnd());
        }

        text.AppendLine();
    }

    private static string[] Describe(NetworkProgram program, ConnectionProgram c)
    {
        PopulationProgram target = program.Populations[c.Target];
        return
        [
            c.Name, c.Kind, target.Cell is { } cell ? cell.Synapse.ToString() : Describe(target.Groups[c.Group]), Describe(c.Delay),
            Text($"{c.SynapseCount}"), c.FixedWeight is float value ? Text($"fixed, {value}") : Text($"{c.WeightCount}"),
        ];
    }

    /// <summary>
    /// What the CPU keeps of an example: potential, currents and what is on its way, for each thread; in training also the spikes, or in
    /// short trials of plain stacks what came back to every neuron at every step; and what the way back needs of every step.
    /// </summary>
    private static string Memory(NetworkProgram program)
    {
        if (program.Integrator == Integrator.EventDriven)
        {
            return "memory per example follows its spikes";
        }

        long state = sizeof(float) * (
            program.Populations.Sum(p => (5L + 2 * p.Groups.Count) * p.Units)
            + program.Connections.Sum(c => c.Delay.IsUniform ? 0 : (c.Delay.Maximum + 1L) * c.Columns));
        string traces = program.IsPlain
            ? Text($", or {Kilobytes((long)program.Steps * program.Populations.Sum(p => p.Units) * sizeof(float))} of traces where trials are short")
            : "";
        long perStep = sizeof(float) * program.Populations.Sum(KeptOfAStep);
        string steps = perStep == 0 ? "" : Text($", {Kilobytes(program.Steps * perStep)} for the steps");
        return Text($"memory per example: {Kilobytes(state)} of state{steps} and {BytesPerSpike} bytes per spike{traces}");
    }

    /// <summary>Numbers that training keeps of every step: the state of a user's neurons, or where a time constant is learned, and outputs that are read at every step.</summary>
    private static long KeptOfAStep(PopulationProgram p)
    {
        bool learnsTimes = (p.Neuron.Learned & (LearnedParameters.MembraneTime | LearnedParameters.SynapseTime)) != 0;
        long ofNeuron = p.Cell is { } cell ? cell.StateCount + 1 : learnsTimes ? 1 + 2 * p.Groups.Count : 0;
        return p.Units * (ofNeuron + (p.Readout != null && p.KeepsSteps ? 1 : 0));
    }

    private static string Kilobytes(long bytes) => Text($"{bytes / 1024.0:F1} KiB");

    private static string Describe(PopulationProgram population)
    {
        NeuronProgram neuron = population.Neuron;
        if (population.Cell is { } cell)
        {
            return cell.Neuron.ToString();
        }

        string kind = population.Readout == ReadoutKind.FirstSpikeTime ? "leaky integrate-and-fire"
            : !neuron.IsSpiking ? "leaky integrators"
            : !neuron.IsLeaky ? "integrate-and-fire"
            : neuron.IsAdaptive ? "adaptive leaky integrate-and-fire" : "leaky integrate-and-fire";
        return Text($"{kind}, membrane {Range(neuron.MembraneTime)} ms")
            + (neuron.RefractorySteps > 0 ? Text($", refractory for {neuron.RefractorySteps} steps") : "")
            + (population.Readout is { } readout ? $", readout {readout}" : "")
            + (population.Readout is null or ReadoutKind.FirstSpikeTime ? "" : $", loss {Loss.Of((int)population.Loss.Kind, population.Loss.IsEveryStep)}");
    }

    private static string LearnedBy(PopulationProgram population) => population.Cell is { } cell
        ? string.Join(", ", cell.Neuron.Numbers.Select(number => number.Name))
        : population.Neuron.Learned == LearnedParameters.None ? "" : population.Neuron.Learned.ToString();

    private static string Describe(CurrentGroup group) => group.Kind switch
    {
        SynapseKind.Exponential => Text($"exponential, {group.Time} ms"),
        SynapseKind.Alpha => Text($"alpha, {group.Time} ms"),
        _ => "delta",
    };

    private static string Describe(DelayProgram delay) =>
        delay.Maximum == 0 ? ""
        : delay.IsUniform ? Text($"{delay.Steps} steps")
        : Text($"up to {delay.Maximum} steps")
            + (delay.Form switch { DelayForm.PerWeight => " per synapse", DelayForm.PerRow => " per neuron", _ => "" })
            + (delay.IsLearned ? ", learned" : "");

    private static string Range(double[] values) => values.Min() == values.Max() ? Text($"{values[0]}") : Text($"{values.Min()} to {values.Max()}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
