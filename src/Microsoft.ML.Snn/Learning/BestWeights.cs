using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Keeps the weights of the epoch with the lowest validation loss.</summary>
internal sealed class BestWeights(NetworkProgram program)
{
    private double _loss = double.PositiveInfinity;

    /// <summary>Epoch of the lowest loss, counted from 1; 0 while there is none.</summary>
    public int Epoch { get; private set; }

    public NetworkWeights Weights { get; } = NetworkWeights.ZerosFor(program);

    public void Offer(double loss, int epoch, NetworkEngine engine)
    {
        if (loss < _loss)
        {
            (_loss, Epoch) = (loss, epoch);
            engine.GetWeights(Weights);
        }
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_loss);
        writer.Write(Epoch);
        for (int c = 0; Epoch > 0 && c < Weights.Count; c++)
        {
            StateStream.Write<float>(writer, Weights[c]);
        }

        foreach (ConnectionProgram c in program.Connections.Where(c => Epoch > 0 && c.Rewiring != null))
        {
            SynapseTable table = Weights.Tables[c.Index]!;
            writer.Write(table.Segments.Length);
            StateStream.Write(writer, table.RowStart);
            StateStream.Write(writer, table.Segments);
        }
    }

    public void Load(BinaryReader reader)
    {
        _loss = reader.ReadDouble();
        Epoch = reader.ReadInt32();
        for (int c = 0; Epoch > 0 && c < Weights.Count; c++)
        {
            StateStream.Read<float>(reader, Weights[c]);
        }

        foreach (ConnectionProgram c in program.Connections.Where(c => Epoch > 0 && c.Rewiring != null))
        {
            var segments = new SynapseSegment[reader.ReadInt32()];
            int[] rowStart = new int[c.Rows + 1];
            StateStream.Read<int>(reader, rowStart);
            StateStream.Read<SynapseSegment>(reader, segments);
            Weights.Tables[c.Index] = new SynapseTable(c.Rows, c.Columns, c.WeightCount, rowStart, segments);
        }
    }
}
