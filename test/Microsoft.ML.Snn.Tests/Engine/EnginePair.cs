using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.ML.Snn.Tests.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Runs one case on the CPU engine and on an accelerator, and compares all that the engines tell.</summary>
internal sealed class EnginePair : IDisposable
{
    // Gradients sum a few hundred terms of either sign, in another order where several threads share a sum.
    private const double Tolerance = 2e-5;

    // Adam divides by the root of the second moment: where a gradient is almost 0 its rounding is enlarged. Measured: 2e-7.
    private const double WeightTolerance = 1e-5;

    private readonly NetworkProgram _program;
    private readonly NetworkEngine _expected;
    private readonly SpikeTrains _trains;
    private readonly Targets _targets;
    private readonly int _scores;

    public EnginePair(string device, EngineCase given)
    {
        Case = given;
        _trains = given.Draw();
        _program = NetworkProgram.Build(given.Network, EngineCase.Channels, EngineCase.Steps, timeStep: 1, EngineCase.Classes)
            .EndingAfterLastSpike(given.StepsAfterLastSpike);
        _targets = EngineCase.TargetsFor(_program);
        _scores = _program.ScoresPerExample;
        _expected = given.EProp is { } eprop
            ? EngineFactory.CreateEPropForCpu(_program, eprop, EngineCase.BatchSize, threads: 1)
            : EngineFactory.CreateForCpu(_program, EngineCase.BatchSize, threads: 1);
        Actual = TestDevices.CreateEngine(device, _program, EngineCase.BatchSize, given.SpikesPerNeuron, given.EProp);
        _expected.KeepGradient = true;
        Actual.KeepGradient = true;
        NetworkWeights weights = NetworkWeights.Draw(_program, new InputStatistics(1, 1, given.IsConstantCurrent), seed: 3);
        _expected.SetWeights(weights);
        Actual.SetWeights(weights);
    }

    public EngineCase Case { get; }

    public AcceleratorEngine Actual { get; }

    /// <summary>Trains both engines batch by batch; compares results, gradients and spike counts after each, weights at the end.</summary>
    /// <returns>Spikes and grazing spikes of all batches, so that a test can see that its case is not empty.</returns>
    public BatchResult Train()
    {
        var total = default(BatchResult);
        int[][] batches = [[0, 1, 2], [4, 3], [2, 0, 4]];
        for (int update = 1; update <= Case.Updates; update++)
        {
            var batch = new TrainingBatch
            {
                Trains = _trains,
                Targets = _targets,
                ExampleWeights = Case.ExampleWeights,
                Examples = batches[update - 1],
            };
            var step = new LearningStep(
                new ParameterUpdates(Case.Optimizer.AtUpdate(update)), Case.SpikeCounts, Case.GrazingLimit,
                new ClippingEquations(Case.MaximumGradientNorm));
            BatchResult expected = _expected.Train(batch, step);
            BatchResult actual = Actual.Train(batch, step);

            Assert.AreEqual(expected.Loss, actual.Loss, Tolerance * Math.Abs(expected.Loss), $"loss of batch {update}");
            Assert.AreEqual(expected.Correct, actual.Correct, $"correct in batch {update}");
            Assert.AreEqual(expected.HiddenSpikes, actual.HiddenSpikes, $"spikes in batch {update}");
            Assert.AreEqual(expected.GrazingSpikes, actual.GrazingSpikes, $"grazing spikes in batch {update}");
            Assert.AreEqual(expected.GradientNorm, actual.GradientNorm, Tolerance * expected.GradientNorm, $"norm in batch {update}");
            Assert.AreEqual(expected.RewiredSynapses, actual.RewiredSynapses, $"rewired in batch {update}");
            Assert.AreEqual(expected.RewiringFailures, actual.RewiringFailures, $"failures in batch {update}");
            CompareSpikeCounts();
            Compare($"gradient of batch {update}", (engine, weights) => engine.GetGradient(weights), Tolerance);
            total = new BatchResult(
                0, 0, total.HiddenSpikes + expected.HiddenSpikes, total.GrazingSpikes + expected.GrazingSpikes,
                RewiredSynapses: total.RewiredSynapses + expected.RewiredSynapses);
        }

        Compare("weights", (engine, weights) => engine.GetWeights(weights), WeightTolerance);
        return total;
    }

    /// <summary>Scores all examples, more than a batch, with both engines.</summary>
    public void Score()
    {
        var expected = new float[_trains.Count * _scores];
        var actual = new float[expected.Length];
        _expected.Score(_trains, expected);
        Actual.Score(_trains, actual);

        for (int k = 0; k < expected.Length; k++)
        {
            Assert.AreEqual(expected[k], actual[k], 1e-5 * Math.Max(1, Math.Abs(expected[k])), $"score {k}");
        }
    }

    public void Dispose()
    {
        _expected.Dispose();
        Actual.Dispose();
    }

    private void CompareSpikeCounts()
    {
        var expected = new long[_program.SpikingNeurons];
        var actual = new long[expected.Length];
        _expected.TakeSpikeCounts(expected);
        Actual.TakeSpikeCounts(actual);
        CollectionAssert.AreEqual(expected, actual);
    }

    private void Compare(string what, Action<NetworkEngine, NetworkWeights> read, double tolerance)
    {
        NetworkWeights expected = NetworkWeights.ZerosFor(_program);
        NetworkWeights actual = NetworkWeights.ZerosFor(_program);
        read(_expected, expected);
        read(Actual, actual);
        for (int c = 0; c < expected.Count; c++)
        {
            if (expected.Tables[c] is { } table)
            {
                CollectionAssert.AreEqual(Synapses.Of(table).ToArray(), Synapses.Of(actual.Tables[c]!).ToArray(), $"{what}, synapses of connection {c}");
            }

            double scale = expected[c].Max(Math.Abs);
            Assert.IsGreaterThan(0, scale, $"{what}, connection {c} is all 0: the case shows nothing.");
            for (int k = 0; k < expected[c].Length; k++)
            {
                Assert.AreEqual(expected[c][k], actual[c][k], tolerance * scale, $"{what}, connection {c}, element {k}");
            }
        }
    }
}
