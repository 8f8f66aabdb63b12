using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Tests.Trainers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>A user's neuron in the trainer and in a saved model.</summary>
[TestClass]
public sealed class CustomNeuronModelTests
{
    [TestMethod]
    public void SaveAndLoad_CustomNeuronAndSynapse_GivesTheSameBits()
    {
        MLContext context = new(seed: 1);
        IDataView data = SmallData.YinYang(context, 600);
        SnnTrainer.Options options = SmallData.Quick(epochs: 4);
        options.FeatureColumnName = "Spikes";
        options.Network = SnnNetwork.Sequential(
            Layer.Dense(
                32, Neuron.Custom(new TwoCompartmentNeuron { Coupling = 1.25f }, subSteps: 2, timeConstant: 15) with { RefractoryPeriod = 2 },
                Synapse.Custom(new RiseAndDecaySynapse { DecayTime = 4 })),
            Layer.Output());
        var chain = context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 30, bias: true).Append(context.Snn().Train(options)).Fit(data);
        using MemoryStream file = new();
        context.Model.Save(chain, data.Schema, file);
        file.Position = 0;

        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(file, out _);

        SmallData.AssertSame(SmallData.Scores(chain.Transform(data)), SmallData.Scores(loaded.Transform(data)));
        Assert.Contains(
            "Dense 32 TwoCompartmentNeuron (Coupling 1.25, DendriteTime 5, SomaTime 10), RiseAndDecaySynapse (DecayTime 4, RiseTime 2)",
            chain.LastTransformer.Model.Network.ToString(), StringComparison.Ordinal);
        Assert.IsLessThan(
            chain.LastTransformer.Model.History.Epochs[0].Loss - 0.05, chain.LastTransformer.Model.History.Epochs[^1].Loss, "It must learn.");
    }

    [TestMethod]
    public void Fit_GraphWithACustomPopulation_LearnsAndIsSaved()
    {
        MLContext context = new(seed: 1);
        IDataView data = SmallData.YinYang(context, 600);
        SnnTrainer.Options options = SmallData.Quick(epochs: 4);
        options.FeatureColumnName = "Spikes";
        options.Network = SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input(), output = graph.Output();
            GraphNode own = graph.Population("own", 24, Neuron.Custom(new IzhikevichNeuron(), subSteps: 4) with { RefractoryPeriod = 2 });
            GraphNode leaky = graph.Population("leaky", 16);
            graph.Connect(input, own);
            graph.Connect(own, leaky, delay: Delay.PerNeuronUniform(0, 3));
            graph.Connect(leaky, own);
            graph.Connect(own, output);
            graph.Connect(leaky, output);
        });
        var chain = context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 30, bias: true).Append(context.Snn().Train(options)).Fit(data);
        using MemoryStream file = new();
        context.Model.Save(chain, data.Schema, file);
        file.Position = 0;

        ITransformer loaded = new MLContext().Model.Load(file, out _);

        SmallData.AssertSame(SmallData.Scores(chain.Transform(data)), SmallData.Scores(loaded.Transform(data)));
        SnnModelParameters model = chain.LastTransformer.Model;
        Assert.IsGreaterThan(0.2, model.MeanSpikeCounts[0].Average());
        Assert.IsLessThan(model.History.Epochs[0].Loss - 0.05, model.History.Epochs[^1].Loss, "It must learn.");
    }

    [TestMethod]
    public void Build_GraphWithTwoSynapsesIntoACustomNeuron_IsRefused()
    {
        SnnNetwork network = SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input(), output = graph.Output();
            GraphNode own = graph.Population("own", 4, Neuron.Custom(new LeakyNeuron()));
            graph.Connect(input, own, synapse: new ExponentialSynapse(5));
            graph.Connect(own, own, synapse: new ExponentialSynapse(9));
            graph.Connect(own, output);
        });

        AssertThrows<ArgumentException>(
            "All connections to a custom neuron must have the same synapse, but there are synapse 5 ms and synapse 9 ms. Use one, or two populations.",
            () => NetworkProgram.Build(network, channels: 3, steps: 5, timeStep: 1, outputs: 2));
    }

    [TestMethod]
    public void Read_EquationsAsWritten_AreTheSame()
    {
        var written = new IzhikevichNeuron { A = 0.1f, D = 2 };

        Assert.AreEqual(written, (IzhikevichNeuron)EquationsFormat.Read(Bytes(writer => EquationsFormat.Write(writer, written)), typeof(INeuronEquations)));
    }

    [TestMethod]
    public void Read_TypeThatIsNotThere_SaysWhatToReference()
    {
        AssertRefused(
            "The model's network has neurons or synapses of the type Other.Neuron, which must be in the assembly Other, but is not there. Reference that assembly in the program that loads the model.",
            writer => WriteHeader(writer, "Other.Neuron", "Other"));
        AssertRefused(
            "The model's network has neurons or synapses of the type Other.Neuron, which must be in the assembly Microsoft.ML.Snn.Tests, but is not there.",
            writer => WriteHeader(writer, "Other.Neuron", "Microsoft.ML.Snn.Tests"));
    }

    /// <summary>A file must not be able to create just any type.</summary>
    [TestMethod]
    public void Read_TypeThatIsNoNeuron_IsRefused() => AssertRefused(
        "System.Guid of System.Private.CoreLib must be a struct that implements INeuronEquations",
        writer => WriteHeader(writer, "System.Guid", "System.Private.CoreLib"));

    [TestMethod]
    public void Read_NeuronWithOtherFields_IsRefused() => AssertRefused(
        $"{typeof(LeakyNeuron).FullName} must have the 1 fields that it had when the model was saved, among them Double Gone, but has Single MembraneTime, Single ResetPotential.",
        writer =>
        {
            WriteHeader(writer, typeof(LeakyNeuron).FullName!, "Microsoft.ML.Snn.Tests");
            writer.Write(1);
            writer.Write("Gone");
            writer.Write((byte)TypeCode.Double);
            writer.Write(1.0);
        });

    /// <summary>A field that came later would have another value than the one the model was trained with.</summary>
    [TestMethod]
    public void Read_NeuronWithFewerFields_IsRefused()
    {
        AssertRefused(
            $"{typeof(LeakyNeuron).FullName} must have the 1 fields that it had when the model was saved, among them Single MembraneTime, but has Single MembraneTime, Single ResetPotential.",
            writer =>
            {
                WriteHeader(writer, typeof(LeakyNeuron).FullName!, "Microsoft.ML.Snn.Tests");
                writer.Write(1);
                writer.Write("MembraneTime");
                writer.Write((byte)TypeCode.Single);
                writer.Write(10f);
            });
        AssertRefused(
            $"{typeof(LeakyNeuron).FullName} must have the 0 fields that it had when the model was saved, but has Single MembraneTime, Single ResetPotential.",
            writer =>
            {
                WriteHeader(writer, typeof(LeakyNeuron).FullName!, "Microsoft.ML.Snn.Tests");
                writer.Write(0);
            });
    }

    [TestMethod]
    public void Custom_WhatCannotWork_IsRefused()
    {
        Neuron neuron = Neuron.Custom(new LeakyNeuron());

        AssertThrows<ArgumentException>(
            "A custom neuron must have an ExponentialSynapse or a Synapse.Custom, but has a delta synapse.",
            () => Layer.Dense(3, neuron, new DeltaSynapse()));
        AssertThrows<ArgumentException>(
            "A custom synapse must lead to a custom neuron, but leads to LeakyIntegrateFire. Use Neuron.Custom.",
            () => Layer.Dense(3, synapse: Synapse.Custom(new RiseAndDecaySynapse())));
        AssertThrows<ArgumentException>(
            "A custom neuron must leave the numbers of other neurons, such as Threshold and Bias, alone, but one of them was set. Say it in LeakyNeuron instead.",
            () => Layer.Dense(3, neuron with { Threshold = 2 }));
        AssertThrows<ArgumentOutOfRangeException>("SubSteps must be 1 to 1000, but was 0.", () => Neuron.Custom(new LeakyNeuron(), subSteps: 0));
        AssertThrows<ArgumentException>("The fields of BrokenNeuron must be Single, Double, Int32 or Boolean", () => Neuron.Custom(new BrokenNeuron(Fault.NoReset)));
        AssertThrows<InvalidOperationException>(
            "SaturatingSynapse.Arrive must add the weight times a constant", () => Synapse.Custom(new SaturatingSynapse()));
    }

    private static void AssertThrows<TException>(string message, Action action)
        where TException : Exception =>
        StringAssert.StartsWith(Assert.ThrowsExactly<TException>(action).Message, message, StringComparison.Ordinal);

    private static void AssertRefused(string message, Action<BinaryWriter> write) => AssertThrows<InvalidDataException>(
        message, () => EquationsFormat.Read(Bytes(write), typeof(INeuronEquations)));

    private static void WriteHeader(BinaryWriter writer, string type, string assembly)
    {
        writer.Write(type);
        writer.Write(assembly);
    }

    private static BinaryReader Bytes(Action<BinaryWriter> write)
    {
        var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            write(writer);
        }

        stream.Position = 0;
        return new BinaryReader(stream);
    }
}
