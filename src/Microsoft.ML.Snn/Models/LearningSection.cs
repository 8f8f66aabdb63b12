using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Models;

/// <summary>What a model needs to be trained further and to be printed, but not to score: readers that do not know it leave it out.</summary>
internal static class LearningSection
{
    /// <summary>Whether there is something to say.</summary>
    public static bool IsNeeded(NetworkProgram program) =>
        program.Inputs.Any(input => input.Shape.Rank > 1) || program.Populations.Any(p => p.LossWeight != 1) || program.Connections.Any(c => c.Rewiring != null);

    public static void Write(BinaryWriter writer, NetworkProgram program)
    {
        foreach (InputProgram input in program.Inputs)
        {
            GraphBody.WriteShape(writer, input.Shape);
        }

        foreach (PopulationProgram population in program.Populations)
        {
            writer.Write(population.LossWeight);
        }

        foreach (ConnectionProgram connection in program.Connections)
        {
            writer.Write(connection.Rewiring != null);
            if (connection.Rewiring is { } rewiring)
            {
                writer.Write(rewiring.Rule.Strength);
                writer.Write(rewiring.Rule.Noise);
                writer.Write(rewiring.Seed);
                writer.Write(rewiring.Stream);
                writer.Write(rewiring.AllowSelf);
            }
        }
    }

    /// <exception cref="InvalidDataException">It does not fit the network.</exception>
    public static NetworkProgram Read(BinaryReader reader, NetworkProgram program)
    {
        var inputs = new List<InputProgram>();
        foreach (InputProgram input in program.Inputs)
        {
            Shape shape = GraphBody.ReadShape(reader);
            Check(shape.Size == input.Channels);
            inputs.Add(input with { Shape = shape });
        }

        var populations = new List<PopulationProgram>();
        foreach (PopulationProgram population in program.Populations)
        {
            double weight = reader.ReadDouble();
            Check(weight >= 0 && double.IsFinite(weight));
            populations.Add(population with { LossWeight = weight });
        }

        var connections = new List<ConnectionProgram>();
        foreach (ConnectionProgram connection in program.Connections)
        {
            connections.Add(reader.ReadBoolean() ? connection with { Rewiring = ReadRewiring(reader, connection) } : connection);
        }

        return program.With([.. inputs], [.. populations], [.. connections]);
    }

    private static RewiringProgram ReadRewiring(BinaryReader reader, ConnectionProgram connection)
    {
        // Every synapse has a weight of its own, or rewiring could not move it alone.
        Check(connection.Table is { } table && table.SynapseCount == table.WeightCount);
        var rule = new DeepRewiring(reader.ReadDouble(), reader.ReadDouble());
        rule.Validate();
        return new RewiringProgram(rule, reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());
    }

    private static void Check(bool isGood)
    {
        if (!isGood)
        {
            throw new InvalidDataException("The model must say how its network learns, but a number of that is out of range. Save it again from its source.");
        }
    }
}
