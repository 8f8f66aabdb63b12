using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Values are injected as currents into populations of spiking neurons, frame after frame, and spikes carry signs.</summary>
[TestClass]
public sealed class CurrentInjectionTests
{
    [TestMethod]
    public void Record_FramesInjectedIntoIntegrateAndFire_SpikesAtTheStepsWorkedOutByHand()
    {
        MLContext context = new(seed: 1);

        // Two steps per frame of (3/8, -1/2), (3/8, 1/2), (1, 1/2), (0, 1/2); reset by subtraction of 1.
        // Neuron 0: 3/8, 6/8, 9/8 (spike, 1/8), 4/8, 12/8 (spike, 4/8), 12/8 (spike, 4/8), 4/8, 4/8.
        // Neuron 1: -1/2, -1, -1/2, 0, 1/2, 1 (spike, 0), 1/2, 1 (spike).
        IDataView rows = Spikes(context, [0.375f, -0.5f, 0.375f, 0.5f, 1, 0.5f, 0, 0.5f]);

        (double Time, int Neuron)[] spikes = Record(context, rows, new IntegrateFire { ResetMode = ResetMode.Subtraction });

        CollectionAssert.AreEqual(new[] { (3, 0), (5, 0), (6, 0), (6, 1), (8.0, 1) }, spikes);
    }

    [TestMethod]
    public void Record_FramesInjectedIntoLeakyNeurons_SpikesAtTheStepsWorkedOutByHand()
    {
        MLContext context = new(seed: 1);

        // A membrane that keeps exp(-ln 2) = 1/2 per step; absolute reset.
        // Neuron 0 with 3/4: 3/4, 9/8 (spike, 0), 3/4, 9/8 (spike, 0), then 0. Neuron 1 with 1/2 tends to 1 from below, then jumps by 3/4:
        // 1/2, 3/4, 7/8, 15/16, 15/32 + 3/4 = 39/32 (spike, 0), 3/4, 3/8 + ...: 0, so 3/8, 3/16.
        IDataView rows = Spikes(context, [0.75f, 0.5f, 0.75f, 0.5f, 0, 0.75f, 0, 0]);

        (double Time, int Neuron)[] spikes = Record(context, rows, new LeakyIntegrateFire { MembraneTime = 1.442695040888963 });

        CollectionAssert.AreEqual(new[] { (2, 0), (4, 0), (5.0, 1) }, spikes);
    }

    [TestMethod]
    public void Record_SignedSpikes_PushANeuronUpAndDown()
    {
        MLContext context = new(seed: 1);
        IDataView data = Rows(context, [0.9f, -0.9f, -0.9f, 0.9f, 0.9f, 0]);
        IDataView rows = context.Snn().EncodeBinary("Spikes", "Features", timeSteps: 2, signed: true, frames: 3).Fit(data).Transform(data);

        // Weights of 1 and delta synapses: each spike moves the potential by 1 or -1. Neuron 0: up (spike), up (spike), -1, -2, -1, 0;
        // neuron 1: -1, -2, -1, 0, then nothing.
        (double Time, int Neuron)[] spikes = Record(context, rows, new IntegrateFire());

        CollectionAssert.AreEqual(new[] { (1, 0), (2.0, 0) }, spikes);
    }

    private static IDataView Spikes(MLContext context, float[] row)
    {
        IDataView data = Rows(context, row);
        return context.Snn().EncodeFrames("Spikes", "Features", stepsPerFrame: 2, channels: 2).Fit(data).Transform(data);
    }

    /// <summary>The row, and once more with another label: training wants to tell something from something else.</summary>
    private static IDataView Rows(MLContext context, float[] row)
    {
        var schema = SchemaDefinition.Create(typeof(LabelledFrames));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, row.Length);
        return context.Data.LoadFromEnumerable<LabelledFrames>([new() { Features = row }, new() { Features = row, Label = 1 }], schema);
    }

    private static (double Time, int Neuron)[] Record(MLContext context, IDataView rows, Neuron neuron)
    {
        SnnTrainer.Options options = new()
        {
            FeatureColumnName = "Spikes",
            Task = SnnTask.Regression,
            NumberOfEpochs = 2,
            Network = SnnNetwork.Graph(graph =>
            {
                GraphNode input = graph.Input(), cells = graph.Population("cells", neuron: neuron), output = graph.Output();
                graph.Connect(input, cells, Connectivity.OneToOne, new DeltaSynapse(), Weights.Uniform(1, 1));
                graph.Connect(cells, output);
            }),

            // Only what reads the cells is learned.
            OptimizerGroups = [new OptimizerGroup(null, "input to cells")],
        };
        var recorder = new SpikeRecorder("cells");

        context.Snn().Train(options).Fit(rows).Record(rows, recorder);

        return [.. recorder.Recordings.Single().Spikes.Select(spike => ((double)spike.Time, spike.Neuron))];
    }

    private sealed class LabelledFrames
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
