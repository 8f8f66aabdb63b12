using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A network with all sizes known and all settings checked: what the engines run. Immutable.</summary>
internal sealed class NetworkProgram
{
    private NetworkProgram(
        SnnNetwork description, int channels, int steps, double timeStep,
        InputProgram[] inputs, PopulationProgram[] populations, ConnectionProgram[] connections)
    {
        Description = description;
        Channels = channels;
        Steps = steps;
        TimeStep = timeStep;
        Inputs = inputs;
        Populations = populations;
        Spiking = [.. populations.Where(p => p.Neuron.IsSpiking)];
        Outputs = [.. populations.Where(p => p.Readout != null)];
        Connections = connections;
        Parameters = LearnedProgram.Of(populations, connections);
    }

    public SnnNetwork Description { get; }

    /// <summary>Whether the network runs on a grid of time or from event to event.</summary>
    public Integrator Integrator { get; private init; }

    /// <summary>Length of a trial in milliseconds.</summary>
    public double Duration => Steps * TimeStep;

    /// <summary>Number of input channels.</summary>
    public int Channels { get; }

    /// <summary>Number of steps of a trial; the most where every example ends by itself.</summary>
    public int Steps { get; }

    /// <summary>How many steps an example goes on after its last input spike, or null where all have <see cref="Steps"/>.</summary>
    public int? StepsAfterLastSpike { get; private set; }

    /// <summary>dt in milliseconds.</summary>
    public double TimeStep { get; }

    /// <summary>The named parts of the input column.</summary>
    public IReadOnlyList<InputProgram> Inputs { get; }

    /// <summary>All neurons, in the order in which they were described.</summary>
    public IReadOnlyList<PopulationProgram> Populations { get; }

    /// <summary>The populations that spike, in their order.</summary>
    public IReadOnlyList<PopulationProgram> Spiking { get; }

    /// <summary>
    /// Whether it is a stack of dense layers of leaky integrate-and-fire neurons with exponential synapses, which the
    /// engines for layers run; any other network, or one whose examples have their own lengths, is one for the graph engine.
    /// </summary>
    public bool IsPlain => Description.IsSequential && Description.Hidden.All(layer => layer.Neuron.IsPlain) && Description.Output.Neuron.IsPlain
        && Hidden.All(h => !h.Adaptation.IsActive && h.Membrane.HasCurrent) && Output.Membrane.HasCurrent && Output.Readout != ReadoutKind.FirstSpikeTime
        && StepsAfterLastSpike == null;

    /// <summary>Whether the description alone, without its program, says all in the form that models have had from the beginning.</summary>
    public bool IsClassic => Description.IsSequential && Description.Output.IsClassic && Description.Hidden.All(layer => layer.IsClassic);

    /// <summary>Number of neurons that spike.</summary>
    public int SpikingNeurons => Spiking.Sum(p => p.Units);

    /// <summary>The layers of a sequence; empty for a graph.</summary>
    public IReadOnlyList<HiddenProgram> Hidden { get; private init; } = [];

    /// <summary>The populations that are outputs, the first one before the others.</summary>
    public IReadOnlyList<PopulationProgram> Outputs { get; }

    /// <summary>Number of scores of an example: those of all outputs, one after the other.</summary>
    public int ScoresPerExample
    {
        get
        {
            // By index, because walking through a read-only list allocates, and engines ask before every scoring.
            int scores = 0;
            for (int output = 0; output < Outputs.Count; output++)
            {
                scores += Outputs[output].ScoresFor(Steps);
            }

            return scores;
        }
    }

    /// <summary>The output; of a graph the first one.</summary>
    public required OutputProgram Output { get; init; }

    /// <summary>The loss: that of the description, or of the task where it names none.</summary>
    public required Loss Loss { get; init; }

    /// <summary>Every weight matrix, in the order of the data flow; a recurrent one follows the input of its layer.</summary>
    public IReadOnlyList<ConnectionProgram> Connections { get; }

    /// <summary>The biases of the output of a sequence, as a matrix of one row, where they are learned.</summary>
    public ConnectionProgram? OutputBias { get; private init; }

    /// <summary>
    /// Whether the engines for stacks that e-prop trains know all of it: dense layers, an output that may learn its biases and is read by
    /// its membranes, examples of one length. Any other network is one for the graph engine.
    /// </summary>
    public bool IsForEProp => Description.IsSequential && Description.Hidden.All(layer => layer.IsClassic)
        && Description.Output.Synapse is not AlphaSynapse && (Description.Output.Neuron.Learned & ~LearnedParameters.Bias & ~LearnedParameters.Threshold) == 0
        && (Description.Output.Neuron.Bias == 0 || OutputBias != null) && Output.Readout != ReadoutKind.FirstSpikeTime && StepsAfterLastSpike == null;

