using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;
using Microsoft.ML.Snn.Tests.Engine;
using Microsoft.ML.Snn.Tests.Trainers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Defects;

/// <summary>Defects of the reference system that no other test stands guard against; docs/mlgenn-defects.md lists them all.</summary>
[TestClass]
public sealed class ReferenceSystemDefectTests
{
    private static readonly int[] s_everyClass = [.. Enumerable.Range(0, 300)];

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    /// <summary>Defect 8: the shapes of two booleans are compared, so that any shapes are accepted.</summary>
    [TestMethod]
    public void Build_DelaysOfAnotherShapeThanTheWeights_AreRefused()
    {
        AssertRefused(Connectivity.Dense, Delay.PerSynapse(new double[5]), "Connection input to output must have 12 delays, one per weight, but was given 5.");
        AssertRefused(Connectivity.Dense, Delay.PerSynapse(new double[13]), "Connection input to output must have 12 delays, one per weight, but was given 13.");
        AssertRefused(Connectivity.Dense, Delay.PerNeuron(new double[3]), "Connection input to output must have 4 delays, one per presynaptic neuron, but was given 3.");
        AssertRefused(Connectivity.Pairs([(0, 1), (3, 2)]), Delay.PerSynapse(new double[12]), "Connection input to output must have 2 delays, one per weight, but was given 12.");

        static void AssertRefused(Connectivity connectivity, Delay delay, string message)
        {
            SnnNetwork network = SnnNetwork.Graph(graph => graph.Connect(graph.Input(), graph.Output(), connectivity, delay: delay));
            var error = Assert.ThrowsExactly<ArgumentException>(() => NetworkProgram.Build(network, channels: 4, steps: 10, timeStep: 1, outputs: 3));
            Assert.AreEqual(message, error.Message);
        }
    }

    /// <summary>Defect 9: the maximum starts at 0, and what stays below has none.</summary>
    [TestMethod]
    public void Score_MaximumOfNegativePotentials_IsTheLargestOfThemOnEveryGridEngine()
    {
        NetworkProgram program = NegativeProgram(Integrator.Grid);
        using var layers = new CpuEngine<Vector256Lane>(program, batchSize: 1, threads: 1);
        using var graph = new GraphEngine<Vector256Lane>(program, batchSize: 1, threads: 1);

        AssertNegativeMaximum(layers, program);
        AssertNegativeMaximum(graph, program);
    }

    /// <inheritdoc cref="Score_MaximumOfNegativePotentials_IsTheLargestOfThemOnEveryGridEngine"/>
    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Score_MaximumOfNegativePotentials_IsTheLargestOfThemOnTheDevice(string device)
    {
        NetworkProgram program = NegativeProgram(Integrator.Grid);
        using AcceleratorEngine engine = TestDevices.CreateEngine(device, program, batchSize: 1, spikesPerNeuron: 4);

        AssertNegativeMaximum(engine, program);
    }

    /// <summary>Without a time step the maximum is over the whole trial, and V is 0 where it begins: nothing larger is missed, nothing smaller is made up.</summary>
    [TestMethod]
    public void Score_MaximumOfNegativePotentialsEventDriven_IsThePotentialAtTheBegin()
    {
        NetworkProgram program = NegativeProgram(Integrator.EventDriven);
        using var engine = new ExactEngine<Vector256Lane>(program, batchSize: 1, threads: 1);
        var network = new ReferenceNetwork(
            [new ReferenceLayer { Weights = new[,] { { -1.0, -3 } }, MembraneTime = 20, SynapseTime = 5 }], ReferenceReadout.MaximumMembrane, 20);
        double[] outputs = network.Forward([new ReferenceInputSpike(0, 0)]).Outputs;

        float[] scores = Scored(engine, program);

        CollectionAssert.AreEqual(new double[] { 0, 0 }, outputs);
        Assert.AreEqual(0.5, scores[0], 1e-6);
    }

    /// <summary>Defect 10: labels are bytes, and class 256 is class 0.</summary>
    [TestMethod]
    public void Fit_ThreeHundredClasses_PredictsThoseAbove255()
    {
        MLContext context = new(seed: 1);
        LabelOf300[] rows = [.. s_everyClass.Select(k => new LabelOf300 { Label = (uint)k, Features = Spectrum(k) })];
        IDataView data = context.Data.LoadFromEnumerable(rows);

        ITransformer model = context.Snn().Train(new SnnTrainer.Options
        {
            Network = SnnNetwork.Sequential(Layer.Output()),
            NumberOfEpochs = 60,
            NumberOfThreads = 1,
            Optimizer = new Adam(0.1),
        }).Fit(data);

        uint[] predicted = [.. model.Transform(data).GetColumn<uint>("PredictedLabel")];
        int rightAbove = s_everyClass.Count(k => k > 255 && predicted[k] == k + 1);
        Assert.IsGreaterThan(40, rightAbove, $"{rightAbove} of the 44 classes above 255 are right.");
        Assert.IsGreaterThan(270, s_everyClass.Count(k => predicted[k] == k + 1));
    }

