using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Models;

/// <summary>The fields of a model, in the order of the format.</summary>
internal static class ModelBody
{
    public static void Write(BinaryWriter writer, SnnModel model, int version)
    {
        NetworkProgram program = model.Program;
        writer.Write(program.Channels);
        writer.Write(program.Steps);
        writer.Write(program.TimeStep);
        writer.Write(program.Output.Units);
        writer.Write(model.IsConstantCurrent);
        writer.Write((int)program.Integrator);
        writer.Write(model.IsSpikeTimes);

        if (program.IsClassic)
        {
            WriteLayers(writer, program);
        }
        else
        {
            writer.Write(GraphBody.Mark);
            GraphBody.Write(writer, program, version);
        }

        for (int parameter = 0; parameter < model.Weights.Count; parameter++)
        {
            WriteFloats(writer, model.Weights[parameter]);
        }

        HistoryFormat.Write(writer, model.History);
        foreach (float[] counts in model.MeanSpikeCounts)
        {
            WriteFloats(writer, counts);
        }

        ModelSections.Write(writer, model);
    }

    private static void WriteLayers(BinaryWriter writer, NetworkProgram program)
    {
        writer.Write(program.Hidden.Count);
        foreach (SpikingLayer layer in program.Description.Hidden)
        {
            writer.Write(layer.Units);
            writer.Write(layer.Neuron.LeakTime);
            writer.Write(layer.Neuron.Threshold);
            writer.Write(layer.Neuron.Reset);
            writer.Write((int)layer.Neuron.ResetMode);
            writer.Write(layer.Neuron.RefractoryPeriod);
            var adaptive = layer.Neuron as AdaptiveLeakyIntegrateFire;
            writer.Write(adaptive?.AdaptationTime ?? 0);
            writer.Write(adaptive?.AdaptationStrength ?? 0);
            WriteSynapse(writer, layer.Synapse);
            writer.Write(layer.Recurrent);
        }

        OutputLayer output = program.Description.Output;
        writer.Write((int)output.Readout);
        writer.Write(output.Neuron.MembraneTime);
        WriteSynapse(writer, output.Synapse);
        writer.Write(program.Loss.Number);
        writer.Write(program.Loss.EveryStep);
        writer.Write(output.Loss != null);
        writer.Write(output.FirstSpike.Temperature);
        writer.Write(output.FirstSpike.LateStrength);
        writer.Write(output.FirstSpike.LateTime);
        writer.Write(output.FirstSpike.Delay);
    }

    public static SnnModel Read(Stream body, int version)
    {
        using var reader = new BinaryReader(body, System.Text.Encoding.UTF8);
        int channels = reader.ReadInt32();
        int steps = reader.ReadInt32();
        double timeStep = reader.ReadDouble();
        int outputs = reader.ReadInt32();
        bool isConstantCurrent = reader.ReadBoolean();
        Integrator integrator = version < 3 ? Integrator.Grid : (Integrator)reader.ReadInt32();
        bool isSpikeTimes = version >= 3 && reader.ReadBoolean();

        int hidden = reader.ReadInt32();
        NetworkProgram program = hidden == GraphBody.Mark && version > 2
            ? GraphBody.Read(reader, channels, steps, timeStep, version)
            : ReadLayers(reader, version, hidden, channels, steps, timeStep, outputs, integrator);
        if (program.Output.Units != outputs)
        {
            throw new InvalidDataException("The model must have as many outputs as it says, but has not. Save it again from its source.");
        }

        RequireBytes(body, program.ParameterCount * sizeof(float));
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        for (int c = 0; c < weights.Count; c++)
        {
            ReadFloats(reader, weights[c]);
        }

        if (!weights.IsFinite())
        {
            throw new InvalidDataException("The weights of the model must be finite numbers, but are not all. Train it again.");
        }

        TrainingHistory history = HistoryFormat.Read(reader, version);
        float[][] counts = [.. program.Spiking.Select(layer => new float[layer.Units])];
        Array.ForEach(counts, layer => ReadFloats(reader, layer));
        var model = new SnnModel(program, weights, isConstantCurrent, history, counts) { IsSpikeTimes = isSpikeTimes };
        model = version < 3 ? model : ModelSections.Read(reader, model);
        if (body.Position != body.Length)
        {
            throw new InvalidDataException(
                "The model has more bytes than its format has fields: the number of its format was altered. Save it again from its source.");
        }

        return model;
    }

    private static NetworkProgram ReadLayers(
        BinaryReader reader, int version, int hidden, int channels, int steps, double timeStep, int outputs, Integrator integrator)
    {
        var layers = new List<Layer>();
        for (int n = 0; n < hidden; n++)
        {
            layers.Add(ReadHidden(reader, version));
        }

        var readout = (Readout)reader.ReadInt32();
        var output = new LeakyIntegrator { MembraneTime = reader.ReadDouble() };
        Synapse synapse = ReadSynapse(reader);
        Loss loss = version < 3 ? Loss.SoftmaxCrossEntropy : Loss.Of(reader.ReadInt32(), reader.ReadBoolean());
        bool isNamed = version >= 3 && reader.ReadBoolean();
        FirstSpikeLoss? firstSpike = version < 3
            ? null
            : FirstSpikeLoss.Restore(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        layers.Add(Layer.Output(readout, output, synapse, firstSpike: firstSpike, loss: isNamed ? loss : null));
        return NetworkProgram.Build(
            SnnNetwork.Sequential([.. layers]), channels, steps, timeStep, outputs, loss, integrator);
    }

    private static Layer ReadHidden(BinaryReader reader, int version)
    {
        int units = reader.ReadInt32();
        Neuron neuron = new LeakyIntegrateFire
        {
            MembraneTime = reader.ReadDouble(),
            Threshold = reader.ReadDouble(),
            Reset = reader.ReadDouble(),
            ResetMode = (ResetMode)reader.ReadInt32(),
            RefractoryPeriod = reader.ReadDouble(),
        };
        double adaptationTime = version < 2 ? 0 : reader.ReadDouble();
        double adaptationStrength = version < 2 ? 0 : reader.ReadDouble();
        if (adaptationTime != 0)
        {
            neuron = new AdaptiveLeakyIntegrateFire
            {
                MembraneTime = neuron.LeakTime,
                Threshold = neuron.Threshold,
                Reset = neuron.Reset,
                ResetMode = neuron.ResetMode,
                RefractoryPeriod = neuron.RefractoryPeriod,
                AdaptationTime = adaptationTime,
                AdaptationStrength = adaptationStrength,
            };
        }

        return Layer.Dense(units, neuron, ReadSynapse(reader), reader.ReadBoolean());
    }

    /// <summary>The time constant of the current; 0 where there is none.</summary>
    private static void WriteSynapse(BinaryWriter writer, Synapse synapse) =>
        writer.Write(synapse is ExponentialSynapse exponential ? exponential.Time : 0);

    private static Synapse ReadSynapse(BinaryReader reader)
    {
        double time = reader.ReadDouble();
        return time == 0 ? new DeltaSynapse() : new ExponentialSynapse(time);
    }

    /// <summary>Nothing is allocated for what cannot be there.</summary>
    internal static void RequireBytes(Stream body, long count)
    {
        if (count > body.Length - body.Position)
        {
            throw new EndOfStreamException();
        }
    }

    private static void WriteFloats(BinaryWriter writer, float[] values)
    {
        // The format is little-endian, as is every processor that .NET runs on today.
        writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static void ReadFloats(BinaryReader reader, float[] values) =>
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
}
