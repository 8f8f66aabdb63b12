using System;
using System.IO;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

internal sealed partial class DeviceNetwork
{
    public override void SetWeights(NetworkWeights weights)
    {
        foreach (DeviceConnection connection in Connections)
        {
            connection.Weights.Upload(weights[connection.Program.Index]);
        }
    }

    public override void GetWeights(NetworkWeights weights)
    {
        foreach (DeviceConnection connection in Connections)
        {
            connection.Weights.Download(weights[connection.Program.Index]);
        }
    }

    public override void GetGradient(NetworkWeights gradient)
    {
        foreach (DeviceConnection connection in Connections)
        {
            if (!connection.HasGradient)
            {
                throw new InvalidOperationException("Set KeepGradient before the batch whose gradient is wanted.");
            }

            connection.Gradient.Download(gradient[connection.Program.Index]);
        }
    }

    public override void SaveState(BinaryWriter writer)
    {
        foreach (DeviceConnection connection in Connections)
        {
            var values = new float[connection.Program.Rows * connection.Program.Columns];
            foreach (DeviceBuffer<float> buffer in connection.State)
            {
                buffer.Download(values);
                StateStream.Write<float>(writer, values);
            }
        }
    }

    public override void LoadState(BinaryReader reader)
    {
        foreach (DeviceConnection connection in Connections)
        {
            var values = new float[connection.Program.Rows * connection.Program.Columns];
            foreach (DeviceBuffer<float> buffer in connection.State)
            {
                StateStream.Read<float>(reader, values);
                buffer.Upload(values);
            }
        }
    }
}
