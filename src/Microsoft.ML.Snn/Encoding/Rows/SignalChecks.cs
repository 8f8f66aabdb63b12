using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Encoding.Rows;

/// <summary>Checks that several operations share.</summary>
internal static class SignalChecks
{
    /// <summary>The most steps of an example.</summary>
    public const int MaximumTimeSteps = 65_536;

    public static void Time(int timeSteps, float timeStep)
    {
        Require.InRange(timeSteps, 1, MaximumTimeSteps, "Use the number of simulation steps of an example, for example 20.");
        Require.Positive(timeStep, "It is the length of a step in milliseconds, for example 1.");
    }

    /// <summary>Returns a number of channels or steps as an int.</summary>
    /// <exception cref="ArgumentException">It is too large.</exception>
    public static int Size(long size) => size <= Array.MaxLength
        ? (int)size
        : throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture, $"A row must have at most {Array.MaxLength} slots, but would have {size}. Use fewer units or steps."));

    /// <summary>The frames of a plain vector, all of one size.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of their number.</exception>
    public static SignalShape Frames(SignalShape input, int frames) => input.Slots % frames == 0
        ? new SignalShape(frames, (int)(input.Slots / frames), 0)
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
            $"A row must hold {frames} frames of one size, but has {input.Slots} values. Set frames to the number of frames that follow each other in a row."));

    /// <summary>The rows of a plain vector: its own two dimensions, or consecutive groups of <paramref name="channels"/> values.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of the channels.</exception>
    public static SignalShape Series(SignalShape input, int? channels)
    {
        int perStep = channels ?? (input.Steps > 1 ? input.Channels : 1);
        return input.Slots % perStep == 0
            ? new SignalShape((int)(input.Slots / perStep), perStep, 0)
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The length of the series must be a multiple of its {perStep} channels, but is {input.Slots}. Set channels to the number of values per time step."));
    }
}
