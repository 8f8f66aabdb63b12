using System;
using System.Collections.Generic;
using System.Linq;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The loss of an output on a device against the oracle.</summary>
[TestClass]
public sealed class LossKernelTests
{
    // One exponential and a few products in single precision.
    private const double Tolerance = 1e-5;

    // The label is class 2 in all trials: the network is sure and right, in doubt, and sure and wrong.
    private static readonly float[][] s_readouts = [[1, -3, 21.5f, 0.25f, 2], [0.5f, 0.25f, 1, 0, -1], [24, 1, 2, -4, 3]];
    private const int Label = 2;

    public static IEnumerable<object[]> Devices() =>
        from device in TestDevices.All
        from everyStep in (bool[])[false, true]
        select new object[] { device, everyStep };

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Softmax_SureOfAClass_GivesEveryDerivativeWithAllItsDigits(string device, bool everyStep)
    {
        int trials = s_readouts.Length, classes = s_readouts[0].Length;

        float[] actual = TestDevices.Use(device, accelerator => Derivatives(accelerator, everyStep));

        for (int trial = 0; trial < trials; trial++)
        {
            double[] y = [.. s_readouts[trial].Select(v => (double)v)];
            double[] expected = SoftmaxCrossEntropy.Derivative(y, Label);
            for (int k = 0; k < classes; k++)
            {
                Assert.AreEqual(
                    expected[k] / trials, actual[trial * classes + k], Tolerance * Math.Abs(expected[k] / trials), $"trial {trial}, class {k}");
            }
        }

        Assert.IsLessThan(1e-8, Math.Abs(actual[Label]), "The first trial must be sure, or the case shows nothing.");
    }

    /// <summary>∂L/∂y of the mean loss, shape [trial, class].</summary>
    private static float[] Derivatives(Accelerator accelerator, bool everyStep)
    {
        int trials = s_readouts.Length, classes = s_readouts[0].Length;
        using var batch = new DeviceBatch(accelerator, trials, hiddenLayers: 0, hiddenNeurons: 0);
        using var targets = new DeviceTargets(accelerator);
        using var readouts = new DeviceBuffer<float>(accelerator);
        Targets labels = Targets.OfClasses([.. s_readouts.Select(_ => Label)]);
        batch.Upload(new TrainingBatch
        {
            Trains = new SpikeTrainsBuilder(1, 1, isConstantCurrent: false).ToSpikeTrains(),
            Targets = labels,
            ExampleWeights = null,
            Examples = Enumerable.Range(0, trials).ToArray(),
        });
        targets.Take(labels, steps: 1);
        readouts.Upload(s_readouts.SelectMany(y => y).ToArray());
        new DeviceGraphKernels(accelerator, DeviceCells.None).Loss(trials, new LossViews
        {
            Batch = batch.Views,
            Target = targets.Views,
            Readout = readouts.View,
            StepReadout = readouts.View,
            Classes = classes,
            Steps = 1,
            Loss = LossKind.SoftmaxCrossEntropy,
            ReadsEveryStep = everyStep ? 1 : 0,
            LearnsEveryStep = everyStep ? 1 : 0,
            Learns = 1,
            LossWeight = 1,
            IsFirst = 1,
        });
        var derivatives = new float[trials * classes];
        readouts.Download(derivatives);
        return derivatives;
    }
}