    /// <summary>Everything that is learned. The weights of a connection have the index of the connection.</summary>
    public IReadOnlyList<ParameterProgram> Parameters { get; }

    /// <summary>Number of all that parameters hold.</summary>
    public long ParameterCount => Parameters.Sum(p => (long)p.Length);

    /// <summary>Number of all that is learned: weights of pools are fixed.</summary>
    public long LearnedCount => ParameterCount - Connections.Where(c => c.FixedWeight != null).Sum(c => (long)c.WeightCount);

    /// <summary>Works out the program for the sizes of the data.</summary>
    /// <param name="description">The network.</param>
    /// <param name="channels">Number of input channels.</param>
    /// <param name="steps">Number of steps of a trial.</param>
    /// <param name="timeStep">dt in milliseconds.</param>
    /// <param name="outputs">Number of output neurons.</param>
    /// <param name="loss">The loss where the description names none; null for <see cref="Loss.SoftmaxCrossEntropy"/>.</param>
    /// <param name="integrator">How the network is carried through time.</param>
    /// <param name="further">The outputs of a graph that have a label of their own; others have that of the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size or a setting is out of its range.</exception>
    /// <exception cref="ArgumentException">The integrator cannot run this network.</exception>
    public static NetworkProgram Build(
        SnnNetwork description, int channels, int steps, double timeStep, int outputs, Loss? loss = null,
        Integrator integrator = Integrator.Grid, IReadOnlyList<OutputNeed>? further = null)
    {
        Require.Defined(integrator, "Use Integrator.Grid or Integrator.EventDriven.");
        Require.InRange(channels, 1, 1 << 24, "The input column must have at least one channel.");
        Require.InRange(steps, 1, 1 << 20, "Use the number of time steps of a trial, for example 20.");
        Require.InRange(outputs, 1, 1 << 20, "The label must have at least one class.");
        Require.Positive(timeStep, "Use a step well below the shortest time constant, for example 1 ms.");

        if (!description.IsSequential)
        {
            return integrator == Integrator.EventDriven
                ? throw new ArgumentException(
                    "A graph must run on the grid of time steps, but is event-driven. Use Integrator.Grid, or SnnNetwork.Sequential.",
                    nameof(description))
                : GraphProgram.Build(description, channels, steps, timeStep, outputs, loss ?? Loss.SoftmaxCrossEntropy, further ?? []);
        }

        CheckIntegrator(description, integrator, description.Output.Loss ?? loss);
        var connections = new List<ConnectionProgram>();
        ConnectionProgram Connect(string name, int rows, int columns, Weights initial, int source, int target)
        {
            if ((long)rows * columns > Array.MaxLength)
            {
                throw new ArgumentOutOfRangeException(nameof(description), string.Create(
                    CultureInfo.InvariantCulture,
                    $"Connection {name} must have at most {Array.MaxLength} weights, but has {rows} x {columns}. Use smaller layers."));
            }

            var connection = new ConnectionProgram(connections.Count, name, rows, columns, initial) { Source = source, Target = target };
            connections.Add(connection);
            return connection;
        }

        var hidden = new List<HiddenProgram>();
        int inputs = channels;
        string from = "input";
        foreach (SpikingLayer layer in description.Hidden)
        {
            int index = hidden.Count;
            string to = string.Create(CultureInfo.InvariantCulture, $"hidden {hidden.Count + 1}");
            double refractorySteps = Math.Round(layer.Neuron.RefractoryPeriod / timeStep);
            hidden.Add(new HiddenProgram(
                layer.Units,
                layer.Synapse.Into(layer.Neuron.LeakTime, timeStep),
                new SpikeEquations(
                    (float)layer.Neuron.Threshold, (float)layer.Neuron.Reset,
                    layer.Neuron.ResetMode == ResetMode.Subtraction, (int)Math.Min(refractorySteps, steps)),
                layer.Neuron.Adaptation(timeStep),
                Connect($"{from} to {to}", inputs, layer.Units, layer.Weights, index == 0 ? ~0 : index - 1, index),
                layer.Recurrent ? Connect($"{to} recurrent", layer.Units, layer.Units, layer.RecurrentWeights, index, index) : null)
            {
                Cell = CustomNeuron.CellOf(layer.Neuron, [layer.Synapse], timeStep),
            });
            (inputs, from) = (layer.Units, to);
        }

        OutputLayer last = description.Output;
        loss = last.Loss ?? loss ?? Loss.SoftmaxCrossEntropy;
        var output = new OutputProgram(
            outputs,
            last.Synapse.Into(last.Neuron.MembraneTime, timeStep),
            KindOf(last.Readout),
            loss.Of(last.Readout),
            Connect($"{from} to output", inputs, outputs, last.Weights, hidden.Count == 0 ? ~0 : hidden.Count - 1, hidden.Count));
        return new NetworkProgram(
            description, channels, steps, timeStep, [new InputProgram("input", 0, channels)],
            LayersAsPopulations(description, hidden, output), [.. connections])
        {
            Integrator = integrator,
            OutputBias = last.Neuron.Learned.HasFlag(LearnedParameters.Bias) && description.Hidden.All(layer => layer.IsClassic)
                ? new ConnectionProgram(connections.Count, "output", 1, outputs, Weights.Balanced) { Source = hidden.Count, Target = hidden.Count }
                : null,
            Loss = loss with { EveryStep = output.Loss.IsEveryStep },
            Hidden = hidden,
            Output = output,
        };
    }

