using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>A random small graph, described once without a time step and once for the engine.</summary>
/// <remarks>Input to first and second population; each to the other; the first to itself; both to the output.</remarks>
internal sealed class GraphWitness
{
    public const double Duration = 30;
    private const int Channels = 4;
    private const int Classes = 3;

    private static readonly (int Source, int Target)[] s_wiring = [(-1, 0), (-1, 1), (0, 1), (1, 0), (0, 0), (0, 2), (1, 2)];

    private readonly Random _random;
    private readonly GraphScenario _scenario;

    public GraphWitness(GraphScenario scenario, int seed)
    {
        _scenario = scenario;
        _random = new Random(seed);
        Populations = [scenario.Neuron with { Units = 5 }, scenario.Neuron with { Units = 4 }, Output];
        Connections = [.. s_wiring.Select(wire => Connect(scenario, wire.Source, wire.Target))];
        Inputs = [.. Enumerable.Range(0, 14).Select(k => new ReferenceInputSpike(
            _random.Next(4 * 20) * 0.25, k % Channels, 1)).DistinctBy(s => (s.Time, scenario.HasDelta ? 0 : s.Channel))];
        Label = _random.Next(Classes);
    }

    public ExactPopulation[] Populations { get; }

    public ExactConnection[] Connections { get; }

    public ReferenceInputSpike[] Inputs { get; }

    public int Label { get; }

    private static ExactPopulation Output => new() { Units = Classes, IsSpiking = false };

    public ExactGraphTrace Run(ExactPopulation[] populations, ExactConnection[] connections) =>
        ExactGraph.Run(populations, connections, Inputs, Duration);

    public double Loss(ExactGraphTrace trace)
    {
        double[] y = trace.MeanPotential[^1];
        return Math.Log(y.Sum(Math.Exp)) - y[Label];
    }

    /// <summary>Directions in which the parameters of a kind may move: random ones of weights and delays, one per population of all else.</summary>
    public IEnumerable<GraphDirection> Directions(ParameterKind kind, int count)
    {
        if (kind is ParameterKind.Weight or ParameterKind.Delay)
        {
            return Enumerable.Range(0, count).Select(_ => Synapses(kind));
        }

        int populations = kind == ParameterKind.Threshold ? 2 : 3;
        return Enumerable.Range(0, populations).Select(p => new GraphDirection(
            distance => ([.. Populations.Select((q, n) => n == p ? Moved(q, kind, distance) : q)],
                [.. Connections.Select(c => c.Target == p && kind == ParameterKind.SynapseTime ? c with { SynapseTime = c.SynapseTime + distance } : c)]),
            (program, gradient) => program.Parameters.Where(q => q.Kind == kind && q.Owner == p).Sum(q => gradient[q.Index].Sum(x => (double)x))));
    }

