using System;
using System.IO;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Models;

/// <summary>A user's neuron with its synapse as bytes.</summary>
internal static class CellFormat
{
    /// <summary>The first version of the format that knows learned numbers.</summary>
    public const int FirstVersionWithNumbers = 4;

    public static void Write(BinaryWriter writer, CellProgram? cell, int version)
    {
        writer.Write(cell != null);
        if (cell == null)
        {
            return;
        }

        EquationsFormat.Write(writer, cell.Neuron.Equations);
        writer.Write(cell.Neuron.SubSteps);
        writer.Write(cell.Neuron.TimeConstant);
        if (version >= FirstVersionWithNumbers)
        {
            writer.Write(cell.Neuron.Numbers.Count);
            foreach (LearnedNumber number in cell.Neuron.Numbers)
            {
                writer.Write(number.Name);
                writer.Write(number.Variable);
                writer.Write(number.Minimum);
                writer.Write(number.Maximum);
            }
        }

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
    public static CellProgram? Read(BinaryReader reader, double timeStep, int version)
    {
        if (!reader.ReadBoolean())
        {
            return null;
        }

        ValueType equations = EquationsFormat.Read(reader, CustomNeuron.Contract);
        Neuron neuron = EquationsFormat.Create<Neuron>(
            typeof(Neuron).GetMethod(nameof(Neuron.Custom))!, equations, reader.ReadInt32(), reader.ReadDouble(),
            version < FirstVersionWithNumbers ? [] : ReadNumbers(reader));
        Synapse synapse = reader.ReadBoolean()
            ? EquationsFormat.Create<Synapse>(
                typeof(Synapse).GetMethod(nameof(Synapse.Custom))!, EquationsFormat.Read(reader, CustomSynapse.Contract))
            : new ExponentialSynapse(reader.ReadDouble());
        synapse.Validate();
        return ((CustomNeuron)neuron).Behind(synapse, timeStep);
    }

    private static LearnedNumber[] ReadNumbers(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        if (count is < 0 or > 4)
        {
            throw new InvalidDataException($"A neuron of a model must have 0 to 4 learned numbers, but has {count}. The file is corrupt.");
        }

        var numbers = new LearnedNumber[count];
        for (int n = 0; n < count; n++)
        {
            numbers[n] = new LearnedNumber(reader.ReadString(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble());
        }

        return numbers;
    }
}
