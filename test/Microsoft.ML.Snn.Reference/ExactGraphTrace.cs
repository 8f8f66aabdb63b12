using System.Collections.Generic;

namespace Microsoft.ML.Snn.Reference;

/// <summary>What a trial of an <see cref="ExactGraph"/> gave.</summary>
/// <param name="Spikes">Times of the spikes of each population with their neurons, in order.</param>
/// <param name="MeanPotential">Mean of V over the trial, shape [population][neuron].</param>
public sealed record ExactGraphTrace(IReadOnlyList<(double Time, int Neuron)>[] Spikes, double[][] MeanPotential);
