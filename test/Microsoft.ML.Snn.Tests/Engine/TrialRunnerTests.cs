using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>What is recorded is what scoring does, and what the oracles say of the states in between.</summary>
[TestClass]
public sealed class TrialRunnerTests
{
    [TestMethod]
    public void Run_RandomStacks_HasTheScoresOfScoringAndTheTrialOfTheOracle() => Gen.Int[0, 1_000_000].Sample(
        seed =>
        {
            RandomCase drawn = new(seed);
            ScorerFactory factory = ScorerFactory.For(drawn.Program, drawn.Weights);
            using TrialRunner runner = factory.CreateRunner();
            float[] expected = Score(factory, drawn.Program, drawn.Trains());
            bool compares = !drawn.IsOnAKnifeEdge();
            for (int example = 0; example < drawn.Count; example++)
            {
                Trial trial = new(runner, drawn.Trains(), example);
                trial.AssertScores(expected, example);
                trial.AssertReadout();
                if (compares)
                {
                    AssertOracle(drawn, example, trial);
                }
            }
        },
        iter: 150, threads: 1);

    /// <summary>The same stack as a graph: other loops, other order of sums.</summary>
    [TestMethod]
    public void Run_RandomStacksAsGraphs_HasTheTrialOfTheOracle() => Gen.Int[0, 1_000_000].Sample(
        seed =>
        {
            RandomCase drawn = new(seed);
            using GraphNetwork<Vector256Lane> network = new(drawn.Program);
            network.Load(drawn.Weights);
            using GraphRunner<Vector256Lane> runner = new(network);
            float[] expected = new float[drawn.Count * drawn.Program.Output.ScoresFor(drawn.Steps)];
            using (GraphScorer<Vector256Lane> scorer = new(network, new WorkerTeam(1)))
            {
                scorer.Score(drawn.Trains(), expected);
            }

            bool compares = !drawn.IsOnAKnifeEdge();
            for (int example = 0; example < drawn.Count; example++)
            {
                Trial trial = new(runner, drawn.Trains(), example);
                trial.AssertScores(expected, example);
                trial.AssertReadout();
                if (compares)
                {
                    AssertOracle(drawn, example, trial);
                }
            }
        },
        iter: 100, threads: 1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Run_RandomEventDrivenNetworks_HasTheSpikesOfTheOracleAndTheStatesOfSmallSteps(bool recurrent) => Gen.Int[0, 1_000_000].Sample(
        seed =>
        {
            ExactCase drawn = new(seed, recurrent);
            if (drawn.IsOnAKnifeEdge())
            {
                return;
            }

            ScorerFactory factory = ScorerFactory.For(drawn.Program, drawn.Weights);
            using TrialRunner runner = factory.CreateRunner();
            float[] expected = Score(factory, drawn.Program, drawn.Trains());
            for (int example = 0; example < drawn.Inputs.Length; example++)
            {
                Trial trial = new(runner, drawn.Trains(), example);
                trial.AssertScores(expected, example);
                ReferenceTrace trace = drawn.Oracle().Forward(drawn.InputOf(example));
                for (int layer = 0; layer < drawn.Program.Hidden.Count; layer++)
                {
                    AssertTimes(trace.Spikes(layer).Select(s => (s.Time, s.Index)), trial.Spikes(layer));
                }

                if (drawn.Readout == Readout.FirstSpikeTime)
                {
                    IEnumerable<(double, int)> first = trace.Spikes(drawn.Program.Hidden.Count).DistinctBy(s => s.Index).Select(s => (s.Time, s.Index));
                    AssertTimes(first, trial.Spikes(drawn.Program.Hidden.Count));
                }

                trial.AssertSmallSteps(drawn);
            }
        },
        iter: recurrent ? 40 : 60, threads: 1);

    /// <summary>Four neurons that adapt: A is 1 per spike and decays, the threshold follows it.</summary>
    [TestMethod]
    public void Run_AdaptiveNeurons_TheThresholdFollowsTheSpikes()
    {
        const double Strength = 0.7, Time = 30;
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(
                Layer.Dense(4, new AdaptiveLeakyIntegrateFire { AdaptationTime = Time, AdaptationStrength = Strength, Threshold = 0.8 }),
                Layer.Output()),
            channels: 3, steps: 80, timeStep: 0.5, outputs: 2);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        weights[0].AsSpan().Fill(0.9f);
        SpikeTrainsBuilder builder = new(80, 3, isConstantCurrent: true);
        builder.AddDense([1, 2, 3]);
        SpikeTrains trains = builder.ToSpikeTrains();
        using TrialRunner runner = ScorerFactory.For(program, weights).CreateRunner();
        var adaptation = new StateTrack(0, StateVariable.Adaptation, 1, 2, 0, 80);
        var threshold = new StateTrack(0, StateVariable.Threshold, 1, 2, 0, 80);

        runner.Run(trains, 0, [adaptation, threshold], new float[2]);

        List<RecordedSpike> spikes = [];
        runner.CopySpikes(0, spikes);
        Assert.IsGreaterThan(8, spikes.Count);
        for (int step = 0; step < 80; step++)
        {
            double expected = spikes.Where(s => s.Neuron == 2 && s.Time <= (step + 1) * 0.5 + 1e-9)
                .Sum(s => Math.Exp(-(((step + 1) * 0.5) - s.Time) / Time));
            Assert.AreEqual(expected, adaptation.Values[2 * step + 1], 1e-4, $"step {step}");
            Assert.AreEqual(0.8 + Strength * expected, threshold.Values[2 * step + 1], 1e-4, $"step {step}");
        }

        Assert.IsFalse(runner.Has(1, StateVariable.Adaptation));
        Assert.IsFalse(runner.Has(1, StateVariable.Threshold));
        Assert.IsFalse(runner.Has(0, StateVariable.Readout));
    }

