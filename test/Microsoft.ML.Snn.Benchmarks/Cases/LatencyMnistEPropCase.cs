using System;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>Handwritten digits as spike times over 80 steps, learned by e-prop; the rival is our own textbook form of e-prop.</summary>
internal sealed class LatencyMnistEPropCase : IBenchmarkCase
{
    private const int StepCount = 80;

    // The textbook form needs minutes for an epoch, and each of its examples the same time: some stand for all.
    private const int TextbookSample = 1024;

    public string Name => "latency-mnist-eprop";

    public BenchmarkTask Load(RunOptions options) => new()
    {
        Name = Name,
        Train = LatencyMnistCase.Read("train", options.TrainSize, StepCount),
        Test = LatencyMnistCase.Read("t10k", size: null, StepCount),
        ClassCount = 10,
        HiddenCount = options.HiddenCount ?? 128,
        StepCount = StepCount,
        HiddenWeights = new(0.08, 0.08),
        OutputWeights = new(0, 0.1),
        LearningRate = 5e-3,
        SynapseTime = 5,
        ResetMode = ResetMode.Subtraction,
        EProp = new EProp(),
    };

    /// <summary>The textbook form of a task, after it has shown that it computes the gradient of the other form.</summary>
    public static IContender Textbook(BenchmarkTask task, RunOptions options)
    {
        BenchmarkTask online = task with { EProp = task.EProp! with { Mode = EPropMode.Online } };
        using (var ours = new OurNetwork(task, options))
        {
            using var textbook = new OurNetwork(online, options);
            float[] expected = textbook.FirstGradient(), actual = ours.FirstGradient();
            double norm = Math.Sqrt(expected.Sum(g => (double)g * g));
            double difference = Math.Sqrt(expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Sum());
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"gradients of both forms differ by {difference / norm:E1} of their norm"));
        }

        return new OurNetwork(online, options, TextbookSample);
    }
}
