using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn;

/// <summary>What is minimised where the output that spikes first is the answer, see <see cref="Readout.FirstSpikeTime"/>. Immutable.</summary>
/// <remarks>
/// An output that stays silent counts as if it had spiked after the end of the trial, the later the further its potential
/// stayed below the threshold: τm·(1 - max V) after the end. So it is pushed towards its threshold, or away from it.
/// </remarks>
public sealed record FirstSpikeLoss
{
    private FirstSpikeLoss(double temperature, double lateStrength, double lateTime, double delay) =>
        (Temperature, LateStrength, LateTime, Delay) = (temperature, lateStrength, lateTime, delay);

    /// <summary>Gets the difference of spike times that turns odds by a factor e: probabilities are softmax(-t/temperature).</summary>
    /// <value>Milliseconds, above 0.</value>
    public double Temperature { get; }

    /// <summary>Gets the strength of the term that wants the label's spike early.</summary>
    /// <value>0 or more.</value>
    public double LateStrength { get; }

    /// <summary>Gets the time constant of that term: strength·(exp(t/time) - 1) within the trial, and the tangent of it behind.</summary>
    /// <value>Milliseconds, above 0.</value>
    public double LateTime { get; }

    /// <summary>Gets how much later than the label's output the others shall spike.</summary>
    /// <value>Milliseconds; 0 for the cross-entropy, which has no such number.</value>
    public double Delay { get; }

    internal FirstSpikeEquations Equations => new(Temperature, LateStrength, LateTime, Delay);

    /// <summary>Cross-entropy of softmax(-t/temperature), with a term that wants the label's spike early.</summary>
    /// <param name="temperature">Milliseconds, above 0. Larger than the differences that training can reach, it never saturates.</param>
    /// <param name="lateStrength">0 or more; 0 leaves the term out.</param>
    /// <param name="lateTime">Milliseconds, above 0: about a fifth of the trial, so that its end weighs e^5 - 1 = 147 times the strength.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <remarks>
    /// <para>L = -ln p[label] + strength·f(t[label]), with p = softmax(-t/temperature) and f(t) = exp(t/late) - 1. A label whose output
    /// stays silent has a time behind the end T of the trial, without bound. So behind T, or behind 32·late in trials that
    /// are longer, f goes on as its tangent there: f(t) = exp(T/late)·(1 + (t - T)/late) - 1. Value and derivative are continuous, and
    /// the push towards the threshold is that of a spike at the end of the trial, however far below it the output stayed.</para>
    /// <para>Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021); Göltz et al., Nat. Mach. Intell. 3:823 (2021). The tangent
    /// is ours, after mlGeNN, where a silent label is pushed as much as a spike at the end of the trial.</para>
    /// </remarks>
    public static FirstSpikeLoss CrossEntropy(double temperature = 1, double lateStrength = 0, double lateTime = 10)
    {
        Require.Positive(temperature, "Typical values are 0.5 to 5 ms.");
        Require.NotNegative(lateStrength, "Use 0 to leave the term out, or for example 0.003.");
        Require.Positive(lateTime, "Typical values are 5 to 20 ms.");
        return new FirstSpikeLoss(temperature, lateStrength, lateTime, delay: 0);
    }

    /// <summary>Mean square error of the differences of spike times: every other output shall spike a fixed time after the label's.</summary>
    /// <param name="delay">That time in milliseconds, above 0.</param>
    /// <param name="temperature">Milliseconds, above 0; for the probabilities only, which are softmax(-t/temperature).</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static FirstSpikeLoss RelativeMeanSquareError(double delay, double temperature = 1)
    {
        Require.Positive(delay, "Typical values are 2 to 10 ms.");
        Require.Positive(temperature, "Typical values are 0.5 to 5 ms.");
        return new FirstSpikeLoss(temperature, lateStrength: 0, lateTime: 1, delay);
    }

    /// <summary>What a saved model holds; checked like the arguments of a caller.</summary>
    internal static FirstSpikeLoss Restore(double temperature, double lateStrength, double lateTime, double delay) =>
        delay == 0 ? CrossEntropy(temperature, lateStrength, lateTime) : RelativeMeanSquareError(delay, temperature);
}
