using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>Points of the yin-yang figure, (x, y, 1 - x, 1 - y) as spike times, with a bias spike at the start; 3 classes.</summary>
/// <remarks>Kriener, Göltz and Petrovici, NICE (2022), doi 10.1145/3517343.3517380.</remarks>
internal sealed class YinYangCase : IBenchmarkCase
{
    private const int CoordinateCount = 4;
    private const int StepCount = 30;

    public string Name => "yin-yang";

    public BenchmarkTask Load(RunOptions options) => new()
    {
        Name = Name,
        Train = Read("yin_yang_train_seed42_5000.csv", options.TrainSize),
        Test = Read("yin_yang_test_seed40_1000.csv", size: null),
        ClassCount = 3,
        HiddenCount = options.HiddenCount ?? 200,
        StepCount = StepCount,
        HiddenWeights = new(1.9, 0.78),
        OutputWeights = new(0.2, 0.37),
        LearningRate = 1e-2,
    };

    private static SpikeExamples Read(string file, int? size)
    {
        double[][] rows = [.. File.ReadLines(DataFolder.PathOf("yin-yang", file)).Skip(1).Take(size ?? int.MaxValue)
            .Select(line => Array.ConvertAll(line.Split(','), field => double.Parse(field, CultureInfo.InvariantCulture)))];
        int[] labels = Array.ConvertAll(rows, row => (int)row[CoordinateCount]);
        return SpikeExamples.Encode(CoordinateCount + 1, labels, (example, channel) =>
            channel == CoordinateCount ? 0 : (int)Math.Round(rows[example][channel] * (StepCount - 1)));
    }
}
