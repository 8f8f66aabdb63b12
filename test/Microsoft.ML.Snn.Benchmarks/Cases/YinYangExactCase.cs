using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>Yin-Yang by the time of the first output spike, without a time step, against our own steps of 0.01 ms.</summary>
/// <remarks>
/// <para>The coordinates spike at 10 to 40 ms and a bias at 20 ms; membranes of 20 ms, synapses of 5 ms, 200 hidden neurons:
/// the setting of Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), who reached 98.1 ± 0.2 %.</para>
/// <para>The rival trains the same network with the same loss of first spikes for the same trial, in steps. A trial ends 5 ms after
/// the last input can come: five seeds reached no more in 60 ms, and steps in which nothing is left to learn would only slow the
/// rival down. It can not stop sooner: in nine of ten examples an output stays silent, and is read at its maximum.</para>
/// </remarks>
internal sealed class YinYangExactCase : IBenchmarkCase
{
    private const int CoordinateCount = 4;
    private const double First = 10;
    private const double Last = 40;
    private const double Bias = 20;
    private const double Duration = 45;
    private const double GridStep = 0.01;

    public string Name => "yin-yang-exact";

    public int Epochs => 80;

    public BenchmarkTask Load(RunOptions options) => new()
    {
        Name = Name,
        Integrator = Integrator.EventDriven,
        Train = Read("yin_yang_train_seed42_5000.csv", options.TrainSize),
        Test = Read("yin_yang_test_seed40_1000.csv", size: null),
        ClassCount = 3,
        HiddenCount = options.HiddenCount ?? 200,
        StepCount = (int)(Duration / GridStep),
        TimeStep = GridStep,
        HiddenWeights = new(2, 1),
        OutputWeights = new(0.4, 0.4),
        LearningRate = 3e-3,
        LearningRateDecay = 0.965,
        Readout = Readout.FirstSpikeTime,
        FirstSpikeTemperature = 1,
        Seeds = 5,
    };

    /// <summary>Our own engine of time steps on the same network; some examples stand for its epoch, which would take minutes.</summary>
    public static IContender InSteps(BenchmarkTask task, RunOptions options) =>
        new OurNetwork(task with { Integrator = Integrator.Grid, LearningRateDecay = 1 }, options, sample: 10 * task.BatchSize);

    private static SpikeExamples Read(string file, int? size)
    {
        double[][] rows = [.. File.ReadLines(DataFolder.PathOf("yin-yang", file)).Skip(1).Take(size ?? int.MaxValue)
            .Select(line => Array.ConvertAll(line.Split(','), field => double.Parse(field, CultureInfo.InvariantCulture)))];
        int[] labels = Array.ConvertAll(rows, row => (int)row[CoordinateCount]);
        return SpikeExamples.EncodeTimes(CoordinateCount + 1, labels, GridStep, (example, channel) =>
            channel == CoordinateCount ? Bias : First + rows[example][channel] * (Last - First));
    }
}
