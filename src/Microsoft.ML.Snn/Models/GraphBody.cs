using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Models;

/// <summary>The program of a graph as bytes: what it has become, not how it was described.</summary>
internal static class GraphBody
{
    /// <summary>Stands where a sequence of layers has the number of its hidden layers.</summary>
    public const int Mark = -1;

    private const int MaximumCount = 1 << 20;

    public static void Write(BinaryWriter writer, NetworkProgram program, int version)
    {
        writer.Write(program.Description.ToString());
        WriteNumbers(writer, program, version);
    }

    /// <summary>Writes all that decides what the network computes, but for its weights.</summary>
    public static void WriteNumbers(BinaryWriter writer, NetworkProgram program, int version)
    {
        writer.Write(program.Inputs.Count);
        foreach (InputProgram input in program.Inputs)
        {
            WriteInput(writer, input);
        }

        writer.Write(program.Populations.Count);
        foreach (PopulationProgram population in program.Populations)
        {
            WritePopulation(writer, population, version);
        }

        writer.Write(program.Connections.Count);
        foreach (ConnectionProgram connection in program.Connections)
        {
            WriteConnection(writer, connection);
        }
    }

    /// <exception cref="InvalidDataException">The fields do not make a network.</exception>
    public static NetworkProgram Read(BinaryReader reader, int channels, int steps, double timeStep, int version)
    {
        string description = reader.ReadString();
        var inputs = new InputProgram[Count(reader)];
        for (int n = 0; n < inputs.Length; n++)
        {
            inputs[n] = new InputProgram(reader.ReadString(), reader.ReadInt32(), reader.ReadInt32());
            Check(inputs[n].FirstChannel >= 0 && inputs[n].Channels >= 1 && inputs[n].FirstChannel <= channels - inputs[n].Channels);
        }

        var populations = new PopulationProgram[Count(reader)];
        for (int n = 0; n < populations.Length; n++)
        {
            populations[n] = ReadPopulation(reader, n, timeStep, version);
        }

        var connections = new ConnectionProgram[Count(reader)];
        for (int n = 0; n < connections.Length; n++)
        {
            connections[n] = ReadConnection(reader, n, inputs, populations);
        }

        Check(channels >= 1 && steps is >= 1 and <= 1 << 20 && double.IsFinite(timeStep) && timeStep > 0);
        Check(populations.Any(p => p.OutputCode.Readout >= 0 && connections.Any(c => c.Target == p.Index)));
        return NetworkProgram.OfGraph(SnnNetwork.OfModel(description), channels, steps, timeStep, inputs, populations, connections);
    }

    public static void WriteInput(BinaryWriter writer, InputProgram input)
    {
        writer.Write(input.Name);
        writer.Write(input.FirstChannel);
        writer.Write(input.Channels);
    }

    public static void WriteShape(BinaryWriter writer, Shape shape) => WriteInts(writer, [.. Dimensions(shape)]);

    public static Shape ReadShape(BinaryReader reader) => Shape.Create(ReadInts(reader));

    public static void WritePopulation(BinaryWriter writer, PopulationProgram population, int version)
    {
        NeuronProgram neuron = population.Neuron;
        writer.Write(population.Name);
        WriteShape(writer, population.Shape);
        writer.Write(neuron.IsSpiking);
        writer.Write(neuron.IsLeaky);
        writer.Write(neuron.ResetBySubtraction);
        writer.Write(neuron.RefractorySteps);
        writer.Write((int)neuron.Learned);
        foreach (double[] numbers in new[]
            { neuron.MembraneTime, neuron.Threshold, neuron.Reset, neuron.Bias, neuron.AdaptationTime, neuron.AdaptationStrength })
        {
            WriteDoubles(writer, numbers);
        }

        writer.Write(population.Groups.Count);
        foreach (CurrentGroup group in population.Groups)
        {
            writer.Write((int)group.Kind);
            writer.Write(group.Time);
        }

        (int readout, int loss, bool isEveryStep) = population.OutputCode;
        writer.Write(readout);
        writer.Write(loss);
        writer.Write(isEveryStep);
        if (population.FirstSpikeCode is { } firstSpike)
        {
            WriteDoubles(writer, firstSpike);
        }

        CellFormat.Write(writer, population.Cell, version);
    }

