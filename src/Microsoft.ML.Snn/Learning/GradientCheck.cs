using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Learning.Checks;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Compares the gradient that is derived for a user's neuron or synapse with central differences, in double precision.</summary>
/// <remarks>
/// <para>Random spikes are sent to one neuron; the loss is a random function of the times of its spikes and of its final
/// state. The derivatives of the loss by the weight of every arriving spike, by its time, and by the initial state are
/// what a network needs of a neuron: its weights, the error that it sends back, and its parameters.</para>
/// <para>Spikes are found inside the steps here, because on a time grid they jump from step to step and there is no
/// derivative to compare with. Draws in which a small change adds or removes a spike are left out.</para>
/// <para>A large error means that the equations are not smooth: a comparison inside them, or a threshold that is only
/// grazed.</para>
/// </remarks>
public static class GradientCheck
{
    private const int MaximumDraws = 60;
    private const int InputCount = 10;

    /// <summary>Checks a neuron behind an exponential synapse.</summary>
    /// <typeparam name="TNeuron">The neuron.</typeparam>
    /// <param name="neuron">The neuron with its parameters.</param>
    /// <param name="synapse">The synapse; by default <see cref="ExponentialSynapse"/> with its defaults.</param>
    /// <param name="duration">Length of a trial in milliseconds, above 0.</param>
    /// <param name="timeStep">Longest integration step in milliseconds, above 0; short against the fastest change of the state.</param>
    /// <param name="trials">Number of trials, 1 to 20.</param>
    /// <param name="seed">Seed of the random trials.</param>
    /// <param name="refractoryPeriod">How long the neuron is held after a spike, in milliseconds, 0 or more.</param>
    /// <returns>The comparison; see <see cref="GradientCheckReport.WorstRelativeError"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The equations are inconsistent; the message says how.</exception>
    public static GradientCheckReport Run<TNeuron>(
        TNeuron neuron, ExponentialSynapse? synapse = null, double duration = 50, double timeStep = 0.01, int trials = 3, int seed = 0,
        double refractoryPeriod = 0)
        where TNeuron : unmanaged, INeuronEquations
    {
        synapse ??= new();
        synapse.Validate();
        return Run(neuron, new ExponentialCurrent(synapse.Time), duration, timeStep, trials, seed, refractoryPeriod);
    }

    /// <summary>Checks a neuron behind a synapse.</summary>
    /// <typeparam name="TNeuron">The neuron.</typeparam>
    /// <typeparam name="TSynapse">The synapse.</typeparam>
    /// <param name="neuron">The neuron with its parameters.</param>
    /// <param name="synapse">The synapse with its parameters.</param>
    /// <param name="duration">Length of a trial in milliseconds, above 0.</param>
    /// <param name="timeStep">Longest integration step in milliseconds, above 0; short against the fastest change of the state.</param>
    /// <param name="trials">Number of trials, 1 to 20.</param>
    /// <param name="seed">Seed of the random trials.</param>
    /// <param name="refractoryPeriod">How long the neuron is held after a spike, in milliseconds, 0 or more.</param>
    /// <returns>The comparison; see <see cref="GradientCheckReport.WorstRelativeError"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The equations are inconsistent; the message says how.</exception>
    public static GradientCheckReport Run<TNeuron, TSynapse>(
        TNeuron neuron, TSynapse synapse, double duration = 50, double timeStep = 0.01, int trials = 3, int seed = 0,
        double refractoryPeriod = 0)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations
    {
        Require.Positive(duration, "Use a few times the longest time constant, for example 50 ms.");
        Require.Positive(timeStep, "Use for example 0.01 ms.");
        Require.InRange(duration / timeStep, 1, 1e6, "Use at most a million steps, for example 5000.");
        Require.InRange(trials, 1, 20, "The default is 3.");
        Require.NotNegative(refractoryPeriod, "Typical values are 0 to 5 ms.");
        var cell = new CellEquations<TNeuron, TSynapse>(neuron, synapse, timeStep, subSteps: 1);
        EquationChecks.Validate(cell);

        var random = new RandomStream(seed, stream: 0);
        var entries = new List<GradientCheckEntry>();
        int done = 0, spikes = 0;
        for (int draw = 0; draw < MaximumDraws && done < trials; draw++)
        {
            CellInput[] inputs = DrawInputs(cell, random, duration, timeStep, refractoryPeriod);
            var differences = new CellDifferences<TNeuron, TSynapse>(
                cell, inputs, duration, timeStep, new CellLoss(() => 2 * random.NextDouble() - 1), refractoryPeriod);
            if (differences.Compare() is { } compared)
            {
                entries.AddRange(compared);
                spikes += differences.Spikes;
                done++;
            }
        }

        return done == trials
            ? new GradientCheckReport(entries, done, spikes)
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"GradientCheck must find {trials} trials of {typeof(TNeuron).Name} that change smoothly, but found {done} in {MaximumDraws} draws. The loss leaps as a weight changes: is there a comparison in the equations, or is the duration of {duration} ms too long?"));
    }

    /// <summary>Random arrivals, strong enough that the neuron spikes a few times.</summary>
    private static CellInput[] DrawInputs<TNeuron, TSynapse>(
        CellEquations<TNeuron, TSynapse> cell, RandomStream random, double duration, double timeStep, double refractoryPeriod)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations
    {
        CellInput[] inputs = [.. Enumerable.Range(0, InputCount)
            .Select(_ => new CellInput(0.7 * duration * random.NextDouble(), 0.5 + random.NextDouble()))
            .OrderBy(input => input.Time)];
        for (double scale = 1e-3; scale < 1e7; scale *= 1.5)
        {
            CellInput[] scaled = [.. inputs.Select(input => input with { Weight = scale * input.Weight })];
            var trial = new CellTrial<TNeuron, TSynapse>(cell, cell.Initial<DoubleLane>(), scaled, duration, timeStep, keep: false, refractoryPeriod);
            if (trial.Spikes.Count >= 3)
            {
                return scaled;
            }
        }

        throw new InvalidOperationException(
            $"{typeof(TNeuron).Name} must spike three times when strong input arrives, but does not for weights from 0.001 to 10 million. "
            + "Does Derivatives use the current, and does Threshold reach 0? A longer duration may help.");
    }
}
