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

    public GraphWitness(GraphScenario scenario, int seed)
    {
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

    public ExactGraphTrace Run(ExactConnection[] connections) => ExactGraph.Run(Populations, connections, Inputs, Duration);

    public double Loss(ExactGraphTrace trace)
    {
        double[] y = trace.MeanPotential[^1];
        return Math.Log(y.Sum(Math.Exp)) - y[Label];
    }

    /// <summary>Weights moved along a direction, one number per weight of every connection.</summary>
    public ExactConnection[] Moved(double[][] direction, double distance) =>
        [.. Connections.Select((c, n) => c with { Weights = Moved(c.Weights, direction[n], distance) })];

    /// <summary>The gradient of the engine, connection by connection; null where another number of neurons spikes.</summary>
    public float[][]? EngineGradient(double timeStep, ExactGraphTrace exact)
    {
        int steps = (int)Math.Round(Duration / timeStep);
        NetworkProgram program = NetworkProgram.Build(Describe(), Channels, steps, timeStep, Classes);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
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
            ? [.. Enumerable.Range(0, weights.Count).Select(c => weights[c])]
            : null;
    }

    private static double[,] Moved(double[,] weights, double[] direction, double distance)
    {
        var moved = (double[,])weights.Clone();
        int columns = weights.GetLength(1);
        for (int k = 0; k < direction.Length; k++)
        {
            moved[k / columns, k % columns] += distance * direction[k];
        }

        return moved;
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
        double perConnection = 0.25 * _random.Next(0, 8);
        for (int i = 0; i < rows; i++)
        {
            double perRow = 0.25 * _random.Next(0, 16);
            for (int j = 0; j < columns; j++)
            {
                double mean = isOutput || source >= 0 ? 0 : 0.8;
                weights[i, j] = scale * (mean + 2 * _random.NextDouble() - 1);
                delays[i, j] = scenario.Delays switch
                {
                    DelayScenario.None => 0,
                    DelayScenario.PerConnection => perConnection,
                    DelayScenario.PerNeuron => perRow,
                    _ => 0.25 * _random.Next(0, 16),
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
        GraphNode[] nodes = [graph.Population("first", 5, Describe(Populations[0])), graph.Population("second", 4, Describe(Populations[1])), graph.Output()];
        foreach (ExactConnection c in Connections)
        {
            Synapse synapse = c.Kind switch
            {
                ExactSynapseKind.Exponential => new ExponentialSynapse(c.SynapseTime),
                ExactSynapseKind.Alpha => new AlphaSynapse(c.SynapseTime),
                _ => new DeltaSynapse(),
            };
            graph.Connect(c.Source < 0 ? input : nodes[c.Source], nodes[c.Target], synapse: synapse, delay: Describe(c.Delays));
        }
    });

    private static Delay Describe(double[,] delays)
    {
        double[] all = [.. delays.Cast<double>()];
        double[] first = [.. Enumerable.Range(0, delays.GetLength(0)).Select(i => delays[i, 0])];
        int columns = delays.GetLength(1);
        return all.Distinct().Count() == 1 ? Delay.Of(all[0])
            : all.Select((d, k) => d == first[k / columns]).All(same => same) ? Delay.PerNeuron(first)
            : Delay.PerSynapse(all);
    }

    private static Neuron Describe(ExactPopulation p)
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
