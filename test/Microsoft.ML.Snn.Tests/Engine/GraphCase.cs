using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>A random graph of all that the graph engine runs, with a random batch.</summary>
internal sealed partial class GraphCase
{
    private const int Classes = 3;

    private readonly Random _random;
    private readonly GraphSize _size;

    public GraphCase(GraphSize size)
    {
        (_size, _random) = (size, new Random(size.Seed));
        TimeStep = _random.Next(2) == 0 ? 1 : 0.5;
        IsConstantCurrent = _random.Next(4) == 0;
        Readout = (Readout)_random.Next(6);
        Loss = DrawLoss();
        SnnNetwork network = SnnNetwork.Graph(Describe);
        Program = NetworkProgram.Build(network, Channels, size.Steps, TimeStep, Classes);
        Weights = DrawWeights();
        Inputs = [.. Enumerable.Range(0, size.Examples).Select(_ => DrawInput())];
        Targets = [.. Enumerable.Range(0, size.Examples).Select(_ => DrawTarget())];
        ExampleWeights = _random.Next(3) == 0 ? [.. Enumerable.Range(0, size.Examples).Select(_ => _random.NextSingle() * 2)] : null;
        SpikeCount = _random.Next(3) == 0 ? new SpikeCountEquations(2, 0.3f, 0.2f) : default;
    }

    public double TimeStep { get; }

    public int Channels { get; private set; }

    public int Count => _size.Examples;

    public bool IsConstantCurrent { get; }

    public Readout Readout { get; }

    public Loss Loss { get; }

    public NetworkProgram Program { get; }

    public NetworkWeights Weights { get; }

    public GridInput[] Inputs { get; }

    /// <summary>What each example should give, shape [row][output]; a row of one number for a class, of none where it has no target.</summary>
    public double[][][] Targets { get; }

    public float[]? ExampleWeights { get; }

    public SpikeCountEquations SpikeCount { get; }

    public float GrazingLimit { get; } = 0.05f;

    public Targets EngineTargets() => Loss.Kind == LossKind.SoftmaxCrossEntropy
        ? Microsoft.ML.Snn.Engine.Targets.OfClasses(
            [.. Targets.SelectMany(rows => rows.Select(row => row.Length == 0 ? Target.NoClass : (int)row[0]))], Targets[0].Length)
        : Microsoft.ML.Snn.Engine.Targets.OfValues(
            [.. Targets.SelectMany(rows => rows.SelectMany(row => row.Length == 0 ? Enumerable.Repeat(float.NaN, Classes) : row.Select(t => (float)t)))],
            Classes, Targets[0].Length);

    public SpikeTrains Trains()
    {
        var builder = new SpikeTrainsBuilder(_size.Steps, Channels, IsConstantCurrent);
        foreach (GridInput input in Inputs)
        {
            if (IsConstantCurrent)
            {
                builder.AddDense([.. input.Constant.Select(x => (float)x)]);
            }
            else
            {
                var slots = input.Spikes.OrderBy(s => s.Step * Channels + s.Channel).ToArray();
                builder.Add([.. slots.Select(s => s.Step * Channels + s.Channel)], [.. slots.Select(s => (float)s.Value)]);
            }
        }

        return builder.ToSpikeTrains();
    }

