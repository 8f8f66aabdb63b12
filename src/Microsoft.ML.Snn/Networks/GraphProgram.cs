using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Works out the program of a graph: shapes, current groups, synapse tables, delays.</summary>
internal sealed class GraphProgram
{
    private readonly SnnNetwork _description;
    private readonly int _steps;
    private readonly double _timeStep;
    private readonly Loss _loss;
    private readonly IReadOnlyList<OutputNeed> _further;
    private readonly Shape?[] _shapes;
    private readonly int[] _populationOf;
    private readonly List<InputProgram> _inputs = [];
    private readonly List<CurrentGroup>[] _groups;

    private GraphProgram(
        SnnNetwork description, int channels, int steps, double timeStep, int outputs, Loss loss, IReadOnlyList<OutputNeed> further)
    {
        (_description, _steps, _timeStep, _loss, _further) = (description, steps, timeStep, loss, further);
        _shapes = [.. description.GraphNodes.Select(node => node.Kind == NodeKind.Output ? (Shape)(NeedOf(node)?.Units ?? outputs) : node.Shape)];
        _groups = [.. description.GraphNodes.Select(_ => new List<CurrentGroup>())];
        _populationOf = new int[_shapes.Length];
        DivideChannels(channels);
        int populations = 0;
        foreach (GraphNode node in description.GraphNodes.Where(node => node.Kind != NodeKind.Input))
        {
            _populationOf[node.Index] = populations++;
        }
    }

    /// <summary>Works out the program for the sizes of the data.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or do not follow from anything.</exception>
    public static NetworkProgram Build(
        SnnNetwork description, int channels, int steps, double timeStep, int outputs, Loss loss, IReadOnlyList<OutputNeed> further)
    {
        if (description.IsFromModel)
        {
            throw new ArgumentException(
                "A model keeps the program of a graph, not its description, so that it cannot be built for other data. Describe the network again with SnnNetwork.Graph.",
                nameof(description));
        }

        var graph = new GraphProgram(description, channels, steps, timeStep, outputs, loss, further);
        graph.InferShapes();
        ConnectionProgram[] connections = [.. description.GraphConnections.Select(graph.Connect)];
        PopulationProgram[] populations =
            [.. description.GraphNodes.Where(node => node.Kind != NodeKind.Input).Select(graph.Populate)];
        return NetworkProgram.OfGraph(description, channels, steps, timeStep, [.. graph._inputs], populations, connections);
    }

    private OutputNeed? NeedOf(GraphNode output) => _further.FirstOrDefault(need => need.Name == output.Name);

    private Loss LossOf(GraphNode output) => output.Loss ?? NeedOf(output)?.Loss ?? _loss;

