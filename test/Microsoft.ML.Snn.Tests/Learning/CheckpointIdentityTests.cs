using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.ML.Snn.Tests.OwnNeurons;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

/// <summary>A training never goes on from the checkpoint of another one: whatever decides a number is part of what a checkpoint belongs to.</summary>
[TestClass]
public sealed class CheckpointIdentityTests
{
    private static readonly NetworkProgram s_program = Graph();

    private static readonly TrainingSettings s_settings = new()
    {
        Algorithm = new EventProp(),
        Optimizer = new Adam(0.01),
        NumberOfEpochs = 3,
        BatchSize = 4,
        Shuffle = true,
        Seed = 1,
    };

    private static readonly TrainingData s_data = new(Trains([1, 4, 9], [1, 1, 1]), Targets.OfClasses([1]), null);

    /// <summary>One number of the network at a time, of every kind that a graph or a stack can have.</summary>
    [TestMethod]
    public void Of_NetworksThatDifferInOneNumber_AllDiffer()
    {
        var one = new LeakyIntegrateFire();
        AdaptiveLeakyIntegrateFire adaptive = new() { AdaptationTime = 100, AdaptationStrength = 0.1 };
        Delay drawn = Delay.PerSynapseUniform(0, 5, seed: 1);
        (string What, NetworkProgram Program)[] networks =
        [
            ("none", s_program),
            ("threshold", Graph(one with { Threshold = 1.1 })),
            ("reset", Graph(one with { Reset = -0.1 })),
            ("subtraction", Graph(one with { ResetMode = ResetMode.Subtraction })),
            ("refractory", Graph(one with { RefractoryPeriod = 2 })),
            ("bias", Graph(one with { Bias = 0.1 })),
            ("membrane time", Graph(one with { MembraneTime = 21 })),
            ("learned threshold", Graph(one with { Learned = LearnedParameters.Threshold })),
            ("thresholds", Graph(one with { PerNeuron = new PerNeuron(thresholds: [1, 1.2, 1]) })),
            ("other thresholds", Graph(one with { PerNeuron = new PerNeuron(thresholds: [1, 1.3, 1]) })),
            ("no leak", Graph(new IntegrateFire())),
            ("adaptive", Graph(adaptive)),
            ("adaptation time", Graph(adaptive with { AdaptationTime = 101 })),
            ("adaptation strength", Graph(adaptive with { AdaptationStrength = 0.2 })),
            ("own neuron", Graph(Neuron.Custom(new TunableNeuron()))),
            ("field of an own neuron", Graph(Neuron.Custom(new TunableNeuron { Gain = 3 }))),
            ("sub-steps", Graph(Neuron.Custom(new TunableNeuron(), subSteps: 2))),
            ("learned number", Graph(Neuron.Custom(new TunableNeuron(), learned: [new LearnedNumber("Bias", 3, -0.5, 0.5)]))),
            ("its range", Graph(Neuron.Custom(new TunableNeuron(), learned: [new LearnedNumber("Bias", 3, -0.5, 0.6)]))),
            ("alpha", Graph(synapse: new AlphaSynapse(5))),
            ("synapse time", Graph(synapse: new ExponentialSynapse(6))),
            ("delay", Graph(delay: Delay.Of(5))),
            ("delays", Graph(delay: Delay.PerNeuron([5, 2, 5]))),
            ("other delays", Graph(delay: Delay.PerNeuron([5, 3, 5]))),
            ("drawn delays", Graph(delay: drawn)),
            ("seed of delays", Graph(delay: Delay.PerSynapseUniform(0, 5, seed: 2))),
            ("learned delays", Graph(delay: drawn.Learn(5))),
            ("sparse", Graph(connectivity: Connectivity.Sparse(0.5, seed: 1))),
            ("seed of synapses", Graph(connectivity: Connectivity.Sparse(0.5, seed: 2))),
            ("rewired", Graph(connectivity: Connectivity.Sparse(0.5, seed: 1, rewiring: new DeepRewiring()))),
            ("rewiring strength", Graph(connectivity: Connectivity.Sparse(0.5, seed: 1, rewiring: new DeepRewiring(2e-5)))),
            ("rewiring noise", Graph(connectivity: Connectivity.Sparse(0.5, seed: 1, rewiring: new DeepRewiring(noise: 1e-3)))),
            ("pairs", Graph(connectivity: Connectivity.Pairs([(0, 1), (1, 2)]))),
            ("other pairs", Graph(connectivity: Connectivity.Pairs([(0, 1), (2, 2)]))),
            ("readout", Graph(readout: Readout.MaximumMembrane)),
            ("output's time", Graph(output: new LeakyIntegrator { MembraneTime = 30 })),
            ("output's bias", Graph(output: new LeakyIntegrator { Bias = 0.1 })),
            ("weight of the loss", Graph(lossWeight: 0.5)),
            ("first spike", FirstSpike(FirstSpikeLoss.CrossEntropy())),
            ("temperature", FirstSpike(FirstSpikeLoss.CrossEntropy(2))),
            ("late term", FirstSpike(FirstSpikeLoss.CrossEntropy(1, 0.01))),
            ("late time", FirstSpike(FirstSpikeLoss.CrossEntropy(1, 0.01, 20))),
            ("relative", FirstSpike(FirstSpikeLoss.RelativeMeanSquareError(5))),
            ("delay of the loss", FirstSpike(FirstSpikeLoss.RelativeMeanSquareError(6))),
            ("stack of first spikes", StackOfFirstSpikes(FirstSpikeLoss.CrossEntropy())),
            ("its temperature", StackOfFirstSpikes(FirstSpikeLoss.CrossEntropy(2))),
            ("stack of other thresholds", StackOfFirstSpikes(
                FirstSpikeLoss.CrossEntropy(), one with { PerNeuron = new PerNeuron(thresholds: [1, 1.2, 1]) })),
            ("own length", s_program.EndingAfterLastSpike(10)),
        ];

        AssertAllDiffer([.. networks.Select(n => (n.What, Of(program: n.Program).Network))]);
    }

