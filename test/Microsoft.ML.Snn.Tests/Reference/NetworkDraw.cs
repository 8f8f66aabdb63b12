using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Reference;

namespace Microsoft.ML.Snn.Tests.Reference;

/// <summary>A random network with random input, in which every hidden layer spikes.</summary>
internal sealed class NetworkDraw
{
    public const double Duration = 30;

    // Input spikes lie on this grid when a test asks for it, milliseconds.
    public const double CoarsestStep = 0.25;

    private readonly Random _random;

    public NetworkDraw(NetworkKind kind, ReferenceReadout readout, int seed, bool onGrid = false)
    {
        _random = new Random(seed);
        int[] sizes = kind == NetworkKind.TwoHiddenLayers ? [4, 5, 5, 3] : [4, 6, 3];
        Layers = [.. Enumerable.Range(0, sizes.Length - 1).Select(l => NewLayer(kind, readout, sizes, l))];
        Inputs = [.. Enumerable.Range(0, 2 * sizes[0]).Select(k => NewSpike(k % sizes[0], onGrid))];
        Network = new(Layers, readout, Duration);
        Label = _random.Next(sizes[^1]);
    }

    public ReferenceLayer[] Layers { get; }

    public ReferenceInputSpike[] Inputs { get; }

    public ReferenceNetwork Network { get; }

    public int Label { get; }

    /// <summary>Gives the draws among the first 200 seeds whose hidden layers all spike.</summary>
    public static IEnumerable<NetworkDraw> Spiking(NetworkKind kind, ReferenceReadout readout, bool onGrid = false) =>
        Enumerable.Range(1, 200)
            .Select(seed => new NetworkDraw(kind, readout, seed, onGrid))
            .Where(draw => draw.EveryHiddenLayerSpikes());

    private bool EveryHiddenLayerSpikes()
    {
        ReferenceTrace trace = Network.Forward(Inputs);
        return Enumerable.Range(0, Layers.Length - 1).All(l => trace.Spikes(l).Count >= 4);
    }

    private ReferenceLayer NewLayer(NetworkKind kind, ReferenceReadout readout, int[] sizes, int l)
    {
        bool output = l == sizes.Length - 2;
        bool recurrent = kind is NetworkKind.Recurrent or NetworkKind.RecurrentRefractory;
        bool refractory = kind is NetworkKind.Refractory or NetworkKind.RecurrentRefractory;

        // A sum over milliseconds is larger by the duration: keep the softmax away from its flat ends.
        double outputScale = readout switch
        {
            ReferenceReadout.SumMembrane => 2 / Duration,
            ReferenceReadout.MaximumMembrane => 1,
            _ => 2,
        };
        return new()
        {
            Weights = output
                ? NewWeights(sizes[l], sizes[l + 1], 0, outputScale)
                : NewWeights(sizes[l], sizes[l + 1], 2, 2),
            RecurrentWeights = recurrent && !output ? NewWeights(sizes[l + 1], sizes[l + 1], 0, 1) : null,
            MembraneTime = output ? 15 : 20,
            SynapseTime = kind == NetworkKind.EqualTimeConstants ? (output ? 15 : 20) : 5 + l,
            Threshold = output ? 1 : 0.9,
            Reset = kind == NetworkKind.NonZeroReset ? -0.4 : refractory ? 0.3 : 0,
            RefractoryPeriod = refractory ? 2 : 0,
        };
    }

    private double[,] NewWeights(int from, int to, double mean, double deviation)
    {
        var weights = new double[from, to];
        for (int i = 0; i < from; i++)
        {
            for (int j = 0; j < to; j++)
            {
                weights[i, j] = mean + deviation * Math.Sqrt(3) * (2 * _random.NextDouble() - 1);
            }
        }

        return weights;
    }

    private ReferenceInputSpike NewSpike(int channel, bool onGrid)
    {
        double time = 0.6 * Duration * _random.NextDouble();
        return new(onGrid ? Math.Round(time / CoarsestStep) * CoarsestStep : time, channel, 0.5 + _random.NextDouble());
    }
}