    /// <summary>Defect 14: a full tape drops spikes in silence. Here every neuron spikes at every step, and the tape begins with room for two each.</summary>
    [TestMethod]
    public void Train_FarMoreSpikesThanTheTapeBeginsWith_CountsEveryOneOnEveryGridEngine()
    {
        const int Units = 40, Steps = 300;
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(Units), Layer.Output()), channels: 1, Steps, timeStep: 1, outputs: 2);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        weights[0].AsSpan().Fill(1000);
        using var layers = new CpuEngine<Vector256Lane>(program, batchSize: 1, threads: 1);
        using var graph = new GraphEngine<Vector256Lane>(program, batchSize: 1, threads: 1);

        foreach (NetworkEngine engine in new NetworkEngine[] { layers, graph })
        {
            BatchResult result = Train(engine, weights, Current(Steps), 0);
            long[] counts = new long[Units];
            engine.TakeSpikeCounts(counts);

            Assert.AreEqual((long)Units * Steps, result.HiddenSpikes, engine.Device);
            CollectionAssert.AreEqual(Enumerable.Repeat((long)Steps, Units).ToArray(), counts, engine.Device);
        }
    }

    /// <inheritdoc cref="Train_FarMoreSpikesThanTheTapeBeginsWith_CountsEveryOneOnEveryGridEngine"/>
    [TestMethod]
    public void Train_FarMoreSpikesThanTheTapeBeginsWithEventDriven_CountsThoseOfTheOracle()
    {
        const int Units = 20, Duration = 40;
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(Units, new LeakyIntegrateFire(), new ExponentialSynapse(5)), Layer.Output()),
            channels: 1, Duration, timeStep: 1, outputs: 2, integrator: Integrator.EventDriven);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        weights[0].AsSpan().Fill(300);
        double[,] all = new double[1, Units];
        for (int j = 0; j < Units; j++)
        {
            all[0, j] = 300;
        }

        var oracle = new ReferenceNetwork(
            [
                new ReferenceLayer { Weights = all, MembraneTime = 20, SynapseTime = 5, Threshold = 1 },
                new ReferenceLayer { Weights = new double[Units, 2], MembraneTime = 20, SynapseTime = 5 },
            ],
            ReferenceReadout.AverageMembrane, Duration);
        int expected = oracle.Forward([new ReferenceInputSpike(0, 0)]).Spikes(0).Count;
        using var engine = new ExactEngine<Vector256Lane>(program, batchSize: 1, threads: 1);

        BatchResult result = Train(engine, weights, SpikeAtTheBegin(Duration, isSpikeTimes: true), 0);

        Assert.IsGreaterThan(10 * 64, expected, "The tape must have to grow.");
        Assert.AreEqual(expected, result.HiddenSpikes);
    }

    /// <summary>Seen when running it: a failed build leaves a process in which nothing can be built any more.</summary>
    [TestMethod]
    public void Fit_AfterRefusedNetworks_HasTheBitsOfATrainingWithoutThem()
    {
        MLContext context = new(seed: 1);
        IDataView data = LabelledRow.Load(context, 64);
        float[][] Trained() => SmallData.Scores(context.Snn().Train(SmallData.Quick()).Fit(data).Transform(data));
        float[][] before = Trained();

        SnnTrainer.Options options = SmallData.Quick();
        options.Network = SnnNetwork.Graph(graph => graph.Connect(graph.Input(), graph.Output(), delay: Delay.PerSynapse([1])));
        Assert.ThrowsExactly<ArgumentException>(() => context.Snn().Train(options).Fit(data));
        Assert.ThrowsExactly<ArgumentException>(() => SnnNetwork.Graph(graph => graph.Input()));
        LabelledRow[] bad = LabelledRow.Draw(64);
        bad[7].Features[0] = float.NaN;
        Assert.ThrowsExactly<ArgumentException>(() => context.Snn().Train(SmallData.Quick()).Fit(LabelledRow.Load(context, bad)));

        SmallData.AssertSame(before, Trained());
    }

    /// <summary>Seen when running it: the current of the last step is lost, and spikes of the last two steps reach the next example.</summary>
    [TestMethod]
    public void Score_SpikeInTheLastStep_CountsInItsExampleAndInNoOther()
    {
        const int Steps = 10;
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Output(Readout.FinalMembrane, loss: Loss.MeanSquaredError)), channels: 1, Steps, timeStep: 1, outputs: 1);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        weights[0][0] = 1;
        var builder = new SpikeTrainsBuilder(Steps, channels: 1, isConstantCurrent: false);
        builder.Add([Steps - 1], [1f]);
        builder.Add([], []);
        SpikeTrains trains = builder.ToSpikeTrains();

        // One step of τm V' = -V + I, τs I' = -I from V = 0, I = 1.
        double expected = 5.0 / (20 - 5) * (Math.Exp(-1.0 / 20) - Math.Exp(-1.0 / 5));
        using var layers = new CpuEngine<Vector256Lane>(program, batchSize: 2, threads: 1);
        using var graph = new GraphEngine<Vector256Lane>(program, batchSize: 2, threads: 1);
        foreach (NetworkEngine engine in new NetworkEngine[] { layers, graph })
        {
            engine.SetWeights(weights);
            float[] scores = new float[2];
            engine.Score(trains, scores);

            Assert.AreEqual(expected, scores[0], 1e-6, engine.Device);
            Assert.AreEqual(0f, scores[1], engine.Device);
        }
    }

    /// <summary>One input spike, which pulls two outputs down, the second three times as far. Two steps: both potentials only fall.</summary>
    private static NetworkProgram NegativeProgram(Integrator integrator) => NetworkProgram.Build(
        SnnNetwork.Sequential(Layer.Output(Readout.MaximumMembrane, new LeakyIntegrator(), new ExponentialSynapse(5))),
        channels: 1, steps: 2, timeStep: 1, outputs: 2, integrator: integrator);

    private static void AssertNegativeMaximum(NetworkEngine engine, NetworkProgram program)
    {
        // The first of the two is the larger one: V of a single step from V = 0, I = w.
        double one = 5.0 / (20 - 5) * (Math.Exp(-1.0 / 20) - Math.Exp(-1.0 / 5));
        double expected = 1 / (1 + Math.Exp(-3 * one + one));

        Assert.AreEqual(expected, Scored(engine, program)[0], 1e-6, engine.Device);

        // ∂L/∂w is (p - 1 for the label) times ∂V/∂w.
        engine.KeepGradient = true;
        BatchResult result = Train(engine, NegativeWeights(program), SpikeAtTheBegin(2, isSpikeTimes: false), 0);
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        Assert.AreEqual(-Math.Log(expected), result.Loss, 1e-6, engine.Device);
        Assert.AreEqual((expected - 1) * one, gradient[0][0], 1e-6, engine.Device);
        Assert.AreEqual((1 - expected) * one, gradient[0][1], 1e-6, engine.Device);
    }

    private static NetworkWeights NegativeWeights(NetworkProgram program)
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        (weights[0][0], weights[0][1]) = (-1, -3);
        return weights;
    }

    private static float[] Scored(NetworkEngine engine, NetworkProgram program)
    {
        engine.SetWeights(NegativeWeights(program));
        float[] scores = new float[2];
        engine.Score(SpikeAtTheBegin(program.Steps, program.Integrator == Integrator.EventDriven), scores);
        return scores;
    }

    private static BatchResult Train(NetworkEngine engine, NetworkWeights weights, SpikeTrains trains, int label)
    {
        engine.SetWeights(weights);
        return engine.Train(
            new TrainingBatch { Trains = trains, Targets = Targets.OfClasses([label]), ExampleWeights = null, Examples = [0] },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 0.1f));
    }

    private static SpikeTrains SpikeAtTheBegin(int steps, bool isSpikeTimes)
    {
        var builder = new SpikeTrainsBuilder(steps, channels: 1, isConstantCurrent: false, isSpikeTimes: isSpikeTimes);
        if (isSpikeTimes)
        {
            builder.AddDense([0f]);
        }
        else
        {
            builder.Add([0], [1f]);
        }

        return builder.ToSpikeTrains();
    }

    private static SpikeTrains Current(int steps)
    {
        var builder = new SpikeTrainsBuilder(steps, channels: 1, isConstantCurrent: true);
        builder.AddDense([1f]);
        return builder.ToSpikeTrains();
    }

    /// <summary>Numbers that tell 300 classes apart.</summary>
    private static float[] Spectrum(int k)
    {
        var random = new Random(k);
        return [.. Enumerable.Range(0, 40).Select(_ => random.Next(2) == 0 ? 0f : 1f)];
    }

    private sealed class LabelOf300
    {
        [KeyType(300)]
        public uint Label { get; set; }

        [VectorType(40)]
        public float[] Features { get; set; } = [];
    }
}