    /// <summary>The oracle for this graph, its parameters moving along a direction, shape [parameter][number]; null for none.</summary>
    /// <param name="direction">The direction.</param>
    /// <param name="push">Regularisation, shape [population][neuron], or null.</param>
    /// <param name="split">A weight or delay that each synapse has for itself, whoever shares it; or null.</param>
    public GridGraph Oracle(double[]?[]? direction, double[][]? push, GraphSplit? split = null)
    {
        Moving[] Values(ParameterProgram? learned, int count, Func<int, double> given) => [.. Enumerable.Range(0, count).Select(n =>
            learned is null ? given(n) : new Moving(Weights[learned.Index][n], direction?[learned.Index]?[n] ?? 0))];
        ParameterProgram? Learned(ParameterKind kind, int owner, int group = 0) => Program.Parameters
            .FirstOrDefault(q => q.Kind == kind && q.Owner == owner && q.Group == group);

        var populations = Program.Populations.Select(p =>
        {
            NeuronProgram neuron = p.Neuron;
            double[] Fixed(double[] values) => [.. Enumerable.Range(0, p.Units).Select(n => NeuronProgram.Of(values, n))];
            return new GridPopulation
            {
                IsSpiking = neuron.IsSpiking,
                IsLeaky = neuron.IsLeaky,
                MembraneTimes = Values(Learned(ParameterKind.MembraneTime, p.Index), p.Units, n => NeuronProgram.Of(neuron.MembraneTime, n)),
                Thresholds = Values(Learned(ParameterKind.Threshold, p.Index), p.Units, n => NeuronProgram.Of(neuron.Threshold, n)),
                Biases = Values(Learned(ParameterKind.Bias, p.Index), p.Units, n => NeuronProgram.Of(neuron.Bias, n)),
                Resets = Fixed(neuron.Reset),
                BySubtraction = neuron.ResetBySubtraction,
                RefractorySteps = neuron.RefractorySteps,
                IsAdaptive = neuron.IsAdaptive,
                AdaptationTimes = Fixed(neuron.AdaptationTime),
                AdaptationStrengths = Fixed(neuron.AdaptationStrength),
                Groups = [.. p.Groups.Select((group, g) => new GridGroup(
                    Enum.Parse<ExactSynapseKind>(group.Kind.ToString()),
                    Values(Learned(ParameterKind.SynapseTime, p.Index, g), p.Units, _ => group.Time)))],
            };
        });
        var links = Program.Connections.Select(c =>
        {
            ParameterProgram? learned = Learned(ParameterKind.Delay, c.Index);
            int[] steps = c.Delay.ToArray();
            int first = c.IsFromInput ? Program.Inputs[~c.Source].FirstChannel : 0;
            Moving[] weights = Values(Program.Parameters[c.Index], c.WeightCount, _ => 0);
            Moving[] delays = [.. steps.Select((step, n) => learned is null
                ? step
                : new Moving(Math.Round(Weights[learned.Index][n] / TimeStep), direction?[learned.Index]?[n] ?? 0))];
            GridSynapse[] synapses =
            [
                .. Networks.Synapses.Of(c.Table ?? SynapseTable.Dense(c.Rows, c.Columns)).Select(s => new GridSynapse(
                    first + s.Row, s.Column, s.Weight,
                    c.Delay.Form switch { DelayForm.PerWeight => s.Weight, DelayForm.PerRow => s.Row, _ => 0 })),
            ];
            bool splitsWeights = split is { Parameter.Kind: ParameterKind.Weight } && split.Parameter.Owner == c.Index;
            bool splitsDelays = split is { Parameter.Kind: ParameterKind.Delay } && split.Parameter.Owner == c.Index;
            return new GridLink
            {
                Source = c.IsFromInput ? -1 : c.Source,
                Target = c.Target,
                Group = c.Group,
                Synapses = [.. synapses.Select((s, n) => new GridSynapse(s.From, s.To, splitsWeights ? n : s.Weight, splitsDelays ? n : s.Delay))],
                Weights = splitsWeights ? [.. synapses.Select((s, n) => new Moving(weights[s.Weight].Value, split!.Direction[n]))] : weights,
                Delays = splitsDelays ? [.. synapses.Select((s, n) => new Moving(delays[s.Delay].Value, split!.Direction[n]))] : delays,
            };
        });
        return new GridGraph([.. populations], [.. links], Settings(), push);
    }

    /// <summary>The loss of one example, its derivative along the direction of the oracle, and what rounding of the outputs may make of that.</summary>
    /// <remarks>
    /// A loss that is nearly 0 has a derivative that is a difference of nearly equal numbers, and outputs as floats are
    /// known to a part of themselves only.
    /// </remarks>
    public (Moving Loss, double Rounding) LossOf(GridGraphTrace trace, int example)
    {
        const double Rounded = 5e-7;
        double loss = 0, rate = trace.PushRate, rounding = 0;
        double weight = ExampleWeights?[example] ?? 1;
        foreach (PopulationProgram output in Program.Populations.Where(p => p.Readout != null))
        {
            Moving[] y = trace.Read(output.Index, Settings());
            Moving[,] v = trace.Membranes[output.Index];
            double[,] values = new double[v.GetLength(0), v.GetLength(1)];
            for (int k = 0; k < v.Length; k++)
            {
                (int n, int j) = Math.DivRem(k, v.GetLength(1));
                values[n, j] = v[n, j].Value;
            }

            var own = new TrialLoss(Loss, Readout, [.. y.Select(x => x.Value)], values, Targets[example]);
            loss += weight * own.Value;
            for (int k = 0; k < v.Length; k++)
            {
                (int n, int j) = Math.DivRem(k, v.GetLength(1));
                rate += weight / Count * own.MembraneError[n, j] * v[n, j].Rate;
                rounding += Rounded * weight / Count * Math.Max(1, Math.Abs(v[n, j].Value)) * Math.Abs(v[n, j].Rate) / _size.Steps;
            }

            rate += weight / Count * own.OutputError.Zip(y, (e, x) => e * x.Rate).Sum();
            rounding += Rounded * weight / Count * y.Max(x => Math.Max(1, Math.Abs(x.Value))) * y.Sum(x => Math.Abs(x.Rate));
        }

        return (new Moving(loss, rate), rounding);
    }

