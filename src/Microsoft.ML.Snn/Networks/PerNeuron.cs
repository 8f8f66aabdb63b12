using System;
using System.Globalization;

namespace Microsoft.ML.Snn;

/// <summary>Numbers of a population that differ from neuron to neuron, each list as long as the population. Immutable.</summary>
/// <remarks>A list that is null leaves the number of the neuron's description for all.</remarks>
public sealed class PerNeuron
{
    /// <summary>Creates the lists.</summary>
    /// <param name="membraneTimes">Membrane time constants in milliseconds, above 0.</param>
    /// <param name="thresholds">Thresholds, above the reset.</param>
    /// <param name="biases">Constant currents.</param>
    /// <param name="adaptationTimes">Adaptation time constants in milliseconds, above 0.</param>
    /// <param name="adaptationStrengths">Rises of the threshold at a spike, 0 or more.</param>
    public PerNeuron(
        double[]? membraneTimes = null, double[]? thresholds = null, double[]? biases = null,
        double[]? adaptationTimes = null, double[]? adaptationStrengths = null)
    {
        MembraneTime = Copy(membraneTimes);
        Threshold = Copy(thresholds);
        Bias = Copy(biases);
        AdaptationTime = Copy(adaptationTimes);
        AdaptationStrength = Copy(adaptationStrengths);
    }

    internal double[]? MembraneTime { get; }

    internal double[]? Threshold { get; }

    internal double[]? Bias { get; }

    internal double[]? AdaptationTime { get; }

    internal double[]? AdaptationStrength { get; }

    /// <summary>Checks the numbers.</summary>
    /// <param name="reset">The value below every threshold.</param>
    /// <param name="isAdaptive">Whether the neuron has a threshold that adapts.</param>
    internal void Validate(double reset, bool isAdaptive)
    {
        if (!isAdaptive && (AdaptationTime ?? AdaptationStrength) != null)
        {
            throw new ArgumentException(
                "Only neurons whose threshold adapts have adaptation times and strengths in PerNeuron, but this one does not. Use AdaptiveLeakyIntegrateFire.");
        }

        Check("membrane time", MembraneTime, x => x > 0, "above 0");
        Check("threshold", Threshold, x => x > reset, "above the reset");
        Check("bias", Bias, _ => true, "finite");
        Check("adaptation time", AdaptationTime, x => x > 0, "above 0");
        Check("adaptation strength", AdaptationStrength, x => x >= 0, "0 or more");
    }

    /// <summary>Checks that every list has one number per neuron.</summary>
    internal void CheckLengths(string population, int units)
    {
        foreach (double[]? list in new[] { MembraneTime, Threshold, Bias, AdaptationTime, AdaptationStrength })
        {
            if (list != null && list.Length != units)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Each list of PerNeuron of '{population}' must have {units} numbers, one per neuron, but one has {list.Length}."));
            }
        }
    }

    private static double[]? Copy(double[]? list) => list is { Length: > 0 } ? [.. list] : null;

    private static void Check(string name, double[]? list, Func<double, bool> isGood, string rule)
    {
        foreach (double value in list ?? [])
        {
            if (!double.IsFinite(value) || !isGood(value))
            {
                throw new ArgumentOutOfRangeException(name, value, string.Create(
                    CultureInfo.InvariantCulture, $"Every {name} of PerNeuron must be finite and {rule}, but one was {value}."));
            }
        }
    }
}
