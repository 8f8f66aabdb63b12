using System;
using System.IO;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Models;

/// <summary>A user's neuron with its synapse as bytes.</summary>
internal static class CellFormat
{
    public static void Write(BinaryWriter writer, CellProgram? cell)
    {
        writer.Write(cell != null);
        if (cell == null)
        {
            return;
        }

        EquationsFormat.Write(writer, cell.Neuron.Equations);
        writer.Write(cell.Neuron.SubSteps);
        writer.Write(cell.Neuron.TimeConstant);
        var custom = cell.Synapse as CustomSynapse;
        writer.Write(custom != null);
        if (custom != null)
        {
            EquationsFormat.Write(writer, custom.Equations);
        }
        else
        {
            writer.Write(((ExponentialSynapse)cell.Synapse).Time);
        }
    }

    /// <exception cref="InvalidDataException">The equations are not there, or are refused.</exception>
    public static CellProgram? Read(BinaryReader reader, double timeStep)
    {
        if (!reader.ReadBoolean())
        {
            return null;
        }

        ValueType equations = EquationsFormat.Read(reader, CustomNeuron.Contract);
        Neuron neuron = EquationsFormat.Create<Neuron>(
            typeof(Neuron).GetMethod(nameof(Neuron.Custom))!, equations, reader.ReadInt32(), reader.ReadDouble());
        Synapse synapse = reader.ReadBoolean()
            ? EquationsFormat.Create<Synapse>(
                typeof(Synapse).GetMethod(nameof(Synapse.Custom))!, EquationsFormat.Read(reader, CustomSynapse.Contract))
            : new ExponentialSynapse(reader.ReadDouble());
        synapse.Validate();
        return ((CustomNeuron)neuron).Behind(synapse, timeStep);
    }
}