    public override string ToString() => $"{_size}\n{Program}";

    private GridSettings Settings() => new()
    {
        TimeStep = TimeStep,
        StepCount = _size.Steps,
        GrazingLimit = GrazingLimit,
        Readout = Readout switch
        {
            Readout.AverageMembrane => ReferenceReadout.AverageMembrane,
            Readout.SumMembrane => ReferenceReadout.SumMembrane,
            Readout.ExponentiallyWeightedMembrane => ReferenceReadout.ExponentiallyWeightedMembrane,

            // A maximum that no loss reads has no arrival that moves it.
            Readout.MaximumMembrane when !Loss.EveryStep => ReferenceReadout.MaximumMembrane,
            _ => ReferenceReadout.AverageMembrane,
        },
    };

    private bool Draw(int outOf) => _random.Next(outOf) == 0;

    private void Describe(GraphBuilder graph)
    {
        // Shapes are followed here, because a graph that does not fit is refused.
        var nodes = new List<(GraphNode Node, int[] Shape)>();
        int[] shape = Draw(2) ? [_random.Next(1, 10)] : Draw(3) ? [5, 2] : [4, 4, _random.Next(1, 3)];
        nodes.Add((graph.Input("first", Shape.Create(shape)), shape));
        int[] second = [_random.Next(1, 5)];
        (GraphNode Node, int[] Shape)? other = Draw(3) ? (graph.Input("second", Shape.Create(second)), second) : null;
        Channels = Size(shape) + (other is null ? 0 : Size(second));

        for (int p = 0; p < _size.Populations; p++)
        {
            (GraphNode from, int[] fromShape) = nodes[^1];
            (Connectivity connectivity, int[] to) = DrawForward(fromShape);
            GraphNode node = graph.Population($"population {p}", Shape.Create(to), DrawNeuron(Size(to)));
            Connect(graph, from, node, connectivity, fromShape);
            nodes.Add((node, to));
        }

        GraphNode output = graph.Output(readout: Readout, neuron: DrawIntegrator(), loss: Loss);
        Connect(graph, nodes[^1].Node, output, DrawBetween(Size(nodes[^1].Shape), Classes), nodes[^1].Shape);
        if (other is { } input)
        {
            (GraphNode to, int units) = _size.Populations > 0 ? (nodes[^1].Node, Size(nodes[^1].Shape)) : (output, Classes);
            Connect(graph, input.Node, to, DrawBetween(Size(input.Shape), units), input.Shape);
        }

        for (int extra = 0; extra < _size.Extra; extra++)
        {
            // Any to any, forward, back and to itself; inputs are no targets.
            (GraphNode from, int[] fromShape) = nodes[_random.Next(nodes.Count)];
            int target = _random.Next(1, nodes.Count + 1);
            (GraphNode to, int units) = target == nodes.Count ? (output, Classes) : (nodes[target].Node, Size(nodes[target].Shape));
            Connect(graph, from, to, DrawBetween(Size(fromShape), units), fromShape);
        }
    }

    private static int Size(int[] shape) => shape.Aggregate(1, (a, b) => a * b);

    private void Connect(GraphBuilder graph, GraphNode from, GraphNode to, Connectivity connectivity, int[] fromShape)
    {
        // A constant current is on from the first step, whatever the delay.
        bool isCurrent = IsConstantCurrent && from.Kind == NodeKind.Input;
        Synapse synapse = _random.Next(5) switch
        {
            0 => new AlphaSynapse(Draw(2) ? 4 : 3 + 6 * _random.NextDouble()),
            1 => new DeltaSynapse(),
            _ => new ExponentialSynapse(Draw(2) ? 5 : 2 + 12 * _random.NextDouble()),
        };
        Delay delay = isCurrent || Draw(3) ? Delay.None : _random.Next(4) switch
        {
            0 => Delay.PerNeuron(Enumerable.Range(0, Size(fromShape)).Select(_ => DrawDelay()).ToArray()),
            1 => Delay.PerSynapseUniform(0, 4, _random.Next()),
            _ => Delay.Of(DrawDelay()),
        };
        graph.Connect(from, to, connectivity, synapse, delay: !isCurrent && Draw(3) ? delay.Learn(6) : delay);
    }

    private double DrawDelay() => TimeStep * _random.Next(0, 5);

