using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>e-prop on graphs: sparse and delayed connections, several populations and outputs, against the printed equations.</summary>
[TestClass]
public sealed class GraphEPropTests
{
    private const int Channels = 9, Steps = 24, Classes = 3, Count = 3;

    private static readonly EPropSettings s_settings = new() { Damping = 0.4, RateTarget = 20, RateStrength = 1.5, RateTime = 30, Seed = 5 };

    [TestMethod]
    [DataRow(EPropFeedback.Symmetric, 12)]
    [DataRow(EPropFeedback.Random, 6)]
    public void Train_Graphs_GivesTheGradientOfThePrintedEquations(EPropFeedback feedback, int seeds)
    {
        EPropSettings settings = s_settings with { Feedback = feedback };
        int compared = 0, spikes = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            (NetworkProgram program, NetworkWeights weights, float[][] inputs) = Draw(seed);
            using GraphEngine<Vector512Lane> engine = Engine(program, weights, threads: 2, settings);
            BatchResult result = Train(engine, inputs, rate: 0);
            NetworkWeights gradient = NetworkWeights.ZerosFor(program);
            engine.GetGradient(gradient);

            GraphEPropWitness[] trials = [.. inputs.Select(_ => new GraphEPropWitness(program, weights, settings))];
            double[][][] expected = [.. inputs.Select((input, b) => trials[b].Run(Rows(input), b % Classes))];
            if (trials.Min(trial => trial.Margin) < 1e-4)
            {
                continue;
            }

            compared++;
            spikes += trials.Sum(trial => trial.Spikes);
            Assert.AreEqual(trials.Sum(trial => trial.Spikes), result.HiddenSpikes, $"seed {seed}");
            Assert.AreEqual(trials.Sum(trial => trial.Loss), result.Loss, 1e-4 * result.Loss, $"seed {seed}");
            for (int c = 0; c < program.Parameters.Count; c++)
            {
                double[] mean = [.. Enumerable.Range(0, gradient[c].Length).Select(n => expected.Average(trial => trial[c][n]))];
                double norm = Math.Sqrt(mean.Sum(x => x * x));
                double difference = Math.Sqrt(mean.Zip(gradient[c], (e, a) => (e - a) * (e - a)).Sum());
                Assert.IsGreaterThan(0, norm, $"seed {seed}, {program.Parameters[c].Name}");
                Assert.IsLessThan(1e-4 * norm, difference, $"seed {seed}, {program.Parameters[c].Name}: of {norm}");
            }
        }