    private static PopulationProgram ReadPopulation(BinaryReader reader, int index, double timeStep, int version)
    {
        string name = reader.ReadString();
        Shape shape = ReadShape(reader);
        var neuron = new NeuronProgram
        {
            IsSpiking = reader.ReadBoolean(),
            IsLeaky = reader.ReadBoolean(),
            ResetBySubtraction = reader.ReadBoolean(),
            RefractorySteps = reader.ReadInt32(),
            Learned = (LearnedParameters)reader.ReadInt32(),
            MembraneTime = ReadNumbers(reader, shape.Size),
            Threshold = ReadNumbers(reader, shape.Size),
            Reset = ReadNumbers(reader, shape.Size),
            Bias = ReadNumbers(reader, shape.Size),
            AdaptationTime = ReadNumbers(reader, shape.Size),
            AdaptationStrength = ReadNumbers(reader, shape.Size),
        };
        Check(neuron.RefractorySteps >= 0 && neuron.MembraneTime.All(t => t > 0) && neuron.AdaptationTime.All(t => t > 0));
        var groups = new CurrentGroup[Count(reader)];
        for (int g = 0; g < groups.Length; g++)
        {
            groups[g] = new CurrentGroup((SynapseKind)reader.ReadInt32(), reader.ReadDouble());
            Check(groups[g].Kind is >= SynapseKind.Exponential and <= SynapseKind.Delta
                && (groups[g].Kind == SynapseKind.Delta || (groups[g].Time > 0 && double.IsFinite(groups[g].Time))));
        }

        var population = new PopulationProgram(index, name, shape.Size, neuron, groups) { Shape = shape };
        population = population.WithOutputCode(reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());

        // Readers before this one know no such readout of a graph and refuse it, so that the format needs no new number.
        if (population.FirstSpikeCode != null)
        {
            population = population.WithFirstSpikeCode(ReadDoubles(reader));
        }

        return population with { Cell = CellFormat.Read(reader, timeStep, version) };
    }

    public static void WriteConnection(BinaryWriter writer, ConnectionProgram c)
    {
        writer.Write(c.Name);
        writer.Write(c.Kind);
        writer.Write(c.Source);
        writer.Write(c.Target);
        writer.Write(c.Group);
        writer.Write(c.FixedWeight ?? float.NaN);
        writer.Write(c.MatrixColumns);
        writer.Write(c.IsDense);
        if (c.Table is { } table)
        {
            writer.Write(table.WeightCount);
            WriteInts(writer, table.RowStart);
            WriteInts(writer, MemoryMarshal.Cast<SynapseSegment, int>(table.Segments));
        }

        writer.Write((int)c.Delay.Form);
        WriteInts(writer, c.Delay.ToArray());
        WriteDoubles(writer, c.Delay.Times);
        writer.Write(c.Delay.Maximum);
    }

