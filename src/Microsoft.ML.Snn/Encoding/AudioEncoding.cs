namespace Microsoft.ML.Snn;

/// <summary>How sound becomes spikes: a bank of band-pass filters, the level of each over time, and a code for that level. Immutable.</summary>
/// <remarks>
/// <para>
/// A step's energy of a band is the short-time power spectrum of the window that ends with the step, weighted with a
/// triangle on the mel scale m = 2595·log10(1 + f/700). Neighbouring triangles add up to 1: the bands share the power of
/// a sound between them, and lose none of what lies between the first and the last centre.
/// </para>
/// <para>
/// The level of a band is 1 at the reference and falls in proportion to decibels to 0 at <see cref="DynamicRange"/> below.
/// </para>
/// <para>
/// Sources: the mel scale, O'Shaughnessy, Speech Communication (1987); spikes at level crossings of mel bands, Gütig and
/// Sompolinsky, PLoS Biol. 7:e1000141 (2009).
/// </para>
/// </remarks>
public sealed record AudioEncoding
{
    /// <summary>Gets the number T of steps of an example.</summary>
    /// <value>1 to 65536. The default is 200. What is longer is cut off; after the end of what is shorter there is silence.</value>
    public int TimeSteps { get; init; } = 200;

    /// <summary>Gets the length of one step.</summary>
    /// <value>Milliseconds, above 0. The default is 5: with 200 steps a second of sound.</value>
    public float TimeStep { get; init; } = 5;

    /// <summary>Gets the number of frequency bands.</summary>
    /// <value>1 to 1024. The default is 40.</value>
    public int Bands { get; init; } = 40;

    /// <summary>Gets where the first band begins.</summary>
    /// <value>Hertz, 0 or more. The default is 100.</value>
    public float LowestFrequency { get; init; } = 100;

    /// <summary>Gets where the last band ends.</summary>
    /// <value>
    /// Hertz, above <see cref="LowestFrequency"/> and at most half the sample rate of the sound. The default is 4000, which
    /// suits sound of 8 kHz and more.
    /// </value>
    public float HighestFrequency { get; init; } = 4000;

    /// <summary>Gets the length of the window of the short-time spectrum.</summary>
    /// <value>Milliseconds, above 0 and at most 1000. The default is 25.</value>
    public float WindowTime { get; init; } = 25;

    /// <summary>Gets how far below the reference the level of a band is 0.</summary>
    /// <value>Decibels, above 0 and at most 200. The default is 50.</value>
    public float DynamicRange { get; init; } = 50;

    /// <summary>Gets the energy of a band at which its level is 1.</summary>
    /// <value>
    /// Decibels, where a sine of amplitude 1 has -3. The default of null takes the loudest band and step of each recording,
    /// so that a quiet and a loud speaker give the same spikes; digital silence then gives none.
    /// </value>
    public float? ReferenceLevel { get; init; }

    /// <summary>Gets how levels become spikes.</summary>
    /// <value>
    /// The default is <see cref="AudioCode.Rate"/>. In steps of 5 ms, with a spike in every step of the loudest band, a recurrent
    /// network knew 89 % of spoken digits that were held out of its training. In steps of 10 ms it knew 77 %, and 82 % with
    /// <see cref="AudioCode.LevelCrossing"/>, which has fewer spikes and needs no fine steps.
    /// </value>
    public AudioCode Code { get; init; } = AudioCode.Rate;

    /// <summary>Gets the number of levels per band of <see cref="AudioCode.LevelCrossing"/>, evenly spaced inside 0 to 1.</summary>
    /// <value>1 to 64. The default is 6. A band has twice as many channels; the other code does not use it.</value>
    public int Levels { get; init; } = 6;

    /// <summary>Gets the rate at level 1 of <see cref="AudioCode.Rate"/>.</summary>
    /// <value>Hertz, above 0 and at most one spike per step. The default is 200; the other code does not use it.</value>
    public float MaximumRate { get; init; } = 200;

    /// <summary>Gets the number N of channels.</summary>
    /// <value>
    /// <see cref="AudioCode.LevelCrossing"/>: 2 · Bands · Levels, channel = (band · Levels + level) · 2, and one more for the
    /// way down. <see cref="AudioCode.Rate"/>: one per band.
    /// </value>
    public int Channels => Code == AudioCode.LevelCrossing ? 2 * Bands * Levels : Bands;

    internal void Validate()
    {
        Require.InRange(TimeSteps, 1, 65_536, "Use the number of simulation steps of an example, for example 100.");
        Require.Positive(TimeStep, "It is the length of a step in milliseconds, for example 10.");
        Require.InRange(Bands, 1, 1024, "Typical values are 20 to 80.");
        Require.NotNegative(LowestFrequency, "It is a frequency in hertz, for example 100.");
        Require.Inside(
            HighestFrequency, float.BitIncrement(LowestFrequency), float.MaxValue, "Use for example 4000, half the sample rate at most.");
        Require.InRange(WindowTime, float.Epsilon, 1000, "It is a time in milliseconds, for example 25.");
        Require.InRange(DynamicRange, float.Epsilon, 200, "It is in decibels, for example 50.");
        Require.Finite(ReferenceLevel ?? 0, "Leave it null to take the loudest moment of each recording.", nameof(ReferenceLevel));
        Require.Defined(Code, "Use AudioCode.LevelCrossing or AudioCode.Rate.");
        Require.InRange(Levels, 1, 64, "Typical values are 3 to 15.");
        Require.Positive(MaximumRate, "It is a rate in hertz, for example 100.");
        if (Code == AudioCode.Rate && MaximumRate * TimeStep / 1000 > 1)
        {
            Require.InRange(MaximumRate, 0, 1000.0 / TimeStep, "Spikes come at most once per step: lower it, or use shorter steps.");
        }

        double slots = (double)TimeSteps * Channels;
        Require.InRange(slots, 1, System.Array.MaxLength, "It is TimeSteps times Channels: use fewer steps, bands or levels.");
    }
}
