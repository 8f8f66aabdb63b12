using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Keeps numbers that decay for ever out of the denormal range, where a CPU is a hundred times slower.</summary>
internal static class Denormal
{
    /// <summary>How often a state that decays over the steps of a trial is flushed.</summary>
    public const int StepsBetweenFlushes = 32;

    /// <summary>
    /// Adding and taking away a number far below anything that matters leaves every larger number as it is, bit for bit,
    /// and rounds what is below 1e-27 to 0 or about that: far enough from 1e-38 to be multiplied by a learning rate.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Flush<TLane>(TLane value)
        where TLane : struct, ILane<TLane>
    {
        TLane tiny = TLane.Splat(1e-20f);
        return value + tiny - tiny;
    }
}