    private (Connectivity Connectivity, int[] Target) DrawForward(int[] from)
    {
        int filters = _random.Next(1, 4);
        if (from.Length == 3 && from[0] >= 3)
        {
            int h = from[0], w = from[1];
            switch (_random.Next(6))
            {
                case 0:
                    return (Connectivity.Convolution2D(filters, 3), [h - 2, w - 2, filters]);
                case 1:
                    return (Connectivity.Convolution2D(filters, new Size2D(2, 3), 2, Padding.Same), [(h + 1) / 2, (w + 1) / 2, filters]);
                case 2:
                    return (Connectivity.AveragePool2D(2, weight: 3), [h / 2, w / 2, from[2]]);
                case 3:
                    return (Connectivity.AveragePoolConvolution2D(2, filters, 2, padding: Padding.Same), [h / 2, w / 2, filters]);
                case 4:
                    return (Connectivity.TransposedConvolution2D(1, 2, 1), [h + 1, w + 1, 1]);
                case 5:
                    int units = _random.Next(1, _size.Units + 1);
                    return (Connectivity.AveragePoolDense(2), [units]);
            }
        }

        if (from.Length == 2 && from[0] >= 3 && Draw(2))
        {
            return (Connectivity.Convolution1D(filters, 3), [from[0] - 2, filters]);
        }

        int size = Draw(3) ? Size(from) : _random.Next(1, _size.Units + 1);
        return (DrawBetween(Size(from), size), [size]);
    }

    private Connectivity DrawBetween(int from, int to) => _random.Next(5) switch
    {
        0 when from * to >= 30 => Connectivity.Sparse(0.4, _random.Next()),
        1 => Connectivity.Pairs(Enumerable.Range(0, from).Select(i => (i, (i * 7 + 3) % to)).ToArray()),
        2 when from == to => Connectivity.OneToOne,
        _ => Connectivity.Dense,
    };

    private Neuron DrawNeuron(int units)
    {
        bool isPerNeuron = Draw(3);
        double[]? Each(Func<double> draw) => isPerNeuron ? [.. Enumerable.Range(0, units).Select(_ => draw())] : null;
        int kind = _random.Next(4);
        Neuron neuron = kind switch
        {
            0 => new AdaptiveLeakyIntegrateFire
            {
                MembraneTime = DrawTime(),
                AdaptationTime = 5 + 50 * _random.NextDouble(),
                AdaptationStrength = 0.5 * _random.NextDouble(),
            },
            1 => new IntegrateFire { IntegrationTime = DrawTime() },
            _ => new LeakyIntegrateFire { MembraneTime = DrawTime() },
        };
        return neuron with
        {
            Threshold = 0.6 + 0.8 * _random.NextDouble(),
            Reset = Draw(2) ? 0 : -0.5,
            ResetMode = (ResetMode)_random.Next(2),
            RefractoryPeriod = Draw(2) ? 0 : _random.Next(1, 5),
            Bias = Draw(3) ? 0.6 * _random.NextDouble() : 0,
            PerNeuron = new PerNeuron(
                kind == 1 ? null : Each(DrawTime), Each(() => 0.6 + 0.8 * _random.NextDouble()), Each(() => 0.8 * _random.NextDouble()),
                kind == 0 ? Each(() => 5 + 50 * _random.NextDouble()) : null, kind == 0 ? Each(() => 0.5 * _random.NextDouble()) : null),
            Learned = DrawLearned(),
        };
    }

    private LeakyIntegrator DrawIntegrator() => new()
    {
        MembraneTime = DrawTime(),
        Bias = Draw(3) ? _random.NextDouble() : 0,
        Learned = DrawLearned(),
    };

    private LearnedParameters DrawLearned() => Draw(2) ? LearnedParameters.None : (LearnedParameters)_random.Next(16);

    private double DrawTime() => Draw(3) ? 5 : 2 + 20 * _random.NextDouble();

    private NetworkWeights DrawWeights()
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(Program);
        LearnedProgram.Fill(Program, weights);
        foreach (ConnectionProgram c in Program.Connections)
        {
            double fanIn = Math.Max(1, (double)(c.Table?.SynapseCount ?? (long)c.Rows * c.Columns) / c.Columns);
            bool isDelta = Program.Populations[c.Target].Groups[c.Group].Kind == SynapseKind.Delta;
            double scale = (isDelta ? 1.2 : c.IsFromInput ? 7 : 4) / Math.Sqrt(fanIn);
            double shift = c.IsFromInput || c.Source < c.Target ? 0.35 : 0.6;
            foreach (ref float weight in weights[c.Index].AsSpan())
            {
                weight = c.FixedWeight ?? (float)((_random.NextDouble() - shift) * scale);
            }
        }

        return weights;
    }
}
