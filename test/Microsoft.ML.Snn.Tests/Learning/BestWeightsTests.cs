using System.IO;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

[TestClass]
public sealed class BestWeightsTests
{
    private static readonly NetworkProgram s_program = NetworkProgram.Build(SnnNetwork.Sequential(Layer.Output()), 2, 5, 1, 2);

    [TestMethod]
    public void Offer_LossesUpAndDown_KeepsTheLowestAndTheFirstOfEquals()
    {
        BestWeights best = Offer(3, 2, 2.5, 2, 4);

        Assert.AreEqual(2, best.Epoch);
        CollectionAssert.AreEqual(new float[] { 2, 2, 2, 2 }, best.Weights[0]);
    }

    /// <summary>A training that goes on must not take the next epoch for the best one.</summary>
    [TestMethod]
    public void Load_WhatWasSaved_StillKeepsTheLowest()
    {
        using MemoryStream state = new();
        Offer(3, 2).Save(new BinaryWriter(state));
        state.Position = 0;
        BestWeights loaded = new(s_program);
        loaded.Load(new BinaryReader(state));
        using StubEngine engine = new() { Weight = 7 };

        loaded.Offer(2.5, 3, engine);
        Assert.AreEqual(2, loaded.Epoch);
        CollectionAssert.AreEqual(new float[] { 2, 2, 2, 2 }, loaded.Weights[0]);

        loaded.Offer(1.5, 4, engine);
        Assert.AreEqual(4, loaded.Epoch);
        CollectionAssert.AreEqual(new float[] { 7, 7, 7, 7 }, loaded.Weights[0]);
    }

    private static BestWeights Offer(params double[] losses)
    {
        BestWeights best = new(s_program);
        using StubEngine engine = new();
        for (int n = 0; n < losses.Length; n++)
        {
            engine.Weight = n + 1;
            best.Offer(losses[n], n + 1, engine);
        }

        return best;
    }
}