    private void DivideChannels(int channels)
    {
        GraphNode[] inputs = [.. _description.GraphNodes.Where(node => node.Kind == NodeKind.Input)];
        int known = inputs.Sum(node => node.Shape?.Size ?? 0);
        bool hasOpen = inputs.Any(node => node.Shape is null);
        if (hasOpen ? known >= channels : known != channels)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"The inputs of the graph must have {(hasOpen ? "fewer than the" : "the")} {channels} channels of the input column, but have {known}. ")
                + "Change the shapes that GraphBuilder.Input was given.");
        }

        int first = 0;
        foreach (GraphNode node in inputs)
        {
            _shapes[node.Index] ??= (Shape)(channels - known);
            _inputs.Add(new InputProgram(node.Name, first, _shapes[node.Index]!.Size) { Shape = _shapes[node.Index]! });
            _populationOf[node.Index] = ~(_inputs.Count - 1);
            first += _shapes[node.Index]!.Size;
        }
    }

    /// <summary>Follows convolutions and pools forward until no shape is found any more.</summary>
    private void InferShapes()
    {
        ArgumentException? refused = null;
        bool found = true;
        while (found && _shapes.Any(shape => shape is null))
        {
            found = false;
            foreach (NodeConnection c in _description.GraphConnections.Where(c => _shapes[c.From.Index] is not null && _shapes[c.To.Index] is null))
            {
                try
                {
                    _shapes[c.To.Index] = c.Connectivity.Resolve(_shapes[c.From.Index]!, null).Output;
                    found = true;
                }
                catch (ArgumentException needsTarget)
                {
                    refused = needsTarget;
                }
            }
        }

        foreach (GraphNode node in _description.GraphNodes.Where(node => _shapes[node.Index] is null))
        {
            throw new ArgumentException(
                $"The shape of '{node.Name}' must be given or follow from a connection that leads to it, but does not. "
                + "Give GraphBuilder.Population a shape.", refused);
        }
    }

    private ConnectionProgram Connect(NodeConnection c, int index)
    {
        Shape from = _shapes[c.From.Index]!;
        Shape to = _shapes[c.To.Index]!;
        string name = NameOf(c, index);
        ResolvedConnectivity resolved;
        try
        {
            resolved = c.Connectivity.Resolve(from, to, index);
        }
        catch (ArgumentException wrong)
        {
            throw new ArgumentException($"Connection {name}: {wrong.Message}", wrong);
        }

        bool isDense = c.Connectivity is DenseConnectivity;
        return new ConnectionProgram(index, name, from.Size, to.Size, c.Weights)
        {
            Source = _populationOf[c.From.Index],
            Target = _populationOf[c.To.Index],
            Group = GroupOf(c),
            Table = isDense ? null : resolved.Table,
            Rewiring = resolved.Rewiring,
            FixedWeight = resolved.FixedWeight,
            InitialScale = resolved.InitialScale,
            MatrixColumns = resolved.MatrixColumns,
            Kind = c.Connectivity.ToString(),
            Delay = c.Delay.ToProgram(name, from.Size, resolved.Table.WeightCount, _timeStep),
        };
    }

    private int GroupOf(NodeConnection c)
    {
        List<CurrentGroup> groups = _groups[c.To.Index];
        int group = groups.IndexOf(c.Synapse.Group);
        if (group < 0)
        {
            group = groups.Count;
            groups.Add(c.Synapse.Group);
        }

        return group;
    }

    private string NameOf(NodeConnection c, int index)
    {
        string name = c.From == c.To ? $"{c.From.Name} recurrent" : $"{c.From.Name} to {c.To.Name}";
        int before = _description.GraphConnections.Take(index).Count(other => other.From == c.From && other.To == c.To);
        return before == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {before + 1}");
    }

    private PopulationProgram Populate(GraphNode node)
    {
        Shape shape = _shapes[node.Index]!;
        node.Neuron?.PerNeuron?.CheckLengths(node.Name, shape.Size);
        if (node.Kind == NodeKind.Output && node.Readout == Readout.FirstSpikeTime)
        {
            NetworkProgram.CheckFirstSpike(node.Name, LossOf(node), [.. _groups[node.Index].Select(group => group.Kind)]);
        }

        NeuronProgram neuron = node.Neuron is { } spiking
            ? spiking.ToProgram((int)Math.Min(Math.Round(spiking.RefractoryPeriod / _timeStep), _steps))
            : node.Integrator!.ToProgram();
        return new PopulationProgram(_populationOf[node.Index], node.Name, shape.Size, neuron, [.. _groups[node.Index]])
        {
            Shape = shape,
            Cell = CustomNeuron.CellOf(
                node.Neuron, _description.GraphConnections.Where(c => c.To == node).Select(c => c.Synapse), _timeStep),
            Readout = node.Kind == NodeKind.Output ? NetworkProgram.KindOf(node.Readout) : null,
            Loss = node.Kind == NodeKind.Output ? LossOf(node).Of(node.Readout) : default,
            FirstSpike = node.FirstSpike?.Equations ?? default,
            LossWeight = node.LossWeight,
        };
    }
}
