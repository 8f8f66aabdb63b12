using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>One model serves many threads at once.</summary>
// Alone: it measures the memory of the whole process.
[TestClass]
[DoNotParallelize]
public sealed class SharedModelTests
{
    private const int Threads = 10;

    /// <summary>SNN_SOAK_SECONDS makes it longer, for example 60: a leak too slow for every day then shows.</summary>
    private static readonly int s_seconds = int.TryParse(
        Environment.GetEnvironmentVariable("SNN_SOAK_SECONDS"), CultureInfo.InvariantCulture, out int seconds) && seconds >= 2 ? seconds : 8;

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void TenThreads_ScoreOneModel_SameAnswersAndNoGrowth()
    {
        var context = new MLContext(seed: 1);
        IDataView iris = context.Transforms.NormalizeMinMax("Features").Append(SmallData.MapLabel(context)).Fit(SmallData.Iris(context)).Transform(SmallData.Iris(context));
        ITransformer model = context.Snn().Train(SmallData.Quick(epochs: 10)).Fit(iris);
        float[][] expected = SmallData.Scores(model.Transform(iris));
        var clock = Stopwatch.StartNew();
        long answers = 0, wrong = 0;
        var memory = new long[2];
        Exception? failure = null;

        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(Score))];
        Array.ForEach(threads, thread => thread.Start());
        Thread.Sleep(TimeSpan.FromSeconds(s_seconds / 2.0));
        memory[0] = GC.GetTotalMemory(forceFullCollection: true);
        Array.ForEach(threads, thread => thread.Join());
        memory[1] = GC.GetTotalMemory(forceFullCollection: true);

        Assert.IsNull(failure, failure?.ToString());
        Assert.AreEqual(0, wrong, $"Of {answers} answers some differed from those of one thread.");
        Assert.IsGreaterThan(Threads * expected.Length, answers, "Every thread scored all rows at least once.");
        Console.WriteLine($"{answers} answers in {s_seconds} s; managed memory {memory[0]} after one half, {memory[1]} at the end; working set {Environment.WorkingSet}");
        Assert.IsLessThan(memory[0] + (4 << 20), memory[1], "Managed memory after the second half, in bytes.");

        void Score()
        {
            try
            {
                while (clock.Elapsed < TimeSpan.FromSeconds(s_seconds))
                {
                    float[][] scores = SmallData.Scores(model.Transform(iris));
                    Interlocked.Add(ref answers, scores.Length);
                    Interlocked.Add(ref wrong, scores.Zip(expected).Count(pair => !pair.First.AsSpan().SequenceEqual(pair.Second))
                        + Math.Abs(scores.Length - expected.Length));
                }
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        }
    }
}
