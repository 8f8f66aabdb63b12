using System;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Coefficients and delays of a program as what is learned beside weights makes them now.</summary>
internal sealed class LearnedNumbers : IDisposable
{
    private readonly NetworkProgram _program;

    /// <summary>Works out the numbers of the program as it was described.</summary>
    /// <param name="program">The program.</param>
    /// <param name="laneWidth">Arrays by neuron are padded to a multiple of it.</param>
    public LearnedNumbers(NetworkProgram program, int laneWidth)
    {
        _program = program;
        Populations = [.. program.Populations.Select(p => new PopulationCoefficients(p, program.TimeStep, laneWidth))];
        DelaySteps = [.. program.Connections.Select(c => (int[])c.Delay.ToArray().Clone())];
    }

    public PopulationCoefficients[] Populations { get; }

    /// <summary>Delays of each connection in steps: one, one per row or one per weight.</summary>
    public int[][] DelaySteps { get; }

    /// <summary>Takes a parameter over, which is kept within its range; <see cref="Refresh"/> makes it count.</summary>
    /// <param name="parameter">No weights.</param>
    /// <param name="values">Its numbers.</param>
    public void Take(ParameterProgram parameter, Span<float> values)
    {
        for (int n = 0; n < values.Length; n++)
        {
            (float minimum, float maximum) = LearnedProgram.RangeOf(_program, parameter, n);
            values[n] = Math.Clamp(values[n], minimum, maximum);
        }

        if (parameter.Kind != ParameterKind.Delay)
        {
            Populations[parameter.Owner].Set(parameter, values);
            return;
        }

        for (int n = 0; n < values.Length; n++)
        {
            DelaySteps[parameter.Owner][n] = (int)Math.Round(values[n] / _program.TimeStep);
        }
    }

    public void Refresh()
    {
        foreach (PopulationCoefficients population in Populations)
        {
            if (population.Program.Neuron.Learned != LearnedParameters.None)
            {
                population.Refresh();
            }
        }
    }

    public void Dispose() => Array.ForEach(Populations, p => p.Dispose());
}
