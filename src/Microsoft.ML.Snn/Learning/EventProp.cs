using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Event-based backpropagation: the exact gradient of a spiking network, at a cost that follows its spikes. Immutable.</summary>
/// <remarks>
/// Sources: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021); regularisation of the spike count from Nowotny, Turner and
/// Knight, Neuromorph. Comput. Eng. 5:014001 (2025).
/// </remarks>
public sealed record EventProp : LearningAlgorithm
{
    /// <summary>Gets the number of spikes that regularisation wants of each hidden neuron per trial.</summary>
    /// <value>0 or more. The default is 0. It acts only where a strength is set.</value>
    public double SpikeCountTarget { get; init; }

    /// <summary>Gets the strength of the pull down for neurons that spike more often than the target.</summary>
    /// <value>0 or more. The default is 0: none. Typical values are 1e-10 to 1e-3; they depend on the length of the trial.</value>
    public double SpikeCountStrength { get; init; }

    /// <summary>Gets the strength of the pull up for neurons that spike less often than the target, but do spike.</summary>
    /// <value>0 or more. The default is 0: none.</value>
    public double SpikeCountStrengthBelow { get; init; }

    /// <summary>Gets populations whose spike counts are regularised in another way than the three numbers above say.</summary>
    /// <value>The default is none. The first group that names a population holds.</value>
    public IReadOnlyList<SpikeCountGroup> SpikeCounts
    {
        get;

        // An array always: the kind of a list would be printed, and a checkpoint belongs to what is printed.
        init => field = value is null ? null! : value.ToArray();
    } = Array.Empty<SpikeCountGroup>();

    /// <summary>
    /// Gets the smallest slope, synaptic current minus threshold, that the gradient of a spike is divided by.
    /// </summary>
    /// <value>
    /// Above 0, in units of the threshold. The default is 0.1. At a slope of 0 the membrane only grazes the threshold and
    /// the gradient is infinite. The share of spikes where the limit acts is in the training history.
    /// </value>
    public double GrazingLimit { get; init; } = 0.1;

    internal SpikeCountEquations SpikeCount =>
        new((float)SpikeCountTarget, (float)SpikeCountStrength, (float)SpikeCountStrengthBelow);

    internal override string SilenceHint => SpikeCount.IsActive || SpikeCounts.Count > 0 ? ", or lower EventProp.SpikeCountStrength." : ".";

    internal override string DivergenceHint => string.Create(
        CultureInfo.InvariantCulture, $"raise EventProp.GrazingLimit (now {GrazingLimit}), ");

    internal override void Validate()
    {
        Require.NotNegative(SpikeCountTarget, "Use the wanted number of spikes per trial, for example 5.");
        Require.NotNegative(SpikeCountStrength, "Use 0 to switch regularisation off.");
        Require.NotNegative(SpikeCountStrengthBelow, "Use 0 to switch regularisation off.");
        Require.NoNulls(SpikeCounts);
        Require.Positive(GrazingLimit, "The default of 0.1 suits a threshold of 1.");
    }

    internal override NetworkEngine CreateEngine(
        NetworkProgram program, int batchSize, int threads, int? gpuDeviceId, bool fallbackToCpu, int seed, Action<string> log) =>
        EngineFactory.Create(program, batchSize, threads, gpuDeviceId, fallbackToCpu, log);

    internal override LearningStep StepFor(NetworkProgram program)
    {
        foreach (SpikeCountGroup group in SpikeCounts)
        {
            if (program.Spiking.All(population => population.Name != group.Name))
            {
                throw new ArgumentException(
                    $"Every group of EventProp.SpikeCounts must name a spiking population, but there is no '{group.Name}'. There are: "
                    + $"{string.Join(", ", program.Spiking.Select(population => $"'{population.Name}'"))}.");
            }
        }

        SpikeCountEquations[] counts =
            [.. program.Spiking.Select(population => SpikeCounts.FirstOrDefault(group => group.Name == population.Name)?.Equations ?? SpikeCount)];
        return new LearningStep(default, new SpikeRegularisation(counts), (float)GrazingLimit);
    }
}