    /// <summary>The gradient of the engine; null where another number of neurons spikes.</summary>
    public (NetworkProgram Program, NetworkWeights Gradient)? EngineGradient(double timeStep, ExactGraphTrace exact)
    {
        int steps = (int)Math.Round(Duration / timeStep);
        NetworkProgram program = NetworkProgram.Build(Describe(), Channels, steps, timeStep, Classes);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        LearnedProgram.Fill(program, weights);
        for (int c = 0; c < Connections.Length; c++)
        {
            float[] values = [.. Connections[c].Weights.Cast<double>().Select(w => (float)w)];
            values.CopyTo(weights[c], 0);
        }

        using NetworkEngine engine = EngineFactory.CreateForCpu(program, batchSize: 1, threads: 1);
        engine.KeepGradient = true;
        engine.SetWeights(weights);
        BatchResult result = engine.Train(
            new TrainingBatch { Trains = Trains(timeStep, steps), Targets = Targets.OfClasses([Label]), ExampleWeights = null, Examples = [0] },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 1e-6f));
        engine.GetGradient(weights);
        return result.HiddenSpikes == exact.Spikes.Sum(s => s.Count)
            ? (program, weights)
            : null;
    }

    private static ExactPopulation Moved(ExactPopulation p, ParameterKind kind, double distance) => kind switch
    {
        ParameterKind.Bias => p with { Bias = p.Bias + distance },
        ParameterKind.MembraneTime => p with { MembraneTime = p.MembraneTime + distance },
        ParameterKind.Threshold => p with { Threshold = p.Threshold + distance },
        _ => p,
    };

    private static double[,] Moved(double[,] values, double[] direction, double distance)
    {
        var moved = (double[,])values.Clone();
        int columns = values.GetLength(1);
        for (int k = 0; k < direction.Length; k++)
        {
            moved[k / columns, k % columns] += distance * direction[k];
        }

        return moved;
    }

    private GraphDirection Synapses(ParameterKind kind)
    {
        double[][] direction = [.. Connections.Select(c => Draw(c, kind))];
        return new GraphDirection(
            distance => (Populations, [.. Connections.Select((c, n) => kind == ParameterKind.Weight
                ? c with { Weights = Moved(c.Weights, direction[n], distance) }
                : c with { Delays = Moved(c.Delays, direction[n], distance) })]),
            (program, gradient) => program.Parameters.Where(q => q.Kind == kind).Sum(q => Project(gradient[q.Index], direction[q.Owner], q.Owner)));
    }

    /// <summary>A direction for every synapse; delays that are one number move together.</summary>
    private double[] Draw(ExactConnection c, ParameterKind kind)
    {
        double[] own = [.. c.Weights.Cast<double>().Select(_ => 2 * _random.NextDouble() - 1)];
        int columns = c.Weights.GetLength(1);
        return kind == ParameterKind.Weight ? own : _scenario.Delays switch
        {
            DelayScenario.PerSynapse => own,
            DelayScenario.PerNeuron => [.. own.Select((_, k) => own[k / columns * columns])],
            _ => [.. own.Select(_ => own[0])],
        };
    }

    /// <summary>The derivative along a direction, from a gradient with a number per synapse, per presynaptic neuron or for all.</summary>
    private double Project(float[] gradient, double[] direction, int connection)
    {
        int columns = Connections[connection].Weights.GetLength(1);
        return gradient.Length == direction.Length ? gradient.Zip(direction, (g, d) => g * d).Sum()
            : gradient.Length == 1 ? gradient[0] * direction[0]
            : gradient.Select((g, row) => g * direction[row * columns]).Sum();
    }

    private ExactConnection Connect(GraphScenario scenario, int source, int target)
    {
        int rows = source < 0 ? Channels : Populations[source].Units;
        int columns = Populations[target].Units;
        bool isOutput = target == 2;
        ExactSynapseKind kind = isOutput ? ExactSynapseKind.Exponential
            : scenario.HasDelta && source >= 0 ? ExactSynapseKind.Delta : scenario.Kind;
        double scale = isOutput ? 3 : kind == ExactSynapseKind.Delta ? 0.3 : source < 0 ? 1.6 : 0.6;
        var weights = new double[rows, columns];
        var delays = new double[rows, columns];
        double perConnection = 0.25 * _random.Next(1, 8);
        for (int i = 0; i < rows; i++)
        {
            double perRow = 0.25 * _random.Next(1, 16);
            for (int j = 0; j < columns; j++)
            {
                double mean = isOutput || source >= 0 ? 0 : 0.8;
                weights[i, j] = scale * (mean + 2 * _random.NextDouble() - 1);
                delays[i, j] = scenario.Delays switch
                {
                    DelayScenario.None => 0,
                    DelayScenario.PerConnection => perConnection,
                    DelayScenario.PerNeuron => perRow,
                    _ => 0.25 * _random.Next(1, 16),
                };
            }
        }

        return new ExactConnection
        {
            Source = source,
            Target = target,
            Weights = weights,
            Delays = delays,
            Kind = kind,
            SynapseTime = scenario.HasTwoTimes && source >= 0 ? 9 : 5,
        };
    }

    private SnnNetwork Describe() => SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input();
        GraphNode[] nodes =
        [
            graph.Population("first", 5, Describe(Populations[0])),
            graph.Population("second", 4, Describe(Populations[1])),
            graph.Output(neuron: new LeakyIntegrator { Learned = _scenario.Learned, Bias = Populations[2].Bias, MembraneTime = Populations[2].MembraneTime }),
        ];
        foreach (ExactConnection c in Connections)
        {
            Synapse synapse = c.Kind switch
            {
                ExactSynapseKind.Exponential => new ExponentialSynapse(c.SynapseTime),
                ExactSynapseKind.Alpha => new AlphaSynapse(c.SynapseTime),
                _ => new DeltaSynapse(),
            };
            graph.Connect(c.Source < 0 ? input : nodes[c.Source], nodes[c.Target], synapse: synapse, delay: _scenario.LearnsDelays ? Describe(c.Delays).Learn(20) : Describe(c.Delays));
        }
    });

    private Delay Describe(double[,] delays)
    {
        double[] all = [.. delays.Cast<double>()];
        double[] first = [.. Enumerable.Range(0, delays.GetLength(0)).Select(i => delays[i, 0])];
        return _scenario.Delays switch
        {
            DelayScenario.PerNeuron => Delay.PerNeuron(first),
            DelayScenario.PerSynapse => Delay.PerSynapse(all),
            _ => Delay.Of(all[0]),
        };
    }

    private Neuron Describe(ExactPopulation p)
    {
        Neuron neuron = !p.IsLeaky ? new IntegrateFire { IntegrationTime = p.MembraneTime }
            : p.AdaptationStrength > 0
                ? new AdaptiveLeakyIntegrateFire
                {
                    MembraneTime = p.MembraneTime,
                    AdaptationStrength = p.AdaptationStrength,
                    AdaptationTime = p.AdaptationTime,
                }
                : new LeakyIntegrateFire { MembraneTime = p.MembraneTime };
        return neuron with
        {
            Threshold = p.Threshold,
            Reset = p.Reset,
            ResetMode = p.BySubtraction ? ResetMode.Subtraction : ResetMode.Absolute,
            RefractoryPeriod = p.RefractoryPeriod,
            Bias = p.Bias,
            Learned = _scenario.Learned,
        };
    }

    private SpikeTrains Trains(double timeStep, int steps)
    {
        var builder = new SpikeTrainsBuilder(steps, Channels, isConstantCurrent: false);
        int[] slots = [.. Inputs.Select(s => (int)Math.Round(s.Time / timeStep) * Channels + s.Channel).Order()];
        builder.Add(slots, [.. slots.Select(_ => 1f)]);
        return builder.ToSpikeTrains();
    }
}
