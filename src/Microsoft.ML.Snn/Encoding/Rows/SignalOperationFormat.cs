using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Snn.Encoding.Rows;

/// <summary>Writes an operation as bytes and reads it back.</summary>
/// <remarks>The names are part of every saved model: they never change. A later version of an operation gets a new name.</remarks>
internal static class SignalOperationFormat
{
    private static readonly Dictionary<string, (Type Type, Func<BinaryReader, SignalOperation> Read)> s_known = new()
    {
        ["population"] = (typeof(PopulationEncoding), PopulationEncoding.Read),
        ["delta"] = (typeof(DeltaEncoding), DeltaEncoding.Read),
        ["frames"] = (typeof(FrameEncoding), FrameEncoding.Read),
        ["binary"] = (typeof(BinaryEncoding), BinaryEncoding.Read),
        ["count"] = (typeof(SpikeCountDecoding), SpikeCountDecoding.Read),
        ["first-spike"] = (typeof(FirstSpikeDecoding), FirstSpikeDecoding.Read),
        ["trace"] = (typeof(TraceDecoding), TraceDecoding.Read),
        ["delta-inverse"] = (typeof(DeltaDecoding), DeltaDecoding.Read),
        ["latency-inverse"] = (typeof(LatencyDecoding), LatencyDecoding.Read),
        ["crop"] = (typeof(SpikeCropping), SpikeCropping.Read),
        ["delay-line"] = (typeof(DelayLine), DelayLine.Read),
        ["noise"] = (typeof(SpikeNoise), SpikeNoise.Read),
    };

    public static void Write(BinaryWriter writer, SignalOperation operation)
    {
        writer.Write(s_known.Single(known => known.Value.Type == operation.GetType()).Key);
        operation.Write(writer);
    }

    /// <exception cref="InvalidDataException">The bytes describe no operation.</exception>
    public static SignalOperation Read(BinaryReader reader)
    {
        string name = reader.ReadString();
        if (!s_known.TryGetValue(name, out (Type Type, Func<BinaryReader, SignalOperation> Read) known))
        {
            throw new InvalidDataException(
                $"The operation must be one of {string.Join(", ", s_known.Keys)}, but is '{name}'. Load it with a later version of Microsoft.ML.Snn.");
        }

        SignalOperation operation = known.Read(reader);
        try
        {
            operation.Validate();
        }
        catch (ArgumentException refused)
        {
            throw new InvalidDataException($"The settings of '{name}' are damaged: {refused.Message}", refused);
        }

        return operation;
    }
}