    private static ConnectionProgram ReadConnection(BinaryReader reader, int index, InputProgram[] inputs, PopulationProgram[] populations)
    {
        string name = reader.ReadString();
        string kind = reader.ReadString();
        (int source, int target, int group) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        Check(source < 0 ? ~source < inputs.Length : source < populations.Length && populations[source].Neuron.IsSpiking);
        Check(target >= 0 && target < populations.Length && group >= 0 && group < populations[target].Groups.Count);
        int rows = source < 0 ? inputs[~source].Channels : populations[source].Units;
        int columns = populations[target].Units;
        float fixedWeight = reader.ReadSingle();
        int matrixColumns = reader.ReadInt32();
        SynapseTable? table = reader.ReadBoolean() ? null : ReadTable(reader, rows, columns);
        Check(table != null || (long)rows * columns <= Array.MaxLength);
        int weights = table?.WeightCount ?? rows * columns;
        Check(matrixColumns >= 0 && (matrixColumns == 0 || weights % matrixColumns == 0));
        return new ConnectionProgram(index, name, rows, columns, Weights.Balanced)
        {
            Source = source,
            Target = target,
            Group = group,
            Table = table,
            FixedWeight = float.IsNaN(fixedWeight) ? null : fixedWeight,
            MatrixColumns = matrixColumns,
            Kind = kind,
            Delay = ReadDelay(reader, rows, weights),
        };
    }

    private static SynapseTable ReadTable(BinaryReader reader, int rows, int columns)
    {
        int weights = reader.ReadInt32();
        int[] rowStart = ReadInts(reader);
        SynapseSegment[] segments = [.. MemoryMarshal.Cast<int, SynapseSegment>(ReadInts(reader))];
        bool isGood = weights >= 0 && rowStart.Length == rows + 1 && rowStart[0] == 0 && rowStart[^1] == segments.Length;
        for (int row = 0; row < rows && isGood; row++)
        {
            isGood = rowStart[row] <= rowStart[row + 1];
        }

        Check(isGood && Array.TrueForAll(segments, s => s.Length >= 1 && s.Target >= 0 && s.Weight >= 0
            && s.Length <= columns - s.Target && s.Length <= weights - s.Weight));
        return new SynapseTable(rows, columns, weights, rowStart, segments);
    }

    private static DelayProgram ReadDelay(BinaryReader reader, int rows, int weights)
    {
        var form = (DelayForm)reader.ReadInt32();
        int[] steps = ReadInts(reader);
        double[] times = ReadDoubles(reader);
        int maximum = reader.ReadInt32();
        Check(form is >= DelayForm.Uniform and <= DelayForm.PerWeight);
        int needed = form == DelayForm.Uniform ? 1 : form == DelayForm.PerRow ? rows : weights;
        Check(steps.Length == needed && (times.Length == 0 || times.Length == needed) && maximum <= Delay.MaximumSteps
            && Array.TrueForAll(steps, d => d >= 0 && d <= maximum));
        return DelayProgram.Of(form, steps) with { Times = times, Maximum = maximum };
    }

    private static List<int> Dimensions(Shape shape)
    {
        var dimensions = new List<int>();
        foreach (int dimension in shape)
        {
            dimensions.Add(dimension);
        }

        return dimensions;
    }

    private static void Check(bool isGood)
    {
        if (!isGood)
        {
            throw new InvalidDataException("The model must describe a network, but a number of its graph is out of range. Save it again from its source.");
        }
    }

    private static int Count(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        Check(count is >= 0 and <= MaximumCount);
        return count;
    }

    private static double[] ReadNumbers(BinaryReader reader, int units)
    {
        double[] numbers = ReadDoubles(reader);
        Check((numbers.Length == 1 || numbers.Length == units) && Array.TrueForAll(numbers, double.IsFinite));
        return numbers;
    }

    private static void WriteInts(BinaryWriter writer, ReadOnlySpan<int> values)
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    private static void WriteDoubles(BinaryWriter writer, ReadOnlySpan<double> values)
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    private static int[] ReadInts(BinaryReader reader) => ReadArray<int>(reader);

    private static double[] ReadDoubles(BinaryReader reader) => ReadArray<double>(reader);

    private static T[] ReadArray<T>(BinaryReader reader)
        where T : unmanaged
    {
        int length = reader.ReadInt32();

        // Nothing is allocated for what cannot be there.
        Check(length >= 0 && length <= (reader.BaseStream.Length - reader.BaseStream.Position) / Marshal.SizeOf<T>());
        var values = new T[length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
