using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Losses of the times at which the outputs first spike: the earliest output is the answer.</summary>
/// <remarks>
/// <para>t[k] is the first spike of output k. An output that stays silent in a trial of length T is given the time
/// T + τm (1 - max V/ϑ): later than every spike, and the later the further it stayed from its threshold. So the loss
/// is a number for every trial, and a silent output has an exact gradient, by its largest potential.</para>
/// <para>Cross-entropy: p = softmax(-t/temperature), L = -ln p[label] + strength f(t[label]), f(t) = exp(t/late) - 1; the second
/// term wants the label's spike early. Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), their loss of first spikes, in
/// the form of Göltz et al., Nat. Mach. Intell. 3:823 (2021). Behind the joint T* = min(T, 32 late) it goes on as its tangent,
/// f(t) = exp(T*/late) (1 + (t - T*)/late) - 1, so that a silent output far below its threshold has a loss and a bounded derivative,
/// that of the end of the trial. mlGeNN gives a silent label the derivative at the end of the trial too: ml_genn,
/// compilers/event_prop_compiler.py.</para>
/// <para>Relative mean square error: L = Σ (t[k] - t[label] - delay)²/(2 (outputs - 1)) over the others: each shall spike
/// <c>delay</c> after the label.</para>
/// </remarks>
/// <param name="Temperature">Milliseconds, above 0.</param>
/// <param name="LateStrength">Strength of the second term of the cross-entropy, 0 or more.</param>
/// <param name="LateTime">Its time constant in milliseconds, above 0.</param>
/// <param name="Delay">Milliseconds, above 0, for the relative mean square error; 0 for the cross-entropy.</param>
internal readonly record struct FirstSpikeEquations(double Temperature, double LateStrength, double LateTime, double Delay)
{
    // So many fit on the stack.
    private const int FewOutputs = 64;

    /// <summary>The same in single precision, for kernels.</summary>
    public FirstSpikeLosses<FloatLane> ForKernels => new(
        (float)Temperature, (float)LateStrength, (float)LateTime, (float)Delay, IsRelative, HasLate);

    private FirstSpikeLosses<DoubleLane> Losses => new(
        new(Temperature), new(LateStrength), new(LateTime), new(Delay), IsRelative, HasLate);

    private int IsRelative => Delay > 0 ? 1 : 0;

    private int HasLate => LateStrength == 0 ? 0 : 1;

    /// <summary>Time of a silent output.</summary>
    public static TLane SilentTime<TLane>(TLane duration, TLane membraneTime, TLane maximum, TLane threshold)
        where TLane : struct, ILane<TLane> => duration + membraneTime * (TLane.Splat(1) - maximum / threshold);

    /// <summary>As above, for one output.</summary>
    public static double SilentTime(double duration, double membraneTime, double maximum, double threshold) =>
        SilentTime<DoubleLane>(new(duration), new(membraneTime), new(maximum), new(threshold)).Value;

    /// <summary>∂L/∂τm of a silent output, as far as it does not act through max V.</summary>
    public static TLane LossByMembraneTime<TLane>(TLane lossByTime, TLane maximum, TLane threshold)
        where TLane : struct, ILane<TLane> => lossByTime * (TLane.Splat(1) - maximum / threshold);

    /// <summary>As above, for one output.</summary>
    public static double LossByMembraneTime(double lossByTime, double maximum, double threshold) =>
        LossByMembraneTime<DoubleLane>(new(lossByTime), new(maximum), new(threshold)).Value;

    /// <summary>Time of a spike on a grid: the step's line from V before it to V after it meets the threshold.</summary>
    /// <param name="step">The step that ends above the threshold.</param>
    /// <param name="fraction">The part of the step before the crossing, 0 to 1.</param>
    /// <param name="timeStep">dt in milliseconds.</param>
    public static TLane SpikeTime<TLane>(TLane step, TLane fraction, TLane timeStep)
        where TLane : struct, ILane<TLane> => (step + fraction) * timeStep;

    /// <summary>τm·dV/dt of the step's line.</summary>
    public static float LineSlope(float before, float after, float membraneTime, float timeStep) => membraneTime * (after - before) / timeStep;

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
    public static TLane LossByMaximum<TLane>(TLane lossByTime, TLane membraneTime, TLane threshold)
        where TLane : struct, ILane<TLane> => -lossByTime * membraneTime / threshold;

    /// <summary>As above, for one output.</summary>
    public static double LossByMaximum(double lossByTime, double membraneTime, double threshold) =>
        LossByMaximum<DoubleLane>(new(lossByTime), new(membraneTime), new(threshold)).Value;

    /// <summary>Fills in the probabilities of the classes, softmax(-t/temperature). Both of shape [class].</summary>
    public void ToProbabilities(ReadOnlySpan<double> times, Span<float> probabilities)
    {
        Span<double> exact = times.Length <= FewOutputs ? stackalloc double[times.Length] : new double[times.Length];
        Losses.ToProbabilities(new HostOutputTimes(times, exact), times.Length);
        for (int k = 0; k < times.Length; k++)
        {
            probabilities[k] = (float)exact[k];
        }
    }

    /// <summary>The loss, and ∂L/∂t of every output.</summary>
    /// <param name="times">Milliseconds, shape [class].</param>
    /// <param name="label">The class.</param>
    /// <param name="duration">T, the length of the trial in milliseconds.</param>
    /// <param name="lossByTime">Receives ∂L/∂t, shape [class].</param>
    public double Loss(ReadOnlySpan<double> times, int label, double duration, Span<double> lossByTime) =>
        Losses.Loss(new HostOutputTimes(times, lossByTime), times.Length, label, new(duration)).Value;
}