    /// <summary>The program of a graph.</summary>
    public static NetworkProgram OfGraph(
        SnnNetwork description, int channels, int steps, double timeStep,
        InputProgram[] inputs, PopulationProgram[] populations, ConnectionProgram[] connections)
    {
        PopulationProgram output = populations.First(p => p.Readout != null);
        ConnectionProgram last = connections.Last(c => c.Target == output.Index);
        double synapseTime = output.Groups[last.Group].Time;
        double membraneTime = output.Neuron.MembraneTime[0];
        MembraneEquations membrane = synapseTime > 0
            ? new MembraneEquations(timeStep, membraneTime, synapseTime)
            : MembraneEquations.WithoutCurrent(timeStep, membraneTime);
        return new NetworkProgram(description, channels, steps, timeStep, inputs, populations, connections)
        {
            Loss = Loss.Of((int)output.Loss.Kind, output.Loss.IsEveryStep),
            Output = new OutputProgram(output.Units, membrane, output.Readout!.Value, output.Loss, last),
        };
    }

    /// <summary>This program with the synapses that training has moved where they are now.</summary>
    public NetworkProgram WithTablesOf(NetworkWeights weights) => Array.TrueForAll(weights.Tables, table => table is null)
        ? this
        : With([.. Inputs], [.. Populations], [.. Connections.Select(c => c with { Table = weights.Tables[c.Index] ?? c.Table })]);

    /// <summary>This program of a graph with other parts of the same sizes.</summary>
    public NetworkProgram With(InputProgram[] inputs, PopulationProgram[] populations, ConnectionProgram[] connections) =>
        OfGraph(Description, Channels, Steps, TimeStep, inputs, populations, connections).EndingAfterLastSpike(StepsAfterLastSpike);

    /// <summary>This program with the loss of every output taken of its membrane at every step, whatever it is read by.</summary>
    public NetworkProgram WithLossAtEveryStep() => OfGraph(
        Description, Channels, Steps, TimeStep, [.. Inputs],
        [.. Populations.Select(p => p.Readout == null ? p : p with { Loss = p.Loss with { IsEveryStep = true } })], [.. Connections]);

    /// <summary>This program for examples that end by themselves.</summary>
    /// <param name="steps">How many steps they go on after their last input spike, or null where all have the same number.</param>
    /// <exception cref="ArgumentException">The network cannot be run so.</exception>
    public NetworkProgram EndingAfterLastSpike(int? steps)
    {
        if (steps != null && (Integrator == Integrator.EventDriven || Outputs.Any(output => output.Readout == ReadoutKind.EveryStep)))
        {
            throw new ArgumentException(
                "Examples can end after their last spike where a network runs on the grid of time steps and is read once, but this one "
                + (Integrator == Integrator.EventDriven ? "is event-driven: it computes nothing where nothing arrives. " : "is read at every step. ")
                + "Leave StepsAfterLastSpike null.", nameof(steps));
        }

        var program = (NetworkProgram)MemberwiseClone();
        program.StepsAfterLastSpike = steps;
        return program;
    }

    public static ReadoutKind KindOf(Readout readout) => readout switch
    {
        Readout.AverageMembrane => ReadoutKind.Average,
        Readout.ExponentiallyWeightedMembrane => ReadoutKind.ExponentiallyWeighted,
        Readout.SumMembrane => ReadoutKind.Sum,
        Readout.MaximumMembrane => ReadoutKind.Maximum,
        Readout.FinalMembrane => ReadoutKind.Final,
        Readout.MembraneAtEveryStep => ReadoutKind.EveryStep,
        _ => ReadoutKind.FirstSpikeTime,
    };

