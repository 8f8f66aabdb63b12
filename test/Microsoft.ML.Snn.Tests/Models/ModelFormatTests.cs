using System;
using System.IO;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Models;

[TestClass]
public sealed class ModelFormatTests
{
    [TestMethod]
    public void Read_WhatWasWritten_GivesEveryFieldBack()
    {
        SnnModel expected = TinyModel.Create();

        SnnModel found = ModelFormat.Read(new MemoryStream(TinyModel.Bytes()));

        Assert.AreEqual(expected.Program.ToString(), found.Program.ToString());
        Assert.AreEqual(expected.Program.Hidden[0].Membrane, found.Program.Hidden[0].Membrane);
        Assert.AreEqual(expected.Program.Hidden[0].Spike, found.Program.Hidden[0].Spike);
        Assert.AreEqual(expected.Program.Output.Membrane, found.Program.Output.Membrane);
        Assert.AreEqual(expected.Program.Description.Output.Readout, found.Program.Description.Output.Readout);
        for (int c = 0; c < expected.Weights.Count; c++)
        {
            CollectionAssert.AreEqual(expected.Weights[c], found.Weights[c]);
        }

        Assert.AreEqual(expected.History.Epochs[0], found.History.Epochs[0]);
        Assert.IsNull(found.History.Epochs[0].ValidationAccuracy);
        Assert.AreEqual((1, false, "CPU", 42), (found.History.BestEpoch, found.History.WasCancelled, found.History.Device, found.History.Seed));
        CollectionAssert.AreEqual(expected.MeanSpikeCounts[0], found.MeanSpikeCounts[0]);
        Assert.IsFalse(found.IsConstantCurrent);
    }

    [TestMethod]
    public void Read_AnyByteFlipped_IsInvalidData()
    {
        byte[] bytes = TinyModel.Bytes();
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (byte flip in new byte[] { 0x01, 0x80, 0xFF })
            {
                byte[] damaged = [.. bytes];
                damaged[at] ^= flip;
                Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(damaged)), $"byte {at} ^ {flip}");
            }
        }
    }

    [TestMethod]
    public void Read_CutAnywhere_IsInvalidData()
    {
        byte[] bytes = TinyModel.Bytes();
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(bytes[..length])), $"{length} bytes");
        }
    }

    [TestMethod]
    public void Read_AdaptiveNeuronsAndDeltaSynapses_GivesThemBack()
    {
        var neuron = new AdaptiveLeakyIntegrateFire
        {
            MembraneTime = 11,
            Threshold = 0.6,
            Reset = 0.1,
            ResetMode = ResetMode.Subtraction,
            RefractoryPeriod = 3,
            AdaptationTime = 300,
            AdaptationStrength = 0.25,
        };
        SnnModel tiny = TinyModel.Create();
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(3, neuron, new DeltaSynapse()), Layer.Output(synapse: new DeltaSynapse())),
            channels: 2, steps: 10, timeStep: 0.5, outputs: 2);
        using var stream = new MemoryStream();
        ModelFormat.Write(stream, tiny with { Program = program, Weights = NetworkWeights.ZerosFor(program) });
        stream.Position = 0;

        NetworkProgram read = ModelFormat.Read(stream).Program;

        var layer = (SpikingLayer)read.Description.Layers[0];
        Assert.AreEqual(neuron, layer.Neuron);
        Assert.AreEqual(new DeltaSynapse(), layer.Synapse);
        Assert.AreEqual(new DeltaSynapse(), ((OutputLayer)read.Description.Layers[1]).Synapse);
    }

    /// <summary>A model that an earlier version can say is written as that version reads it.</summary>
    [TestMethod]
    public void Write_NothingNew_IsReadByEarlierVersions() => Assert.AreEqual(3, BitConverter.ToInt32(TinyModel.Bytes(), 4));

    [TestMethod]
    public void Read_LaterVersion_SaysSo()
    {
        byte[] bytes = TinyModel.Bytes();
        bytes[4] = 5;

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(bytes)));

        Assert.AreEqual("The model's format must be version 1 to 4, but is 5. Load it with a later version of Microsoft.ML.Snn.", error.Message);
    }

    /// <summary>A length of two gigabytes is not believed before the bytes are there.</summary>
    [TestMethod]
    public void Read_HugeLength_AllocatesLittle()
    {
        byte[] bytes = TinyModel.Bytes();
        BitConverter.GetBytes(int.MaxValue - 64).CopyTo(bytes, 8);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(bytes)));

        Assert.IsLessThan(10_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
