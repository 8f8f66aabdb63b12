using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Networks;

/// <summary>What a program learns: the weights of every connection, then what its populations and delays say.</summary>
internal static class LearnedProgram
{
    public static ParameterProgram[] Of(IReadOnlyList<PopulationProgram> populations, IReadOnlyList<ConnectionProgram> connections)
    {
        var parameters = new List<ParameterProgram>();
        void Add(string name, ParameterKind kind, int owner, int length, int group = 0) => parameters.Add(
            new ParameterProgram(parameters.Count, name, kind) { Owner = owner, Group = group, Length = length });

        foreach (ConnectionProgram c in connections)
        {
            Add(c.Name, ParameterKind.Weight, c.Index, c.WeightCount);
        }

        foreach (ConnectionProgram c in connections)
        {
            if (c.Delay.IsLearned)
            {
                Add(c.Name, ParameterKind.Delay, c.Index, c.Delay.Times.Length);
            }
        }

        foreach (PopulationProgram p in populations)
        {
            foreach ((LearnedParameters flag, ParameterKind kind) in (ReadOnlySpan<(LearnedParameters, ParameterKind)>)
            [
                (LearnedParameters.Bias, ParameterKind.Bias),
                (LearnedParameters.MembraneTime, ParameterKind.MembraneTime),
                (LearnedParameters.Threshold, ParameterKind.Threshold),
            ])
            {
                if (p.Neuron.Learned.HasFlag(flag))
                {
                    Add(p.Name, kind, p.Index, p.Units);
                }
            }

            foreach (LearnedNumber number in p.Cell?.Neuron.Numbers ?? [])
            {
                Add($"{p.Name} {number.Name}", ParameterKind.Number, p.Index, p.Units, number.Slot);
            }

            for (int g = 0; g < p.Groups.Count && p.Neuron.Learned.HasFlag(LearnedParameters.SynapseTime); g++)
            {
                if (p.Groups[g].Kind != SynapseKind.Delta)
                {
                    Add(p.Name, ParameterKind.SynapseTime, p.Index, p.Units, g);
                }
            }
        }

        return [.. parameters];
    }

    /// <summary>Sets all that is learned beside the weights to where it begins.</summary>
    public static void Fill(NetworkProgram program, NetworkWeights values)
    {
        foreach (ParameterProgram parameter in program.Parameters)
        {
            for (int n = 0; n < parameter.Length && parameter.Kind != ParameterKind.Weight; n++)
            {
                values[parameter.Index][n] = (float)Initial(program, parameter, n);
            }
        }
    }

    /// <summary>The smallest and the largest value that a learned number may take.</summary>
    /// <remarks>Time constants stay at or above a step, thresholds above the reset by a hundredth of where they began.</remarks>
    public static (float Minimum, float Maximum) RangeOf(NetworkProgram program, ParameterProgram parameter, int n)
    {
        switch (parameter.Kind)
        {
            case ParameterKind.Delay:
                return (0, (float)(program.Connections[parameter.Owner].Delay.Maximum * program.TimeStep));
            case ParameterKind.MembraneTime:
            case ParameterKind.SynapseTime:
                return ((float)program.TimeStep, float.MaxValue);
            case ParameterKind.Threshold:
                NeuronProgram neuron = program.Populations[parameter.Owner].Neuron;
                double reset = NeuronProgram.Of(neuron.Reset, n);
                return ((float)(reset + 0.01 * (NeuronProgram.Of(neuron.Threshold, n) - reset)), float.MaxValue);
            case ParameterKind.Number:
                LearnedNumber number = program.Populations[parameter.Owner].Cell!.Neuron.Numbers.First(n => n.Slot == parameter.Group);
                return ((float)number.Minimum, (float)number.Maximum);
            default:
                return (float.MinValue, float.MaxValue);
        }
    }

    private static double Initial(NetworkProgram program, ParameterProgram parameter, int n)
    {
        if (parameter.Kind == ParameterKind.Delay)
        {
            return program.Connections[parameter.Owner].Delay.Times[n];
        }

        PopulationProgram population = program.Populations[parameter.Owner];
        return parameter.Kind switch
        {
            ParameterKind.Bias => NeuronProgram.Of(population.Neuron.Bias, n),
            ParameterKind.MembraneTime => NeuronProgram.Of(population.Neuron.MembraneTime, n),
            ParameterKind.Threshold => NeuronProgram.Of(population.Neuron.Threshold, n),
            ParameterKind.Number => population.Cell!.Initial(parameter.Group),
            _ => population.Groups[parameter.Group].Time,
        };
    }
}
