using System.Globalization;

namespace Microsoft.ML.Snn;

/// <summary>Over which steps a <see cref="SnnStream"/> reads its outputs. Immutable.</summary>
/// <remarks>
/// The network itself never forgets its past otherwise than by the decay of its currents and potentials; this says which
/// of the output potentials make the scores.
/// </remarks>
public sealed record StreamReadout
{
    private StreamReadout(int windowSteps, double fadingTime) => (WindowSteps, FadingTime) = (windowSteps, fadingTime);

    /// <summary>Gets the readout over all steps since the beginning: after as many steps as a trial had in training, that of the trained model.</summary>
    /// <remarks>
    /// At every other number of steps: the average is that of the steps so far, sum and maximum are those so far, and the
    /// exponentially weighted average is the sum so far, whose weights go on falling. A sum grows for ever: for streams
    /// without an end use <see cref="Window"/> or <see cref="Fading"/>, or call <see cref="SnnStream.Reset"/> between two
    /// trials.
    /// </remarks>
    public static StreamReadout Trial { get; } = new(0, 0);

    /// <summary>Gets the number of steps of a <see cref="Window"/>, or 0.</summary>
    public int WindowSteps { get; }

    /// <summary>Gets the time constant of a <see cref="Fading"/> readout in milliseconds, or 0.</summary>
    public double FadingTime { get; }

    /// <summary>The readout of the last steps, as if they were a trial.</summary>
    /// <param name="steps">The number of steps, 1 to 65536; the time steps of the model are a good choice.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">The number is out of its range.</exception>
    public static StreamReadout Window(int steps)
    {
        Require.InRange(steps, 1, 1 << 16, "The time steps of the model are a good choice.");
        return new StreamReadout(steps, 0);
    }

    /// <summary>A mean of the output potentials in which older steps count less and less, by exp(-t/τ).</summary>
    /// <remarks>
    /// It is scaled by what the weights of the trained readout sum up to, so that scores are as sharp as in training. For
    /// a maximum it is a plain mean.
    /// </remarks>
    /// <param name="time">τ in milliseconds, above 0; about half the duration of a trial is a good choice.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">The time is not a finite number above 0.</exception>
    public static StreamReadout Fading(double time)
    {
        Require.Positive(time, "It is a time constant in milliseconds, for example 50.");
        return new StreamReadout(0, time);
    }

    /// <summary>What a person calls it.</summary>
    public override string ToString() => WindowSteps > 0
        ? string.Create(CultureInfo.InvariantCulture, $"the last {WindowSteps} steps")
        : FadingTime > 0 ? string.Create(CultureInfo.InvariantCulture, $"fading with {FadingTime} ms") : "all steps";
}
