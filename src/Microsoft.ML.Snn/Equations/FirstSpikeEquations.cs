using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Losses of the times at which the outputs first spike: the earliest output is the answer.</summary>
/// <remarks>
/// <para>t[k] is the first spike of output k. An output that stays silent in a trial of length T is given the time
/// T + τm (1 - max V/ϑ): later than every spike, and the later the further it stayed from its threshold. So the loss
/// is a number for every trial, and a silent output has an exact gradient, by its largest potential.</para>
/// <para>Cross-entropy: p = softmax(-t/temperature), L = -ln p[label] + strength (exp(t[label]/late) - 1); the second term
/// wants the label's spike early. Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), their loss of first spikes, in
/// the form of Göltz et al., Nat. Mach. Intell. 3:823 (2021).</para>
/// <para>Relative mean square error: L = Σ (t[k] - t[label] - delay)²/(2 (outputs - 1)) over the others: each shall spike
/// <c>delay</c> after the label.</para>
/// </remarks>
/// <param name="Temperature">Milliseconds, above 0.</param>
/// <param name="LateStrength">Strength of the second term of the cross-entropy, 0 or more.</param>
/// <param name="LateTime">Its time constant in milliseconds, above 0.</param>
/// <param name="Delay">Milliseconds, above 0, for the relative mean square error; 0 for the cross-entropy.</param>
internal readonly record struct FirstSpikeEquations(double Temperature, double LateStrength, double LateTime, double Delay)
{
    /// <summary>Time of a silent output.</summary>
    public static double SilentTime(double duration, double membraneTime, double maximum, double threshold) =>
        duration + membraneTime * (1 - maximum / threshold);

    /// <summary>∂L/∂τm of a silent output, as far as it does not act through max V.</summary>
    public static double LossByMembraneTime(double lossByTime, double maximum, double threshold) => lossByTime * (1 - maximum / threshold);

    /// <summary>Time of a spike on a grid: the step's line from V before it to V after it meets the threshold.</summary>
    /// <param name="step">The step that ends above the threshold.</param>
    /// <param name="fraction">The part of the step before the crossing, 0 to 1.</param>
    /// <param name="timeStep">dt in milliseconds.</param>
    public static double SpikeTime(int step, float fraction, double timeStep) => (step + fraction) * timeStep;

    /// <summary>
    /// ∂L/∂V at the two ends of the line that meets the threshold: t = dt·(step + (ϑ - V)/(V' - V)), hence
    /// ∂t/∂V = -(1 - fraction)/(dV/dt) and ∂t/∂V' = -fraction/(dV/dt). The derivative of the interpolated time is exact.
    /// </summary>
    /// <param name="lossByTime">∂L/∂t.</param>
    /// <param name="fraction">The part of the step before the crossing, 0 to 1.</param>
    /// <param name="slope">τm·(V' - V)/dt, kept above the limit of grazing.</param>
    /// <param name="membraneTime">τm in milliseconds.</param>
    public static (float Before, float After) LossByLine(float lossByTime, float fraction, float slope, float membraneTime)
    {
        float byPotential = SpikeEquations.DerivativeByPotential(membraneTime * lossByTime, slope);
        return ((1 - fraction) * byPotential, fraction * byPotential);
    }

    /// <summary>∂L/∂(max V) of a silent output.</summary>
    public static double LossByMaximum(double lossByTime, double membraneTime, double threshold) =>
        -lossByTime * membraneTime / threshold;

    /// <summary>Fills in the probabilities of the classes, softmax(-t/temperature). Both of shape [class].</summary>
    public void ToProbabilities(ReadOnlySpan<double> times, Span<float> probabilities)
    {
        double first = Earliest(times);
        double total = 0;
        foreach (double time in times)
        {
            total += Math.Exp((first - time) / Temperature);
        }

        for (int k = 0; k < times.Length; k++)
        {
            probabilities[k] = (float)(Math.Exp((first - times[k]) / Temperature) / total);
        }
    }

    /// <summary>The loss, and ∂L/∂t of every output. Both spans of shape [class].</summary>
    public double Loss(ReadOnlySpan<double> times, int label, Span<double> lossByTime) =>
        Delay > 0 ? RelativeSquares(times, label, lossByTime) : CrossEntropy(times, label, lossByTime);

    private double CrossEntropy(ReadOnlySpan<double> times, int label, Span<double> lossByTime)
    {
        double first = Earliest(times);
        double total = 0;
        for (int k = 0; k < times.Length; k++)
        {
            lossByTime[k] = Math.Exp((first - times[k]) / Temperature);
            total += lossByTime[k];
        }

        for (int k = 0; k < times.Length; k++)
        {
            lossByTime[k] = ((k == label ? 1 : 0) - lossByTime[k] / total) / Temperature;
        }

        double late = LateStrength == 0 ? 0 : LateStrength * Math.Exp(times[label] / LateTime);
        lossByTime[label] += late / LateTime;
        return Math.Log(total) + (times[label] - first) / Temperature + (LateStrength == 0 ? 0 : late - LateStrength);
    }

    private double RelativeSquares(ReadOnlySpan<double> times, int label, Span<double> lossByTime)
    {
        double loss = 0;
        double share = 1.0 / Math.Max(1, times.Length - 1);
        lossByTime[label] = 0;
        for (int k = 0; k < times.Length; k++)
        {
            if (k != label)
            {
                double miss = times[k] - times[label] - Delay;
                loss += 0.5 * share * miss * miss;
                lossByTime[k] = share * miss;
                lossByTime[label] -= share * miss;
            }
        }

        return loss;
    }

    private static double Earliest(ReadOnlySpan<double> times)
    {
        double first = double.PositiveInfinity;
        foreach (double time in times)
        {
            first = Math.Min(first, time);
        }

        return first;
    }
}
