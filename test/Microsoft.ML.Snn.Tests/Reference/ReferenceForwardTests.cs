using System;
using System.Linq;
using Microsoft.ML.Snn.Reference;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Reference;

[TestClass]
public sealed class ReferenceForwardTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Forward_MembraneTwiceTheSynapse_SpikesWhereTheQuadraticSays()
    {
        // τm = 2 τs: with x = exp(-s/τm), V = w (x - x²), so x = (1 + sqrt(1 - 4 ϑ/w)) / 2.
        const double Weight = 6;
        ReferenceTrace trace = OneNeuron(Weight, 20, 10).Forward([new(3, 0)]);

        double x = (1 + Math.Sqrt(1 - 4 / Weight)) / 2;
        Assert.AreEqual(3 - 20 * Math.Log(x), trace.Spikes(0)[0].Time, 1e-13);
        Assert.AreEqual(Weight * x * x, trace.Spikes(0)[0].Current, 1e-12);
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(1e-9)]
    public void Forward_EqualTimeConstants_SpikesWhereTheAlphaFunctionSays(double apart)
    {
        // τm = τs = τ: V = w s/τ exp(-s/τ), so s = -τ W0(-ϑ/w) with Lambert's W; here by fixed point iteration.
        const double Weight = 4, Tau = 10;
        double u = 0;
        for (int n = 0; n < 500; n++)
        {
            u = Math.Exp(u) / Weight;
        }

        ReferenceTrace trace = OneNeuron(Weight, Tau, Tau + apart).Forward([new(0, 0)]);
        Assert.AreEqual(Tau * u, trace.Spikes(0)[0].Time, 1e-12 + apart);
    }

    [TestMethod]
    public void Forward_PeakJustBelowAndAboveTheThreshold_SpikesOnlyAbove()
    {
        // V = w (x - x²) peaks at w/4.
        Assert.IsEmpty(OneNeuron(4 - 1e-12, 20, 10).Forward([new(0, 0)]).Spikes(0));
        Assert.HasCount(1, OneNeuron(4 + 1e-12, 20, 10).Forward([new(0, 0)]).Spikes(0));
    }

    [TestMethod]
    public void Forward_SpikeAfterTheEnd_DoesNotExist()
    {
        double time = OneNeuron(6, 20, 10).Forward([new(0, 0)]).Spikes(0)[0].Time;
        Assert.IsEmpty(OneNeuron(6, 20, 10, time - 1e-9).Forward([new(0, 0), new(time + 1, 0)]).Spikes(0));
    }

    [TestMethod]
    [DataRow(ReferenceReadout.AverageMembrane)]
    [DataRow(ReferenceReadout.SumMembrane)]
    [DataRow(ReferenceReadout.ExponentiallyWeightedMembrane)]
    [DataRow(ReferenceReadout.MaximumMembrane)]
    public void Outputs_WithoutHiddenSpikes_MatchQuadrature(ReferenceReadout readout)
    {
        const double Duration = 40, Step = 0.001;
        ReferenceLayer layer = new() { Weights = new[,] { { 1.5 }, { -2.5 } }, MembraneTime = 12, SynapseTime = 4 };
        ReferenceInputSpike[] inputs = [new(2, 0), new(5.5, 1), new(9, 0, 2)];
        double sum = 0, weighted = 0, maximum = 0;
        for (double t = Step / 2; t < Duration; t += Step)
        {
            double v = inputs.Where(s => s.Time < t).Sum(s => s.Value * layer.Weights[s.Channel, 0] * 4 / (12 - 4.0)
                * (Math.Exp(-(t - s.Time) / 12) - Math.Exp(-(t - s.Time) / 4)));
            sum += v * Step;
            weighted += v * Step * Math.Exp(-t / Duration);
            maximum = Math.Max(maximum, v);
        }

        double expected = readout switch
        {
            ReferenceReadout.AverageMembrane => sum / Duration,
            ReferenceReadout.SumMembrane => sum,
            ReferenceReadout.ExponentiallyWeightedMembrane => weighted / Duration,
            _ => maximum,
        };

        double actual = new ReferenceNetwork([layer], readout, Duration).Forward(inputs).Outputs[0];
        Assert.AreEqual(expected, actual, 1e-6);
    }

    [TestMethod]
    [DataRow(NetworkKind.OneHiddenLayer)]
    [DataRow(NetworkKind.TwoHiddenLayers)]
    [DataRow(NetworkKind.RecurrentRefractory)]
    [DataRow(NetworkKind.EqualTimeConstants)]
    [DataRow(NetworkKind.NonZeroReset)]
    public void Forward_RandomNetwork_IsTheLimitOfEulerSteps(NetworkKind kind)
    {
        NetworkDraw draw = NetworkDraw.Spiking(kind, ReferenceReadout.SumMembrane).First();
        ReferenceTrace exact = draw.Network.Forward(draw.Inputs);
        double[] errors = [.. new[] { 2e-3, 1e-3, 5e-4, 1.25e-4 }.Select(step => Error(draw, exact, step))];

        TestContext.WriteLine($"{exact.Events.Count} events; largest error of a spike time or readout: "
            + string.Join(' ', errors.Select(e => $"{e:E1}")));
        Assert.IsLessThan(0.02, errors[^1]);
        Assert.IsLessThan(0.25, errors[^1] / errors[0], "Four halvings of a first order method.");
    }

    private static double Error(NetworkDraw draw, ReferenceTrace exact, double step)
    {
        var euler = new EulerWitness(draw.Layers);
        euler.Run(draw.Inputs, NetworkDraw.Duration, step);
        var outputs = new ReferenceNetwork(draw.Layers, ReferenceReadout.MaximumMembrane, NetworkDraw.Duration)
            .Forward(draw.Inputs).Outputs;
        double error = exact.Outputs.Zip(euler.Integral).Concat(outputs.Zip(euler.Maximum))
            .Max(p => Math.Abs(p.First - p.Second));

        for (int l = 0; l < draw.Layers.Length - 1; l++)
        {
            for (int j = 0; j < draw.Layers[l].NeuronCount; j++)
            {
                double[] expected = [.. exact.Spikes(l).Where(s => s.Index == j).Select(s => s.Time)];
                double[] actual = [.. euler.Spikes.Where(s => s.Layer == l && s.Neuron == j).Select(s => s.Time)];
                Assert.HasCount(expected.Length, actual, $"spikes of neuron {j} in layer {l} at step {step}");
                error = expected.Zip(actual).Aggregate(error, (e, p) => Math.Max(e, Math.Abs(p.First - p.Second)));
            }
        }

        return error;
    }

    private static ReferenceNetwork OneNeuron(double weight, double membraneTime, double synapseTime, double duration = 30) =>
        new(
            [
                new()
                {
                    Weights = new[,] { { weight } },
                    MembraneTime = membraneTime,
                    SynapseTime = synapseTime,
                    RefractoryPeriod = 100,
                },
                new() { Weights = new[,] { { 1.0 } } },
            ],
            ReferenceReadout.AverageMembrane,
            duration);
}
