using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The weights by which e-prop sends the errors of the outputs of a graph to its spiking populations.</summary>
/// <remarks>
/// Symmetric feedback has those of the connections that lead to the outputs, whichever synapses they have now; random feedback goes
/// from every output to every population, connected or not. What the workers share; they only read it.
/// </remarks>
internal sealed unsafe class GraphFeedback<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly GraphNetwork<TLane> _network;

    /// <summary>Takes or draws the weights.</summary>
    /// <param name="network">The network, whose populations <see cref="GraphEPropRules"/> has checked.</param>
    /// <param name="settings">The settings.</param>
    public GraphFeedback(GraphNetwork<TLane> network, EPropSettings settings)
    {
        (_network, Settings) = (network, settings);
        Links = settings.Feedback == EPropFeedback.Random ? [.. Drawn()] : [.. Connected()];
    }

    public EPropSettings Settings { get; }

    /// <summary>All of it.</summary>
    public FeedbackLink[] Links { get; }

    private NetworkProgram Program => _network.Program;

    /// <summary>Brings symmetric feedback to where the weights are now. Before every batch.</summary>
    public void Refresh()
    {
        foreach (FeedbackLink link in Links)
        {
            if (link.Connection is { } connection)
            {
                Take(link, connection);
            }
        }
    }

    public void Dispose() => Array.ForEach(Links, link => link.Dispose());

    private int StrideOf(int population) => CpuWeights.Padded(Program.Populations[population].Units, TLane.Width);

    private IEnumerable<FeedbackLink> Connected() => Program.Connections
        .Where(c => !c.IsFromInput && Program.Populations[c.Target].Readout != null)
        .Select(c => new FeedbackLink(c.Source, c.Target, c.Columns, StrideOf(c.Source)) { Group = c.Group, Delay = c.Delay.Steps, Connection = c });

    private IEnumerable<FeedbackLink> Drawn()
    {
        for (int output = 0; output < Program.Outputs.Count; output++)
        {
            for (int spiking = 0; spiking < Program.Spiking.Count; spiking++)
            {
                yield return Drawn(
                    Program.Outputs[output], Program.Spiking[spiking], output * Program.Spiking.Count + spiking);
            }
        }
    }

    private FeedbackLink Drawn(PopulationProgram from, PopulationProgram to, int stream)
    {
        var link = new FeedbackLink(to.Index, from.Index, from.Units, StrideOf(to.Index));
        fixed (float* drawn = Settings.DrawFeedback(stream, to.Units, from.Units))
        {
            CpuWeights.Transpose(drawn, from.Units, to.Units, from.Units, link.Weights, link.Stride);
        }

        return link;
    }

    private void Take(FeedbackLink link, ConnectionProgram connection)
    {
        float* values = _network.Values + _network.Parameters.OffsetOf(connection.Index);
        if (connection.IsDense)
        {
            CpuWeights.Transpose(values, StrideOf(connection.Target), connection.Rows, connection.Columns, link.Weights, link.Stride);
            return;
        }

        link.Clear();
        SynapseTable table = _network.Tables[connection.Index]!;
        for (int row = 0; row < connection.Rows; row++)
        {
            foreach (SynapseSegment segment in table.Row(row))
            {
                for (int n = 0; n < segment.Length; n++)
                {
                    link.Weights[(nint)(segment.Target + n) * link.Stride + row] += values[segment.Weight + n];
                }
            }
        }
    }
}
