using System;
using System.IO;
using System.Linq;
using CsCheck;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Tests.Engine;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Streams;

/// <summary>A stream gives what the batch gives, keeps its state to itself, and allocates nothing.</summary>
[TestClass]
public sealed class SnnStreamTests
{
    [TestMethod]
    public void Step_RandomNetworks_HasTheBitsOfTheBatch() => Gen.Int[0, 1_000_000].Sample(
        seed =>
        {
            RandomCase drawn = new(seed, maximumUnits: 70, maximumSteps: 80);
            SnnModelParameters model = ModelOf(drawn);
            int perExample = drawn.Program.Output.ScoresFor(drawn.Steps), outputs = drawn.Classes;
            var expected = new float[drawn.Count * perExample];
            using (NetworkScorer scorer = model.Scoring.CreateScorer(1))
            {
                scorer.Score(drawn.Trains(), expected);
            }

            using SnnStream stream = model.CreateStream();
            using SnnStream window = model.CreateStream(StreamReadout.Window(drawn.Steps));
            for (int example = 0; example < drawn.Count; example++)
            {
                stream.Reset();
                window.Reset();
                for (int step = 0; step < drawn.Steps; step++)
                {
                    Push(drawn, example, step, stream, backwards: true);
                    Push(drawn, example, step, window, backwards: false);
                    stream.Step();
                    window.Step();
                    if (drawn.Readout == Readout.MembraneAtEveryStep)
                    {
                        AssertBits(expected.AsSpan(example * perExample + step * outputs, outputs), stream.Scores);
                    }
                }

                ReadOnlySpan<float> last = expected.AsSpan((example + 1) * perExample - outputs, outputs);
                AssertBits(last, stream.Scores);
                AssertBits(last, window.Scores);
            }
        },
        iter: 300, threads: 1);

    [TestMethod]
    [RequiresData(SmallData.DigitsPath)]
    public void Step_Digits_GivesWhatTransformGives()
    {
        MLContext context = new(seed: 1);
        IDataView digits = context.Data.TakeRows(SmallData.Digits(context, SmallData.DigitsPath), 400);
        TransformerChain<SnnPredictionTransformer> model = context.Transforms.NormalizeMinMax("Features")
            .Append(SmallData.MapLabel(context))
            .Append(context.Snn().EncodeLatency("Spikes", "Features"))
            .Append(context.Snn().Train(new SnnTrainer.Options { FeatureColumnName = "Spikes", NumberOfEpochs = 2, NumberOfHiddenNeurons = 64 }))
            .Fit(digits);
        IDataView scored = model.Transform(digits);
        float[][] expected = SmallData.Scores(scored);

        // The column hands out one and the same buffer.
        float[][] rows = [.. scored.GetColumn<VBuffer<float>>("Spikes").Select(row => row.DenseValues().ToArray())];
        using SnnStream stream = model.LastTransformer.CreateStream();

        for (int row = 0; row < rows.Length; row++)
        {
            stream.Reset();
            for (int step = 0; step < model.LastTransformer.Model.TimeSteps; step++)
            {
                stream.Push(rows[row].AsSpan(step * stream.NumberOfChannels, stream.NumberOfChannels));
                stream.Step();
            }

            AssertBits(expected[row], stream.Scores);
            Assert.AreEqual(Array.IndexOf(expected[row], expected[row].Max()), stream.PredictedClass);
        }
    }

    [TestMethod]
    public void Push_TwiceIntoOneChannel_AddsUp()
    {
        SnnModelParameters model = ModelOf(SpikingCase());
        using SnnStream twice = model.CreateStream(), once = model.CreateStream();
        for (int channel = 0; channel < model.NumberOfChannels; channel++)
        {
            twice.Push([channel, channel]);
            once.Push(channel, 2);
        }

        Run(twice, 20);
        Run(once, 20);

        AssertBits(once.Scores, twice.Scores);
        AssertDiffer(once.Scores, Silent(model, 21).Scores);
    }

    [TestMethod]
    public void Clone_GoesOnByItself()
    {
        SnnModelParameters model = ModelOf(SpikingCase());
        using SnnStream stream = Random(model, 10);
        stream.Push(1);
        using SnnStream clone = stream.Clone();
        AssertBits(stream.Scores, clone.Scores);

        Run(clone, 1);
        AssertDiffer(stream.Scores, clone.Scores);
        Run(stream, 1);
        AssertBits(stream.Scores, clone.Scores);
        CollectionAssert.AreEqual(stream.HiddenSpikes().ToArray(), clone.HiddenSpikes().ToArray());
        Assert.AreEqual(stream.StepCount, clone.StepCount);
    }

