using System;
using System.Collections.Generic;

namespace Microsoft.ML.Snn.Reference;

/// <summary>What a trial of a <see cref="GridGraph"/> leaves behind.</summary>
public sealed class GridGraphTrace
{
    internal GridGraphTrace(List<(int Step, int Neuron)>[] spikes, Moving[][,] membranes) => (Spikes, Membranes) = (spikes, membranes);

    /// <summary>Gets the spikes of each population: grid index 1 to N, neuron.</summary>
    public IReadOnlyList<(int Step, int Neuron)>[] Spikes { get; }

    /// <summary>Gets V of the populations that do not spike, shape [population][grid index 0 to N, neuron]; empty for the others.</summary>
    public Moving[][,] Membranes { get; }

    /// <summary>Gets how many spikes were as slow as the limit, or slower.</summary>
    public int Grazing { get; internal set; }

    /// <summary>
    /// Gets the smallest distance of anything from where it would turn out otherwise: a potential from its threshold, a
    /// slope from the limit; in units of the potentials, over the largest of them or 1.
    /// </summary>
    public double Margin { get; internal set; } = double.PositiveInfinity;

    /// <summary>Gets the derivative of the regularisation: the sum over all spikes of τm times the neuron's push times dV before the spike.</summary>
    public double PushRate { get; internal set; }

    /// <summary>Gets the sum over the arrivals at a grid index of how fast their times change, shape [population][grid index, neuron].</summary>
    internal double[][,] ArrivalRates { get; init; } = [];

    /// <summary>Gets dV/dt before the arrivals of a grid index; as <see cref="ArrivalRates"/>.</summary>
    internal double[][,] Slopes { get; init; } = [];

    /// <summary>Gives the readout of one population's neurons, shape [neuron].</summary>
    /// <param name="population">One that does not spike.</param>
    /// <param name="settings">Number of steps, their length, and what is read.</param>
    public Moving[] Read(int population, GridSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Moving[,] v = Membranes[population];
        var outputs = new Moving[v.GetLength(1)];
        for (int k = 0; k < outputs.Length; k++)
        {
            int best = 1;
            for (int n = 2; n <= settings.StepCount; n++)
            {
                best = v[n, k].Value > v[best, k].Value ? n : best;
            }

            for (int n = 1; n <= settings.StepCount; n++)
            {
                outputs[k] += GridReadout.Weight(settings, n, best) * v[n, k];
                if (settings.Readout == ReferenceReadout.MaximumMembrane && n != best)
                {
                    Margin = Math.Min(Margin, (v[best, k].Value - v[n, k].Value) / Math.Max(1, Math.Abs(v[best, k].Value)));
                }
            }

            if (settings.Readout == ReferenceReadout.MaximumMembrane)
            {
                outputs[k] = outputs[k].Pushed(Slopes[population][best, k] * ArrivalRates[population][best, k]);
            }
        }

        return outputs;
    }
}