    private static float[] Score(ScorerFactory factory, NetworkProgram program, SpikeTrains trains)
    {
        float[] scores = new float[trains.Count * program.Output.ScoresFor(program.Steps)];
        using NetworkScorer scorer = factory.Create(1);
        scorer.Score(trains, scores);
        return scores;
    }

    private static void AssertOracle(RandomCase drawn, int example, Trial trial)
    {
        GridTrace oracle = drawn.Oracle().Forward(drawn.Inputs[example]);
        for (int layer = 0; layer <= drawn.Layers.Length; layer++)
        {
            bool isOutput = layer == drawn.Layers.Length;
            (int, int)[] expected = isOutput ? [] : [.. oracle.Spikes(layer).Select(s => (s.Step, s.Neuron))];
            (int, int)[] found = [.. trial.Spikes(layer).Select(s => ((int)Math.Round(s.Time / drawn.TimeStep), s.Neuron))];
            CollectionAssert.AreEqual(expected, found);
            float[] membrane = trial.Values(layer, StateVariable.Membrane);
            float[] current = trial.Values(layer, StateVariable.Current);
            int units = drawn.Program.Populations[layer].Units;
            for (int step = 0; step < drawn.Steps; step++)
            {
                for (int n = 0; n < units; n++)
                {
                    double v = oracle.Membrane[layer][step + 1, n];
                    Assert.AreEqual(v, membrane[step * units + n], 1e-4 * (1 + Math.Abs(v)), $"V of layer {layer}, step {step}, neuron {n}");
                    if (isOutput)
                    {
                        double i = oracle.OutputCurrent[step + 1, n];
                        Assert.AreEqual(i, current[step * units + n], 1e-4 * (1 + Math.Abs(i)), $"I of step {step}, neuron {n}");
                    }
                }
            }
        }
    }

    private static void AssertTimes(IEnumerable<(double Time, int Neuron)> expected, List<RecordedSpike> found)
    {
        var sorted = expected.OrderBy(s => s.Time).ToList();
        Assert.HasCount(sorted.Count, found);
        for (int k = 0; k < sorted.Count; k++)
        {
            Assert.AreEqual(sorted[k].Time, found[k].Time, 1e-3);
        }

        CollectionAssert.AreEquivalent(sorted.Select(s => s.Neuron).ToArray(), found.Select(s => s.Neuron).ToArray());
    }

    /// <summary>One example with everything that can be recorded of it.</summary>
    private sealed class Trial
    {
        private readonly NetworkProgram _program;
        private readonly List<StateTrack> _tracks = [];
        private readonly float[] _scores;
        private readonly List<RecordedSpike>[] _spikes;
        private readonly List<RecordedSpike> _input = [];