    [TestMethod]
    public void Of_SettingsThatDifferInOneNumber_AllDiffer()
    {
        (string What, TrainingSettings Settings)[] settings =
        [
            ("none", s_settings),
            ("grazing limit", s_settings with { Algorithm = new EventProp { GrazingLimit = 0.2 } }),
            ("spike count", s_settings with { Algorithm = new EventProp { SpikeCountStrength = 1 } }),
            ("spike counts", Counts(new SpikeCountGroup("hidden", 2, 1))),
            ("target of spike counts", Counts(new SpikeCountGroup("hidden", 3, 1))),
            ("strength below", Counts(new SpikeCountGroup("hidden", 2, 1, 1))),
            ("e-prop", s_settings with { Algorithm = new EProp() }),
            ("random feedback", s_settings with { Algorithm = new EProp { Feedback = EPropFeedback.Random } }),
            ("damping", s_settings with { Algorithm = new EProp { Damping = 0.4 } }),
            ("optimiser", s_settings with { Optimizer = new Sgd(0.01) }),
            ("rate", s_settings with { Optimizer = new Adam(0.02) }),
            ("schedule", s_settings with { Optimizer = new Adam(0.01) { Schedule = LearningRateSchedule.Step(2) } }),
            ("group", s_settings with { OptimizerGroups = [new OptimizerGroup(null, "input to hidden")] }),
            ("kind of the group", s_settings with { OptimizerGroups = [new OptimizerGroup(null, null, ParameterKind.Weight)] }),
            ("optimiser of the group", s_settings with { OptimizerGroups = [new OptimizerGroup(new Sgd(1), "input to hidden")] }),
            ("norm", s_settings with { MaximumGradientNorm = 1 }),
            ("batch size", s_settings with { BatchSize = 5 }),
            ("order", s_settings with { Shuffle = false }),
            ("seed", s_settings with { Seed = 2 }),
            ("shift", s_settings with { Augmentations = [Augmentation.ShiftChannels(1)] }),
            ("larger shift", s_settings with { Augmentations = [Augmentation.ShiftChannels(2)] }),
            ("revival", s_settings with { SilentNeuronRevival = 0.1 }),
            ("callback", s_settings with { Callbacks = [new LearningRateScheduler(LearningRateSchedule.Step(2))] }),
        ];

        AssertAllDiffer([.. settings.Select(s => (s.What, Of(settings: s.Settings).Settings))]);
    }

    [TestMethod]
    public void Of_DataThatDifferInOneNumber_AllDiffer()
    {
        TrainingData numbers = s_data with { Targets = Targets.OfValues([0.5f, 1], 2) };
        (string What, TrainingData Data, TrainingData? Validation)[] data =
        [
            ("none", s_data, null),
            ("channel", s_data with { Trains = Trains([1, 5, 9], [1, 1, 1]) }, null),
            ("step", s_data with { Trains = Trains([1, 4, 12], [1, 1, 1]) }, null),
            ("value", s_data with { Trains = Trains([1, 4, 9], [1, 1, 2]) }, null),
            ("other value", s_data with { Trains = Trains([1, 4, 9], [1, 1, 3]) }, null),
            ("class", s_data with { Targets = Targets.OfClasses([0]) }, null),
            ("numbers", numbers, null),
            ("other numbers", s_data with { Targets = Targets.OfValues([0.5f, 2], 2) }, null),
            ("weight", s_data with { Weights = [2] }, null),
            ("further labels", s_data with { Targets = Targets.OfClasses([1]).With(null, Targets.OfClasses([1])) }, null),
            ("other further labels", s_data with { Targets = Targets.OfClasses([1]).With(null, Targets.OfClasses([0])) }, null),
            ("validation", s_data, s_data),
            ("other validation", s_data, numbers),
        ];

        AssertAllDiffer([.. data.Select(d => (d.What, Of(data: d.Data, validation: d.Validation).Data))]);
    }