    /// <summary>The readout that a kind belongs to.</summary>
    public static Readout ReadoutOf(ReadoutKind kind) => Array.Find(Enum.GetValues<Readout>(), readout => KindOf(readout) == kind);

    private static PopulationProgram[] LayersAsPopulations(
        SnnNetwork description, List<HiddenProgram> hidden, OutputProgram output)
    {
        var populations = new List<PopulationProgram>();
        foreach (SpikingLayer layer in description.Hidden)
        {
            int index = populations.Count;
            populations.Add(new PopulationProgram(
                index, string.Create(CultureInfo.InvariantCulture, $"hidden {index + 1}"), layer.Units,
                layer.Neuron.ToProgram(hidden[index].Spike.RefractorySteps),
                [layer.Synapse.Group])
            {
                Cell = hidden[index].Cell,
            });
        }

        OutputLayer last = description.Output;
        populations.Add(new PopulationProgram(
            populations.Count, "output", output.Units, last.Neuron.ToProgram(),
            [last.Synapse.Group])
        {
            Readout = output.Readout,
            Loss = output.Loss,
            FirstSpike = last.FirstSpike.Equations,
        });
        return [.. populations];
    }

    /// <summary>Tables for people: layers and connections with their sizes and numbers, and the memory of an example.</summary>
    public override string ToString() => ProgramSummary.Of(this)
        + (StepsAfterLastSpike is int steps
            ? string.Create(CultureInfo.InvariantCulture, $"{Environment.NewLine}Examples end {steps} steps after their last spike")
            : "");

    /// <summary>Checks that an output can be judged by its first spike.</summary>
    /// <param name="name">The output.</param>
    /// <param name="loss">The loss that the description or the task names, or null for that of classes.</param>
    /// <param name="synapses">The synapses that lead to it.</param>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public static void CheckFirstSpike(string name, Loss? loss, params ReadOnlySpan<SynapseKind> synapses)
    {
        if (loss is not (null or { Kind: LossKind.SoftmaxCrossEntropy, EveryStep: false }))
        {
            throw new ArgumentException(
                $"A readout of the first spike time must tell classes apart, but the loss of '{name}' is {loss}. Use a label of classes and leave the loss out, or use "
                + "another readout.");
        }

        if (synapses.Contains(SynapseKind.Delta))
        {
            // A jump over the threshold happens when the spike arrives, whatever its weight: no weight would have a gradient.
            throw new ArgumentException(
                $"An output that is read at its first spike must be carried over its threshold by a current, but '{name}' has a delta synapse. "
                + "Use ExponentialSynapse or AlphaSynapse there, or another readout.");
        }
    }

    private static void CheckIntegrator(SnnNetwork description, Integrator integrator, Loss? loss)
    {
        if (description.Output.Readout == Readout.FirstSpikeTime)
        {
            CheckFirstSpike("output", loss, description.Output.Synapse.Group.Kind);
        }

        if (integrator == Integrator.EventDriven)
        {
            string? found = description.Hidden.Select(Unfit).FirstOrDefault(reason => reason != null)
                ?? (!description.Output.Neuron.IsPlain ? "the output has a bias or learns more than weights"
                    : description.Output.Synapse is not ExponentialSynapse ? "the output has another synapse"
                    : description.Output.Readout == Readout.MembraneAtEveryStep || loss is { EveryStep: true } ? "the output is read at every step"
                    : null);
            if (found != null)
            {
                throw new ArgumentException(
                    "An event-driven network must have layers of LeakyIntegrateFire with ExponentialSynapse, no "
                    + $"refractory period and no output at every step, but {found}. Change that layer, or use Integrator.Grid.", nameof(description));
            }
        }
    }

    /// <summary>Why a layer cannot run event-driven, or null.</summary>
    private static string? Unfit(SpikingLayer layer, int index) =>
        layer.Neuron is not LeakyIntegrateFire ? $"hidden layer {index + 1} has other neurons"
        : !layer.Neuron.IsPlain ? $"hidden layer {index + 1} has neurons with a bias or with numbers of their own"
        : layer.Synapse is not ExponentialSynapse ? $"hidden layer {index + 1} has another synapse"
        : layer.Neuron.RefractoryPeriod > 0 ? string.Create(
            CultureInfo.InvariantCulture, $"hidden layer {index + 1} has a refractory period of {layer.Neuron.RefractoryPeriod} ms")
        : null;
}