        public Trial(TrialRunner runner, SpikeTrains trains, int example)
        {
            _program = runner.Program;
            foreach (PopulationProgram p in _program.Populations)
            {
                _tracks.AddRange(Enum.GetValues<StateVariable>().Where(v => runner.Has(p.Index, v))
                    .Select(v => new StateTrack(p.Index, v, 0, p.Units, 0, _program.Steps)));
            }

            _scores = new float[_program.Output.ScoresFor(_program.Steps)];
            runner.Run(trains, example, _tracks, _scores);
            _spikes = [.. _program.Populations.Select(_ => new List<RecordedSpike>())];
            for (int p = 0; p < _spikes.Length; p++)
            {
                runner.CopySpikes(p, _spikes[p]);
            }

            runner.CopyInput(trains, example, 0, _input);
        }

        public List<RecordedSpike> Spikes(int population) => _spikes[population];

        public float[] Values(int population, StateVariable variable) =>
            _tracks.Single(t => t.Population == population && t.Variable == variable).Values;

        public void AssertScores(float[] all, int example) =>
            CollectionAssert.AreEqual(all[(example * _scores.Length)..((example + 1) * _scores.Length)], _scores);

        /// <summary>The readout of the last step, made a score, is the score to the last bit.</summary>
        public void AssertReadout()
        {
            int units = _program.Output.Units;
            float[] last = Values(_program.Populations.Count - 1, StateVariable.Readout)[^units..];
            _program.Output.Loss.ToScores(last);
            CollectionAssert.AreEqual(_scores[^units..], last);
        }

        /// <summary>Given the arrivals and the resets, a plain integration in small steps finds the recorded potentials.</summary>
        public void AssertSmallSteps(ExactCase drawn)
        {
            const double Step = 1.25e-4;
            for (int p = 0; p < _program.Populations.Count; p++)
            {
                bool isOutput = p == drawn.Program.Hidden.Count;
                SpikingLayer? layer = isOutput ? null : _program.Description.Hidden.ElementAt(p);
                double membraneTime = layer?.Neuron.LeakTime ?? _program.Description.Output.Neuron.MembraneTime;
                double synapseTime = ((ExponentialSynapse)(layer?.Synapse ?? _program.Description.Output.Synapse)).Time;
                ConnectionProgram input = isOutput ? _program.Output.Input : _program.Hidden[p].Input;
                List<RecordedSpike> arrivals = p == 0 ? _input : _spikes[p - 1];
                int neuron = _program.Populations[p].Units - 1;
                var resets = new Queue<double>(isOutput ? [] : _spikes[p].Where(s => s.Neuron == neuron).Select(s => s.Time));
                float[] membrane = Values(p, StateVariable.Membrane);
                var own = new Queue<RecordedSpike>(isOutput || _program.Hidden[p].Recurrent is null ? [] : _spikes[p]);
                (double v, double i) = (0, 0);
                int arrival = 0;
                int perSample = (int)Math.Round(_program.TimeStep / Step);
                for (int k = 0; k < _program.Steps * perSample; k++)
                {
                    double now = k * Step;
                    for (; arrival < arrivals.Count && arrivals[arrival].Time <= now; arrival++)
                    {
                        i += drawn.Weights[input.Index][arrivals[arrival].Neuron * input.Columns + neuron];
                    }

                    while (own.TryPeek(out RecordedSpike spike) && spike.Time <= now)
                    {
                        i += drawn.Weights[_program.Hidden[p].Recurrent!.Index][own.Dequeue().Neuron * (neuron + 1) + neuron];
                    }

                    (v, i) = (v + (Step / membraneTime * (i - v)), i - (Step / synapseTime * i));
                    while (resets.TryPeek(out double reset) && reset <= now + Step)
                    {
                        v = layer!.Neuron.Reset;
                        resets.Dequeue();
                    }

                    if ((k + 1) % perSample == 0)
                    {
                        int sample = ((k + 1) / perSample) - 1;
                        Assert.AreEqual(v, membrane[sample * (neuron + 1) + neuron], 5e-3, $"population {p}, sample {sample}");
                    }
                }
            }
        }
    }
}
