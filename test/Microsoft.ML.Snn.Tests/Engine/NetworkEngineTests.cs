using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Cpu.Columns;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>What every engine says of arguments that do not fit.</summary>
[TestClass]
public sealed class NetworkEngineTests
{
    private const int BatchSize = 2, Examples = 5, Steps = 10;

    public static IEnumerable<object[]> Engines() =>
        [["layers"], ["columns"], ["graph"], ["event-driven"], ["e-prop"], ["e-prop online"], ["accelerator"]];

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Score_RoomForAnotherNumberOfScores_SaysHowMuchIsNeeded(string name)
    {
        using NetworkEngine engine = Create(name, out SpikeTrains trains);
        foreach (int length in new[] { 0, 3 * Examples - 1, 3 * Examples + 1 })
        {
            var error = Assert.ThrowsExactly<ArgumentException>(() => engine.Score(trains, new float[length]));

            Assert.AreEqual($"Scores must have 3 numbers for each of 5 examples, but have {length}. (Parameter 'scores')", error.Message);
        }

        float[] scores = new float[3 * Examples];
        engine.Score(trains, scores);
        Assert.AreEqual(Examples, scores.Sum(), 1e-4, "Each example has the probabilities of three classes.");
    }

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Train_MoreExamplesThanTheLargestBatchOrNone_SaysSo(string name)
    {
        using NetworkEngine engine = Create(name, out SpikeTrains trains);
        foreach (int count in new[] { 0, BatchSize + 1 })
        {
            var error = Assert.ThrowsExactly<ArgumentException>(() => engine.Train(
                new TrainingBatch
                {
                    Trains = trains,
                    Targets = Targets.OfClasses([0, 1, 2, 0, 1]),
                    ExampleWeights = null,
                    Examples = Enumerable.Range(0, count).ToArray(),
                },
                new LearningStep(new ParameterUpdates(UpdateEquations.None), default, 0.1f)));

            Assert.AreEqual($"A batch must have 1 to 2 examples, but has {count}. (Parameter 'batch')", error.Message);
        }
    }

    private static NetworkEngine Create(string name, out SpikeTrains trains)
    {
        bool isExact = name == "event-driven";
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(4), Layer.Output()), channels: 2, Steps, timeStep: 1, outputs: 3,
            integrator: isExact ? Integrator.EventDriven : Integrator.Grid);
        var builder = new SpikeTrainsBuilder(Steps, channels: 2, isConstantCurrent: false, isSpikeTimes: isExact);
        for (int example = 0; example < Examples; example++)
        {
            builder.AddDense(isExact ? [1, 3] : [.. Enumerable.Repeat(1f, 2 * Steps)]);
        }

        trains = builder.ToSpikeTrains();
        return name switch
        {
            "layers" => new CpuEngine<Vector256Lane>(program, BatchSize, threads: 2),
            "columns" => new ColumnEngine<Vector256Lane>(program, BatchSize, threads: 2),
            "graph" => new GraphEngine<Vector256Lane>(program, BatchSize, threads: 2),
            "event-driven" => new ExactEngine<Vector256Lane>(program, BatchSize, threads: 2),
            "e-prop" => new EventDrivenEProp<Vector256Lane>(program, new EPropSettings(), BatchSize, threads: 2),
            "e-prop online" => new OnlineEProp<Vector256Lane>(program, new EPropSettings(), BatchSize, threads: 2),
            _ => TestDevices.CreateEngine(TestDevices.Simulator, program, BatchSize, spikesPerNeuron: 2),
        };
    }
}
