using System;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>An <see cref="AudioEncoding"/> in a saved model.</summary>
internal static class SavedAudioEncoding
{
    /// <summary>Writes the settings into a model.</summary>
    public static void Save(ModelSaveContext ctx, AudioEncoding encoding)
    {
        ctx.Writer.Write(encoding.TimeSteps);
        ctx.Writer.Write(encoding.TimeStep);
        ctx.Writer.Write(encoding.Bands);
        ctx.Writer.Write(encoding.LowestFrequency);
        ctx.Writer.Write(encoding.HighestFrequency);
        ctx.Writer.Write(encoding.WindowTime);
        ctx.Writer.Write(encoding.DynamicRange);
        ctx.Writer.Write(encoding.ReferenceLevel ?? float.NaN);
        ctx.Writer.Write((byte)encoding.Code);
        ctx.Writer.Write(encoding.Levels);
        ctx.Writer.Write(encoding.MaximumRate);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, and checks it.</summary>
    public static AudioEncoding Load(IHost host, ModelLoadContext ctx)
    {
        // *** Binary format ***
        // int: steps; float: step in ms; int: bands; float: lowest, highest frequency in Hz; float: window in ms;
        // float: range in dB; float: reference in dB or NaN for none; byte: AudioCode; int: levels; float: maximum rate in Hz
        var encoding = new AudioEncoding
        {
            TimeSteps = ctx.Reader.ReadInt32(),
            TimeStep = ctx.Reader.ReadSingle(),
            Bands = ctx.Reader.ReadInt32(),
            LowestFrequency = ctx.Reader.ReadSingle(),
            HighestFrequency = ctx.Reader.ReadSingle(),
            WindowTime = ctx.Reader.ReadSingle(),
            DynamicRange = ctx.Reader.ReadSingle(),
            ReferenceLevel = ctx.Reader.ReadSingle() is var reference && float.IsNaN(reference) ? null : reference,
            Code = (AudioCode)ctx.Reader.ReadByte(),
            Levels = ctx.Reader.ReadInt32(),
            MaximumRate = ctx.Reader.ReadSingle(),
        };

        try
        {
            encoding.Validate();
        }
        catch (ArgumentOutOfRangeException problem)
        {
            throw host.ExceptDecode($"The audio encoding is damaged: {problem.Message}");
        }

        return encoding;
    }
}