    [TestMethod]
    [DataRow(0, 0.0)]
    [DataRow(7, 0.0)]
    [DataRow(0, 12.0)]
    public void LoadState_OtherStream_GoesOnWithTheSameBits(int window, double fading)
    {
        StreamReadout readout = window > 0 ? StreamReadout.Window(window)
            : fading > 0 ? StreamReadout.Fading(fading) : StreamReadout.Trial;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                SnnModelParameters model = ModelOf(new RandomCase(seed));
                using SnnStream stream = Random(model, 1 + seed % 40, readout);
                stream.Push(0, 0.5f);
                using MemoryStream bytes = new();
                stream.SaveState(bytes);
                bytes.Position = 0;
                using SnnStream other = Random(model, 5, readout);

                other.LoadState(bytes);

                Assert.AreEqual(stream.StepCount, other.StepCount);
                for (int step = 0; step < 20; step++)
                {
                    AssertBits(stream.Scores, other.Scores);
                    stream.Push(step % model.NumberOfChannels);
                    other.Push(step % model.NumberOfChannels);
                    stream.Step();
                    other.Step();
                }
            },
            iter: 60, threads: 1);
    }

    [TestMethod]
    public void LoadState_DamagedOrForeign_IsRefusedAndChangesNothing()
    {
        SnnModelParameters model = ModelOf(SpikingCase());
        using SnnStream stream = Random(model, 10);
        using MemoryStream saved = new();
        stream.SaveState(saved);
        byte[] bytes = saved.ToArray();
        float[] before = stream.Scores.ToArray();
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x40;
            Assert.ThrowsExactly<InvalidDataException>(() => stream.LoadState(new MemoryStream(damaged)), $"byte {at}");
        }

        Assert.ThrowsExactly<InvalidDataException>(() => stream.LoadState(new MemoryStream(bytes, 0, bytes.Length - 1)));
        using SnnStream foreign = ModelOf(SpikingCase(2)).CreateStream();
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => foreign.LoadState(new MemoryStream(bytes))).Message, "another", StringComparison.Ordinal);
        using SnnStream fading = model.CreateStream(StreamReadout.Fading(5));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => fading.LoadState(new MemoryStream(bytes))).Message, "fading with 5 ms", StringComparison.Ordinal);
        AssertBits(before, stream.Scores);
        stream.LoadState(new MemoryStream(bytes));
    }

    [TestMethod]
    public void Reset_BeginsAnew()
    {
        SnnModelParameters model = ModelOf(SpikingCase());
        using SnnStream stream = Random(model, 33);
        stream.Push([.. Enumerable.Repeat(2f, model.NumberOfChannels)]);
        stream.Reset();
        Assert.AreEqual(0, stream.StepCount);
        Run(stream, 12);

        using SnnStream silent = Silent(model, 12);
        AssertBits(silent.Scores, stream.Scores);
        AssertBits(silent.OutputPotentials, stream.OutputPotentials);
    }

    [TestMethod]
    public void Step_AfterWarmUp_AllocatesNothing()
    {
        SnnModelParameters model = ModelOf(SpikingCase());
        foreach (StreamReadout readout in (StreamReadout[])[StreamReadout.Trial, StreamReadout.Window(10), StreamReadout.Fading(10)])
        {
            using SnnStream stream = Random(model, 100, readout);
            float[] sample = new float[model.NumberOfChannels];
            sample[0] = 1;
            float sum = 0;
            int spikes = 0;
            long Allocated()
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int step = 0; step < 1000; step++)
                {
                    stream.Push(step % model.NumberOfChannels);
                    stream.Push(sample);
                    stream.Step();
                    sum += stream.Scores[0] + stream.OutputPotentials[0] + stream.PredictedClass;
                    spikes += stream.HiddenSpikes().Length;
                }

                return GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Allocated();
            Assert.AreEqual(0, Allocated());
            Assert.IsGreaterThan(0, spikes);
            Assert.IsTrue(float.IsFinite(sum));
        }
    }

    [TestMethod]
    public void Fading_ConstantPotential_IsThatPotential()
    {
        // Without a hidden layer a constant current drives the outputs to rest; the mean of a constant is the constant.
        RandomCase drawn = Enumerable.Range(0, 1000).Select(seed => new RandomCase(seed))
            .First(c => c.IsConstantCurrent && c.Layers.Length == 0 && c.Readout == Readout.AverageMembrane && c.Loss.Kind == LossKind.MeanSquaredError);
        using SnnStream stream = ModelOf(drawn).CreateStream(StreamReadout.Fading(3));
        stream.Push([.. Enumerable.Repeat(0.5f, drawn.Channels)]);
        stream.Step();
        Assert.AreNotEqual(0, stream.Scores[0]);
        Assert.AreEqual(stream.OutputPotentials[0], stream.Scores[0], 1e-5f * Math.Abs(stream.Scores[0]), "The mean of one step is that step.");
        Run(stream, 2000);

        for (int output = 0; output < drawn.Classes; output++)
        {
            Assert.AreEqual(stream.OutputPotentials[output], stream.Scores[output], 1e-5f * Math.Abs(stream.OutputPotentials[output]) + 1e-6f);
            Assert.AreNotEqual(0, stream.Scores[output]);
        }
    }

    [TestMethod]
    public void Scores_LongerThanATrial_AreOfTheStatedSteps()
    {
        RandomCase drawn = Enumerable.Range(0, 1000).Select(seed => new RandomCase(seed))
            .First(c => !c.IsConstantCurrent && c.Layers.Length > 0 && c.Readout == Readout.AverageMembrane && c.Loss.Kind == LossKind.MeanSquaredError);
        SnnModelParameters model = ModelOf(drawn);
        using SnnStream trial = model.CreateStream(), window = model.CreateStream(StreamReadout.Window(4));
        double[] sum = new double[drawn.Classes];
        double[][] last = new double[4][];
        for (int step = 0; step < 3 * drawn.Steps + 5; step++)
        {
            trial.Push(step % drawn.Channels, 3);
            window.Push(step % drawn.Channels, 3);
            trial.Step();
            window.Step();
            last[step % 4] = [.. trial.OutputPotentials.ToArray().Select(v => (double)v)];
            for (int k = 0; k < drawn.Classes; k++)
            {
                sum[k] += last[step % 4][k];
                Assert.AreEqual(sum[k] / (step + 1), trial.Scores[k], 1e-4 * Math.Max(1, Math.Abs(trial.Scores[k])));
                Assert.AreEqual(last.Take(step + 1).Average(v => v[k]), window.Scores[k], 1e-4 * Math.Max(1, Math.Abs(window.Scores[k])));
            }
        }
    }

    [TestMethod]
    public void Push_WrongInput_SaysWhatIsRight()
    {
        SnnModelParameters model = ModelOf(SpikingCase());
        SnnStream stream = model.CreateStream();
        int channels = stream.NumberOfChannels;

        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => stream.Push(channels)).Message, $"0 to {channels - 1}", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => stream.Push(-1));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => stream.Push(0, float.NaN)).Message, "finite", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => stream.Push(0, float.PositiveInfinity));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => stream.Push(new float[channels + 1])).Message, $"{channels} channels", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => stream.HiddenSpikes(9));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => StreamReadout.Window(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => StreamReadout.Fading(double.NaN));
        Run(stream, 3);
        AssertBits(Silent(model, 3).Scores, stream.Scores);

        stream.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(stream.Step);
        Assert.ThrowsExactly<ObjectDisposedException>(() => stream.Push(0));
        Assert.ThrowsExactly<ObjectDisposedException>(() => stream.Scores[0]);
    }

    private static SnnModelParameters ModelOf(RandomCase drawn) => new(
        (IHostEnvironment)new MLContext(),
        new SnnModel(
            drawn.Program, drawn.Weights, drawn.IsConstantCurrent, new TrainingHistory([], 0, false, "none", 0),
            [.. drawn.Program.Description.Hidden.Select(layer => new float[layer.Units])]));

    /// <summary>A random network of spiking neurons with spikes as input, and probabilities as output.</summary>
    private static RandomCase SpikingCase(int number = 1) => Enumerable.Range(0, 10_000).Select(seed => new RandomCase(seed)).Where(
        c => !c.IsConstantCurrent && c.Layers.Length == 2 && c.Channels > 3 && c.Readout == Readout.AverageMembrane
            && c.Loss.Kind == LossKind.SoftmaxCrossEntropy && IsAlive(c)).ElementAt(number);

    /// <summary>Whether spikes reach the outputs soon.</summary>
    private static bool IsAlive(RandomCase drawn)
    {
        using SnnStream stream = ModelOf(drawn).CreateStream();
        stream.Push([.. Enumerable.Repeat(2f, drawn.Channels)]);
        Run(stream, 8);
        return stream.OutputPotentials[0] != 0;
    }

    private static void Push(RandomCase drawn, int example, int step, SnnStream stream, bool backwards)
    {
        GridInput input = drawn.Inputs[example];
        if (drawn.IsConstantCurrent)
        {
            if (step == 0)
            {
                stream.Push([.. input.Constant.Select(x => (float)x)]);
            }

            return;
        }

        GridInputSpike[] spikes = [.. input.Spikes.Where(s => s.Step == step)];
        foreach (GridInputSpike spike in backwards ? spikes.Reverse() : spikes)
        {
            stream.Push(spike.Channel, (float)spike.Value);
        }
    }

    private static SnnStream Random(SnnModelParameters model, int steps, StreamReadout? readout = null)
    {
        SnnStream stream = model.CreateStream(readout);
        Random random = new(steps);
        for (int step = 0; step < steps; step++)
        {
            stream.Push(random.Next(model.NumberOfChannels), random.NextSingle() * 3);
            stream.Push(random.Next(model.NumberOfChannels));
            stream.Step();
        }

        return stream;
    }

    private static SnnStream Silent(SnnModelParameters model, int steps)
    {
        SnnStream stream = model.CreateStream();
        Run(stream, steps);
        return stream;
    }

    private static void Run(SnnStream stream, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            stream.Step();
        }
    }

    private static void AssertBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> found) =>
        CollectionAssert.AreEqual(expected.ToArray(), found.ToArray());

    private static void AssertDiffer(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        CollectionAssert.AreNotEqual(a.ToArray(), b.ToArray());
}