        Assert.IsGreaterThan(seeds / 2, compared, "Too few networks were compared for the test to mean anything.");
        Assert.IsGreaterThan(50 * compared, spikes, "Too few spikes for the test to mean anything.");
    }

    [TestMethod]
    public void Train_AnyNumberOfThreads_GivesTheSameBits()
    {
        (NetworkProgram program, NetworkWeights weights, float[][] inputs) = Draw(1);
        float[][] Trained(int threads)
        {
            using GraphEngine<Vector512Lane> engine = Engine(program, weights, threads);
            for (int batch = 0; batch < 10; batch++)
            {
                Train(engine, inputs, rate: 0.1f);
            }

            NetworkWeights trained = NetworkWeights.ZerosFor(program);
            engine.GetWeights(trained);
            return [.. Enumerable.Range(0, trained.Count).Select(p => trained[p])];
        }

        float[][] one = Trained(1), three = Trained(3);
        for (int p = 0; p < one.Length; p++)
        {
            CollectionAssert.AreEqual(one[p], three[p]);
            CollectionAssert.AreNotEqual(weights[p], one[p]);
        }
    }

    [TestMethod]
    public void Train_AfterOtherExamples_GivesTheGradientOfAFreshEngine()
    {
        (NetworkProgram program, NetworkWeights weights, float[][] inputs) = Draw(2);
        float[][] Gradients(bool isUsed)
        {
            using GraphEngine<Vector512Lane> engine = Engine(program, weights, threads: 1);
            if (isUsed)
            {
                Train(engine, [inputs[2], inputs[0]], rate: 0);
            }

            Train(engine, [inputs[1]], rate: 0);
            NetworkWeights gradient = NetworkWeights.ZerosFor(program);
            engine.GetGradient(gradient);
            return [.. Enumerable.Range(0, gradient.Count).Select(p => gradient[p])];
        }

        foreach ((float[] fresh, float[] used) in Gradients(false).Zip(Gradients(true)))
        {
            CollectionAssert.AreEqual(fresh, used);
        }
    }

    /// <summary>Two populations that hear each other, with delays, resets and thresholds of their own, and two outputs.</summary>
    private static (NetworkProgram Program, NetworkWeights Weights, float[][] Inputs) Draw(int seed)
    {
        SnnNetwork network = SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input();
            GraphNode leaky = graph.Population("leaky", [2, 7, 1], new LeakyIntegrateFire
            {
                MembraneTime = 9,
                Threshold = 0.8,
                Reset = -0.1,
                ResetMode = ResetMode.Subtraction,
                RefractoryPeriod = 2,
                Bias = 0.1,
                Learned = LearnedParameters.Bias,
            });
            GraphNode adaptive = graph.Population("adaptive", 18, new AdaptiveLeakyIntegrateFire
            {
                MembraneTime = 14,
                AdaptationTime = 40,
                AdaptationStrength = 0.3,
                Bias = 0.1,
                Learned = LearnedParameters.Bias,
            });
            GraphNode first = graph.Output("first", neuron: new LeakyIntegrator { MembraneTime = 12 });
            GraphNode second = graph.Output("second", Readout.MaximumMembrane, new LeakyIntegrator { MembraneTime = 30, Learned = LearnedParameters.Bias }, lossWeight: 0.5);
            graph.Connect(input, leaky, Connectivity.Sparse(0.6, seed));
            graph.Connect(input, adaptive, delay: Delay.PerSynapseUniform(0, 4, seed));
            graph.Connect(leaky, adaptive, Connectivity.Sparse(0.4, seed + 1), new DeltaSynapse());
            graph.Connect(adaptive, adaptive, Connectivity.Sparse(0.4, seed, allowSelf: false), delay: Delay.PerNeuronUniform(0, 3, seed));
            graph.Connect(adaptive, leaky, synapse: new ExponentialSynapse(3), delay: Delay.Of(1));
            graph.Connect(leaky, first);
            graph.Connect(adaptive, first, Connectivity.Sparse(0.5, seed), new ExponentialSynapse(8), delay: Delay.Of(2));
            graph.Connect(adaptive, second, synapse: new DeltaSynapse());

            // Pools that overlap: a neuron has several synapses to one output.
            graph.Connect(leaky, second, Connectivity.AveragePoolDense(new Size2D(2, 3), new Size2D(1, 1)));
        });
        NetworkProgram program = NetworkProgram.Build(network, Channels, Steps, timeStep: 1, Classes);
        var random = new Random(seed);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        foreach (ConnectionProgram c in program.Connections)
        {
            double scale = program.Populations[c.Target].Groups[c.Group].Kind == SynapseKind.Delta ? 1 : 6;
            foreach (ref float weight in weights[c.Index].AsSpan())
            {
                weight = (float)(scale * (random.NextDouble() - 0.35) / Math.Sqrt(c.Rows));
            }
        }

        foreach (ParameterProgram bias in program.Parameters.Where(p => p.Kind == ParameterKind.Bias))
        {
            foreach (ref float value in weights[bias.Index].AsSpan())
            {
                value = (float)(0.3 * (random.NextDouble() - 0.4));
            }
        }

        return (program, weights, [.. Enumerable.Range(0, Count).Select(_ =>
            Enumerable.Range(0, Steps * Channels).Select(_ => random.Next(5) == 0 ? 1f : 0).ToArray())]);
    }

    private static double[][] Rows(float[] input) =>
        [.. Enumerable.Range(0, Steps).Select(n => input[(n * Channels)..((n + 1) * Channels)].Select(x => (double)x).ToArray())];

    private static GraphEngine<Vector512Lane> Engine(NetworkProgram program, NetworkWeights weights, int threads, EPropSettings? settings = null)
    {
        var engine = new GraphEngine<Vector512Lane>(program, Count, threads, settings ?? s_settings) { KeepGradient = true };
        engine.SetWeights(weights);
        return engine;
    }

    private static BatchResult Train(NetworkEngine engine, float[][] inputs, float rate)
    {
        var trains = new SpikeTrainsBuilder(Steps, Channels, isConstantCurrent: false);
        foreach (float[] input in inputs)
        {
            trains.AddDense(input);
        }

        return engine.Train(
            new TrainingBatch
            {
                Trains = trains.ToSpikeTrains(),
                Targets = Targets.OfClasses([.. Enumerable.Range(0, inputs.Length).Select(b => b % Classes)]),
                ExampleWeights = null,
                Examples = Enumerable.Range(0, inputs.Length).ToArray(),
            },
            new LearningStep(new ParameterUpdates(new UpdateEquations(new MomentumEquations(rate, 0, isNesterov: false, weightDecay: 0))), default, 0));
    }
}
