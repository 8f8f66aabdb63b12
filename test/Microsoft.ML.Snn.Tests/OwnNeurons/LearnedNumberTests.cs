using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Tests.Trainers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>Numbers of a user's neuron that are learned: through the trainer, in a model, and what is refused.</summary>
[TestClass]
public sealed class LearnedNumberTests
{
    [TestMethod]
    public void Fit_LearnedNumbers_MoveWithinTheirRangeAndAreTheSameWhenLoaded()
    {
        MLContext context = new(seed: 1);
        IDataView data = SmallData.YinYang(context, 400);
        SnnTrainer.Options options = SmallData.Quick(epochs: 4);
        options.FeatureColumnName = "Spikes";
        options.Network = SnnNetwork.Sequential(
            Layer.Dense(24, Neuron.Custom(new TunableNeuron(), learned: TunableNeuron.Learned)), Layer.Output());
        options.OptimizerGroups = [new OptimizerGroup(null, "hidden 1 Peak"), new OptimizerGroup(new Adam(0.1), kind: ParameterKind.Number)];

        var chain = context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 30, bias: true).Append(context.Snn().Train(options)).Fit(data);

        SnnModelParameters model = chain.LastTransformer.Model;
        IReadOnlyList<float> critical = Values(model, "Critical"), bias = Values(model, "Bias"), peak = Values(model, "Peak");
        Assert.IsGreaterThan(12, critical.Distinct().Count(), "Each neuron has its own.");
        Assert.IsTrue(critical.All(value => value is >= 0.2f and <= 1), string.Join(' ', critical));
        Assert.IsTrue(bias.All(value => value is >= -0.5f and <= 0.5f), string.Join(' ', bias));
        Assert.IsGreaterThan(0.05, bias.Max(value => Math.Abs(value - 0.05f)), "It has an optimiser of its own, and moves.");
        Assert.IsTrue(peak.All(value => value == 1.5f), "Its group keeps it as it is.");
        StringAssert.Contains(model.Network.ToString(), "learned Critical 0.2 to 1, learned Bias -0.5 to 0.5, learned Peak 1.1 to 4");
        using MemoryStream file = new();
        context.Model.Save(chain, data.Schema, file);
        file.Position = 0;
        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(file, out _);
        SmallData.AssertSame(SmallData.Scores(chain.Transform(data)), SmallData.Scores(loaded.Transform(data)));
        CollectionAssert.AreEqual(bias.ToArray(), Values(((SnnPredictionTransformer)loaded.LastTransformer).Model, "Bias").ToArray());
    }

    [TestMethod]
    public void Custom_NumberThatIsNone_SaysWhy()
    {
        LearnedNumber critical = new("Critical", 2, 0.2, 1);
        AssertRefused("Critical is a learned number and must not move, but TunableNeuron.Derivatives gives", TuningFault.Moves, critical);
        AssertRefused("Critical is a learned number and must outlast a spike, but TunableNeuron.Reset changes variable 2 by", TuningFault.Forgets, critical);
        AssertRefused("Critical must begin in its range from 0.6 to 1, but TunableNeuron.Initial gives 0.5", TuningFault.None, new LearnedNumber("Critical", 2, 0.6, 1));
        AssertRefused("Learned numbers must differ in name and variable", TuningFault.None, critical, new LearnedNumber("Other", 2, 0.2, 1));
        AssertRefused(
            "TunableNeuron must begin below its threshold whatever Peak is, but Threshold is 1 where it is -1.", TuningFault.None, new LearnedNumber("Peak", 4, -1, 4));
        foreach (LearnedNumber none in (LearnedNumber[])[critical, new("Peak", 3, 5, 6), new("Fourth", 4, -1, 1)])
        {
            // Its place is judged before anything that stands there is.
            var error = Assert.ThrowsExactly<InvalidOperationException>(() => Neuron.Custom(new QuadraticNeuron(), learned: [none, none]));
            Assert.AreEqual($"{none.Name} must be one of the 1 state variables of QuadraticNeuron, but is variable {none.Variable}.", error.Message);
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LearnedNumber("Critical", 5, 0, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LearnedNumber("Critical", 2, 1, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LearnedNumber("Critical", 2, double.NegativeInfinity, 1));
    }

    private static IReadOnlyList<float> Values(SnnModelParameters model, string number) =>
        model.GetLearnedParameters().Single(p => p.Kind == ParameterKind.Number && p.Name == "hidden 1 " + number).Values;

    private static void AssertRefused(string message, TuningFault fault, params LearnedNumber[] numbers)
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Neuron.Custom(new TunableNeuron { Fault = (int)fault }, learned: numbers));
        StringAssert.StartsWith(error.Message, message, StringComparison.Ordinal);
    }
}
