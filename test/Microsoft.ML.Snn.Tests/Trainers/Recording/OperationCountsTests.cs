using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Recording;

/// <summary>Spikes and operations, counted by hand.</summary>
[TestClass]
public sealed class OperationCountsTests
{
    private const int Steps = 10;

    /// <summary>Two channels, three recurrent neurons, two outputs; a spike of channel 0 makes neuron 0 spike and nothing else does anything.</summary>
    [TestMethod]
    public void CountOperations_SmallStack_IsWhatOneCountsByHand()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(3, new LeakyIntegrateFire(), new DeltaSynapse(), recurrent: true), Layer.Output()),
            channels: 2, Steps, timeStep: 1, outputs: 2);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        weights[0][0] = 1.5f;

        OperationCounts[] counts = Count(program, weights, [(0, 0), (3, 0), (5, 0), (2, 1)], [(9, 0)], []);

        // 4 input events to 3 neurons each; 3 spikes to 3 neurons and 2 outputs each.
        AssertCounts(counts[0], inputs: 4, spikes: 3, synaptic: (4 * 3) + (3 * 5));

        // The spike at the end of the last step counts, though nothing hears of it any more.
        AssertCounts(counts[1], inputs: 1, spikes: 1, synaptic: 3 + 5);
        AssertCounts(counts[2], inputs: 0, spikes: 0, synaptic: 0);
        foreach (OperationCounts count in counts)
        {
            Assert.AreEqual((3 + 2) * Steps, count.NeuronUpdates);
            Assert.AreEqual((6 + 9 + 6) * Steps, count.DenseEquivalent);
        }

        OperationCounts sum = counts.Aggregate((a, b) => a.Plus(b));
        Assert.AreEqual(3, sum.Examples);
        Assert.AreEqual(35.0 / 3, sum.SynapticEventsPerExample, 1e-12);
        Assert.AreEqual(35.0 / 630, sum.Share, 1e-12);
    }

    /// <summary>Four channels one to one to four neurons; each neuron to both outputs, and neuron 3 also to itself by a pair.</summary>
    [TestMethod]
    public void CountOperations_SmallGraph_CountsTheSynapsesThatThereAre()
    {
        SnnNetwork network = SnnNetwork.Graph(g =>
        {
            GraphNode input = g.Input("input", 4);
            GraphNode middle = g.Population("middle", 4);
            GraphNode output = g.Output("class");
            g.Connect(input, middle, Connectivity.OneToOne, synapse: new DeltaSynapse());
            g.Connect(middle, middle, Connectivity.Pairs([(3, 3)]), synapse: new DeltaSynapse());
            g.Connect(middle, output);
        });
        NetworkProgram program = NetworkProgram.Build(network, channels: 4, Steps, timeStep: 1, outputs: 2);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        weights[0].AsSpan().Fill(1.2f);

        OperationCounts count = Count(program, weights, [(0, 0), (2, 3), (4, 3)])[0];

        AssertCounts(count, inputs: 3, spikes: 3, synaptic: 3 + 2 + 3 + 3);
        Assert.AreEqual((4 + 1 + 8) * Steps, count.DenseEquivalent);
    }

    /// <summary>A learning rate of next to nothing leaves the weights as they are: the epoch saw what the model shows afterwards.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Fit_Always_TheHistoryHasTheCountsOfTheEpoch(bool eventDriven)
    {
        MLContext context = new(seed: 1);
        IDataView rows = SmallData.YinYang(context, 60);
        SnnPredictionTransformer model = context.Snn().Train(new SnnTrainer.Options
        {
            NumberOfHiddenNeurons = 24,
            NumberOfEpochs = 1,
            TimeSteps = 30,
            Integrator = eventDriven ? Integrator.EventDriven : Integrator.Grid,
            Network = SnnNetwork.Sequential(Layer.Dense(24, weights: Weights.Normal(1.2, 1)), Layer.Output()),
            Optimizer = new Adam(1e-12),
        }).Fit(rows);

        OperationCounts sum = model.CountOperations(rows).Aggregate((a, b) => a.Plus(b));

        TrainingEpoch epoch = model.Model.History.Epochs.Single();
        Assert.IsGreaterThan(0, sum.Spikes);
        Assert.AreEqual(60, sum.Examples);
        Assert.AreEqual(sum.SynapticEventsPerExample, epoch.SynapticEvents!.Value, 1e-9);
        Assert.AreEqual(sum.NeuronUpdatesPerExample, epoch.NeuronUpdates!.Value, 1e-9);
        Assert.AreEqual(sum.DenseEquivalentPerExample, epoch.DenseEquivalent!.Value, 1e-9);
        Assert.AreEqual(epoch.SpikesPerNeuron * 24, sum.SpikesPerExample, 1e-9);
        Assert.AreEqual(eventDriven ? sum.SynapticEvents : 60 * (24 + 3) * 30, sum.NeuronUpdates);
    }

    private static void AssertCounts(OperationCounts found, long inputs, long spikes, long synaptic)
    {
        Assert.AreEqual(inputs, found.InputEvents);
        Assert.AreEqual(spikes, found.Spikes);
        Assert.AreEqual(synaptic, found.SynapticEvents);
    }

    private static OperationCounts[] Count(NetworkProgram program, NetworkWeights weights, params (int Step, int Channel)[][] rows)
    {
        MLContext context = new();
        SnnModelParameters model = new((IHostEnvironment)context, new SnnModel(
            program, weights, IsConstantCurrent: false, new TrainingHistory([], 0, false, "none", 0),
            [.. program.Spiking.Select(p => new float[p.Units])]));
        SchemaDefinition schema = SchemaDefinition.Create(typeof(FeatureRows.SpikeRow));
        schema["Spikes"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, program.Steps, program.Channels);
        schema["Spikes"].AddAnnotation("SnnTimeStep", 1f, NumberDataViewType.Single);
        IEnumerable<FeatureRows.SpikeRow> spikes = rows.Select(row =>
        {
            int[] slots = [.. row.Select(s => s.Step * program.Channels + s.Channel).Order()];
            return new FeatureRows.SpikeRow
            {
                Spikes = new VBuffer<float>(program.Steps * program.Channels, slots.Length, [.. slots.Select(_ => 1f)], slots),
            };
        });
        return [.. model.CountOperations(context.Data.LoadFromEnumerable(spikes, schema), "Spikes")];
    }
}
