using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>What all encoders have in common: the grid of time, and what to do with values outside 0 to 1.</summary>
/// <param name="TimeSteps">The number of steps, 1 to <see cref="MaximumTimeSteps"/>.</param>
/// <param name="TimeStep">The length of a step in milliseconds, above 0.</param>
/// <param name="OutOfRange">What to do with values outside 0 to 1.</param>
internal readonly record struct SpikeTiming(int TimeSteps, float TimeStep, OutOfRange OutOfRange)
{
    /// <summary>The most steps of an example.</summary>
    public const int MaximumTimeSteps = 65_536;

    /// <summary>Checks the arguments of a catalog method, whose names the messages use.</summary>
    public static SpikeTiming FromArguments(int timeSteps, float timeStep, OutOfRange outOfRange)
    {
        Require.InRange(timeSteps, 1, MaximumTimeSteps, "Use the number of simulation steps of an example, for example 20.");
        Require.Positive(timeStep, "It is the length of a step in milliseconds, for example 1.");
        Require.Defined(outOfRange, "Use OutOfRange.Error or OutOfRange.Clip.");
        return new SpikeTiming(timeSteps, timeStep, outOfRange);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, and checks it.</summary>
    public static SpikeTiming Load(IHost host, ModelLoadContext ctx)
    {
        // *** Binary format ***
        // int: number of steps; float: step in ms; byte: OutOfRange
        int timeSteps = ctx.Reader.ReadInt32();
        host.CheckDecode(timeSteps is > 0 and <= MaximumTimeSteps, "The number of time steps is damaged.");
        float timeStep = ctx.Reader.ReadSingle();
        host.CheckDecode(timeStep > 0 && float.IsFinite(timeStep), "The length of the time step is damaged.");
        byte outOfRange = ctx.Reader.ReadByte();
        host.CheckDecode(outOfRange <= (byte)OutOfRange.Clip, "The treatment of values out of range is damaged.");
        return new SpikeTiming(timeSteps, timeStep, (OutOfRange)outOfRange);
    }

    /// <summary>Writes the settings into a model.</summary>
    public void Save(ModelSaveContext ctx)
    {
        ctx.Writer.Write(TimeSteps);
        ctx.Writer.Write(TimeStep);
        ctx.Writer.Write((byte)OutOfRange);
    }
}
