using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Describes a network whose populations are connected in any way: skips, feedback, several inputs. See <see cref="SnnNetwork.Graph"/>.</summary>
/// <remarks>
/// <para>A connection from a population to itself, or to one that comes before it, is allowed: every spike takes a time
/// step to arrive. Sizes that are not given follow from the connectivity or from the data.</para>
/// <para>Use a builder only inside the call that received it.</para>
/// </remarks>
public sealed class GraphBuilder
{
    private readonly List<GraphNode> _nodes = [];
    private readonly List<NodeConnection> _connections = [];

    internal GraphBuilder()
    {
    }

    /// <summary>Gets or sets the neuron of populations that are given none.</summary>
    /// <value>The default is a <see cref="LeakyIntegrateFire"/> with its defaults.</value>
    public Neuron DefaultNeuron { get; set; } = new LeakyIntegrateFire();

    /// <summary>Gets or sets the synapse of connections that are given none.</summary>
    /// <value>The default is an <see cref="ExponentialSynapse"/> with its defaults.</value>
    public Synapse DefaultSynapse { get; set; } = new ExponentialSynapse();

    /// <summary>Gets or sets the initial weights of connections that are given none.</summary>
    /// <value>The default is <see cref="Weights.Balanced"/>.</value>
    public Weights DefaultWeights { get; set; } = Weights.Balanced;

    internal IReadOnlyList<GraphNode> Nodes => _nodes;

    internal IReadOnlyList<NodeConnection> Connections => _connections;

    /// <summary>Channels of the input column. Several inputs divide them among themselves in the order of these calls.</summary>
    /// <param name="name">The name.</param>
    /// <param name="shape">The shape. At most one input may leave it out: it takes the channels that the others leave.</param>
    public GraphNode Input(string name = "input", Shape? shape = null) => Add(name, NodeKind.Input, shape);

    /// <summary>Spiking neurons of one kind.</summary>
    /// <param name="name">The name.</param>
    /// <param name="shape">The number or arrangement of the neurons; may be left out where a convolution or a pool leads to them.</param>
    /// <param name="neuron">The neuron; by default <see cref="DefaultNeuron"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public GraphNode Population(string name, Shape? shape = null, Neuron? neuron = null)
    {
        neuron ??= DefaultNeuron;
        neuron.Validate();
        return Keep(new GraphNode(this, _nodes.Count, Checked(name), NodeKind.Population, shape) { Neuron = neuron });
    }

    /// <summary>Leaky integrators, one per class, whose membrane potential becomes the score.</summary>
    /// <remarks>
    /// The first output gives the scores. Further ones only teach: their losses, of the same labels, are added to that of
    /// the first. <see cref="SnnTrainer.Options.OutputLabels"/> gives an output a label, and scores, of its own.
    /// </remarks>
    /// <param name="name">The name.</param>
    /// <param name="readout">How the membrane potential becomes a score.</param>
    /// <param name="neuron">The neuron; by default <see cref="LeakyIntegrator"/> with its defaults.</param>
    /// <param name="loss">The loss; by default that of the task.</param>
    /// <param name="firstSpike">
    /// The loss of <see cref="Readout.FirstSpikeTime"/>; by default <see cref="FirstSpikeLoss.CrossEntropy"/>. Other readouts do not use it.
    /// </param>
    /// <param name="lossWeight">What its loss counts for beside those of other outputs: 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public GraphNode Output(
        string name = "output", Readout readout = Readout.AverageMembrane, LeakyIntegrator? neuron = null, Loss? loss = null,
        FirstSpikeLoss? firstSpike = null, double lossWeight = 1)
    {
        Require.Defined(readout, "Use Readout.AverageMembrane.");
        Require.NotNegative(lossWeight, "Use 1, or less where the other outputs matter more.");
        neuron ??= new LeakyIntegrator();
        neuron.Validate();
        return Keep(new GraphNode(this, _nodes.Count, Checked(name), NodeKind.Output, null)
        {
            Integrator = neuron,
            Readout = readout,
            Loss = loss,
            FirstSpike = firstSpike ?? FirstSpikeLoss.CrossEntropy(),
            LossWeight = lossWeight,
        });
    }

    /// <summary>Connects two nodes; two nodes may be connected more than once.</summary>
    /// <param name="from">An input or a population.</param>
    /// <param name="to">A population or an output.</param>
    /// <param name="connectivity">Which neurons; by default <see cref="Connectivity.Dense"/>.</param>
    /// <param name="synapse">The synapse; by default <see cref="DefaultSynapse"/>.</param>
    /// <param name="weights">Initial weights; by default <see cref="DefaultWeights"/>.</param>
    /// <param name="delay">How long spikes are on their way beside the step that each takes; by default not at all.</param>
    /// <exception cref="ArgumentException">A node is of another builder, or its kind does not allow the connection.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void Connect(
        GraphNode from, GraphNode to, Connectivity? connectivity = null, Synapse? synapse = null, Weights? weights = null, Delay? delay = null)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (from.Builder != this || to.Builder != this)
        {
            throw new ArgumentException($"'{from.Name}' and '{to.Name}' must be nodes of this builder, but are not. Create them with it.");
        }

        if (from.Kind == NodeKind.Output)
        {
            throw new ArgumentException($"A connection must begin at an input or a population, but '{from.Name}' is an output, which sends no spikes.", nameof(from));
        }

        if (to.Kind == NodeKind.Input)
        {
            throw new ArgumentException($"A connection must end at a population or an output, but '{to.Name}' is an input.", nameof(to));
        }

        synapse ??= DefaultSynapse;
        synapse.Validate();
        _connections.Add(new NodeConnection(
            from, to, connectivity ?? Connectivity.Dense, synapse, weights ?? DefaultWeights, delay ?? Delay.None));
    }

    /// <summary>Checks what only the whole graph can tell.</summary>
    internal void Validate()
    {
        if (!_nodes.Any(node => node.Kind == NodeKind.Output))
        {
            throw new ArgumentException("A graph must have an output, but has none. Call GraphBuilder.Output and connect something to it.");
        }

        if (_nodes.Count(node => node.Kind == NodeKind.Input && node.Shape is null) > 1)
        {
            throw new ArgumentException("At most one input of a graph may have no shape, but several have none. Give them their shapes.");
        }

        foreach (GraphNode node in _nodes)
        {
            if (node.Kind != NodeKind.Input && !_connections.Any(c => c.To == node && c.From != node))
            {
                throw new ArgumentException($"Something must be connected to '{node.Name}', but nothing is: it would stay silent. Call GraphBuilder.Connect.");
            }
        }
    }

    private GraphNode Add(string name, NodeKind kind, Shape? shape) => Keep(new GraphNode(this, _nodes.Count, Checked(name), kind, shape));

    private GraphNode Keep(GraphNode node)
    {
        _nodes.Add(node);
        return node;
    }

    private string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return _nodes.Any(node => node.Name == name)
            ? throw new ArgumentException($"The names of nodes must differ, but '{name}' is there already.", nameof(name))
            : name;
    }
}