    /// <summary>What changes no number is free, and so is the culture of the machine.</summary>
    [TestMethod]
    public void Of_WhatDecidesNoNumber_IsTheSame()
    {
        CheckpointIdentity expected = Of(program: Graph(new LeakyIntegrateFire { Threshold = 1.5 }, delay: Delay.Of(2.5)));
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            CheckpointIdentity found = Of(
                Graph(new LeakyIntegrateFire { Threshold = 1.5 }, delay: Delay.Of(2.5), weights: Weights.Of(0.5)),
                s_settings with { NumberOfEpochs = 9, MaximumTrainingTime = TimeSpan.FromHours(1), Callbacks = [new EarlyStopping(patience: 2)] });

            Assert.AreEqual(expected, found);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [TestMethod]
    public void Require_AnotherThreshold_SaysThatTheNetworkDiffers()
    {
        CheckpointIdentity expected = Of();
        CheckpointIdentity found = Of(program: Graph(new LeakyIntegrateFire { Threshold = 1.1 }));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => expected.Require(found));

        StringAssert.StartsWith(error.Message, "it belongs to other network: expected ", StringComparison.Ordinal);
    }

    private static void AssertAllDiffer((string What, string Identity)[] identities)
    {
        var first = new Dictionary<string, string>();
        foreach ((string what, string identity) in identities)
        {
            Assert.IsTrue(first.TryAdd(identity, what), $"'{what}' must not be the same as '{first[identity]}': {identity}");
        }
    }

    [TestMethod]
    public void Of_SameNumbersInAnotherCollection_AreTheSame()
    {
        SpikeCountGroup group = new("hidden", 2, 0.1);

        Assert.AreEqual(
            Of(settings: s_settings with { Algorithm = new EventProp { SpikeCounts = [group] } }),
            Of(settings: s_settings with { Algorithm = new EventProp { SpikeCounts = new List<SpikeCountGroup> { group } } }));
    }

    private static CheckpointIdentity Of(
        NetworkProgram? program = null, TrainingSettings? settings = null, TrainingData? data = null, TrainingData? validation = null)
    {
        settings ??= s_settings;
        var callbacks = new CallbackList(settings.Callbacks, null!, _ => { });
        return CheckpointIdentity.Of(program ?? s_program, settings, callbacks, data ?? s_data, validation);
    }

    private static TrainingSettings Counts(SpikeCountGroup group) =>
        s_settings with { Algorithm = new EventProp { SpikeCounts = [group] } };

    private static NetworkProgram Graph(
        Neuron? neuron = null, Synapse? synapse = null, Delay? delay = null, Connectivity? connectivity = null, Weights? weights = null,
        Readout readout = Readout.AverageMembrane, LeakyIntegrator? output = null, FirstSpikeLoss? firstSpike = null, double lossWeight = 1) =>
        NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode input = graph.Input();
                GraphNode hidden = graph.Population("hidden", 3, neuron);
                GraphNode classes = graph.Output("output", readout, output, firstSpike: firstSpike, lossWeight: lossWeight);
                graph.Connect(input, hidden, connectivity, synapse, weights, delay);
                graph.Connect(hidden, classes);
            }),
            channels: 3, steps: 20, timeStep: 1, outputs: 2);

    private static NetworkProgram FirstSpike(FirstSpikeLoss loss) => Graph(readout: Readout.FirstSpikeTime, firstSpike: loss);

    private static NetworkProgram StackOfFirstSpikes(FirstSpikeLoss loss, Neuron? neuron = null) => NetworkProgram.Build(
        SnnNetwork.Sequential(Layer.Dense(3, neuron), Layer.Output(Readout.FirstSpikeTime, firstSpike: loss)), 3, 20, 1, 2);

    private static SpikeTrains Trains(int[] slots, float[] values)
    {
        var builder = new SpikeTrainsBuilder(steps: 20, channels: 3, isConstantCurrent: false);
        builder.Add(slots, values);
        return builder.ToSpikeTrains();
    }
}
