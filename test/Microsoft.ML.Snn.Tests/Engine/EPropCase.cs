using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>A random small network with a random batch for e-prop, described once for the engines and once for the reference.</summary>
internal sealed class EPropCase
{
    private readonly Random _random;
    private readonly bool _isConstantCurrent;
    private readonly List<Layer> _layers = [];

    public EPropCase(int seed)
    {
        _random = new Random(seed);
        Steps = _random.Next(1, 40);
        TimeStep = _random.Next(2) == 0 ? 1 : 0.5;
        Channels = _random.Next(1, 12);
        Classes = _random.Next(2, 5);
        _isConstantCurrent = _random.Next(4) == 0;
        int hidden = _random.Next(0, 3);
        Settings = new EPropSettings
        {
            Feedback = hidden > 1 ? (EPropFeedback)_random.Next(1, 3) : (EPropFeedback)_random.Next(3),
            Damping = 0.3 + 0.5 * _random.NextDouble(),
            RateTarget = 20,
            RateStrength = _random.Next(2) == 0 ? 0 : 2,
            RateTime = 30,
            Seed = seed,
        };
        for (int l = 0; l < hidden; l++)
        {
            _layers.Add(Layer.Dense(_random.Next(1, 40), DrawNeuron(), DrawSynapse(), recurrent: _random.Next(2) == 0));
        }

        LearnedParameters learned = seed % 2 == 0 ? LearnedParameters.Bias : LearnedParameters.None;
        _layers.Add(Layer.Output(neuron: new LeakyIntegrator { MembraneTime = DrawTime(), Learned = learned }, synapse: DrawSynapse()));
        Program = NetworkProgram.Build(SnnNetwork.Sequential([.. _layers]), Channels, Steps, TimeStep, Classes);
        Weights = NetworkWeights.ZerosFor(Program);
        foreach (ConnectionProgram connection in Program.Connections)
        {
            foreach (ref float weight in Weights[connection.Index].AsSpan())
            {
                weight = (float)((_random.NextDouble() - 0.35) * 6 / Math.Sqrt(connection.Rows));
            }
        }

        if (Biases is { } biases)
        {
            for (int k = 0; k < Classes; k++)
            {
                biases[k] = 0.5f * MathF.Sin(seed + 2 * k);
            }
        }

        Count = _random.Next(1, 6);
        Inputs = [.. Enumerable.Range(0, Count).Select(_ => DrawInput())];
        Labels = [.. Enumerable.Range(0, Count).Select(_ => _random.Next(Classes))];
        ExampleWeights = _random.Next(3) == 0 ? [.. Enumerable.Range(0, Count).Select(_ => _random.NextSingle() * 2)] : null;
    }

    public int Steps { get; }

    public double TimeStep { get; }

    public int Channels { get; }

    public int Classes { get; }

    public int Count { get; }

    public EPropSettings Settings { get; }

    public NetworkProgram Program { get; }

    public NetworkWeights Weights { get; }

    /// <summary>Values in the order of the slots, shape [example][slot]; one step of slots for a constant current.</summary>
    public float[][] Inputs { get; }

    public int[] Labels { get; }

    /// <summary>Biases of the output, or null where they are not learned.</summary>
    public float[]? Biases => Weights.Count > Program.Connections.Count ? Weights[Program.Connections.Count] : null;

    public float[]? ExampleWeights { get; }

    public SpikeTrains Trains(params int[] examples)
    {
        var builder = new SpikeTrainsBuilder(Steps, Channels, _isConstantCurrent);
        foreach (int example in examples)
        {
            builder.AddDense(Inputs[example]);
        }

        return builder.ToSpikeTrains();
    }

    public SpikeTrains Trains() => Trains([.. Enumerable.Range(0, Count)]);

    /// <summary>What arrives at the first layer at each step of an example.</summary>
    public double[][] Arrivals(int example)
    {
        double gain = _isConstantCurrent ? GainOfFirstLayer() : 1;
        return [.. Enumerable.Range(0, Steps).Select(n => Enumerable.Range(0, Channels)
            .Select(c => gain * Inputs[example][(_isConstantCurrent ? 0 : n * Channels) + c]).ToArray())];
    }

    /// <summary>The reference for these weights; thresholds moved by <paramref name="shift"/>.</summary>
    /// <param name="shift">Added to every threshold.</param>
    /// <param name="feedback">Weights to each layer, shape [neuron * class]; null for those of the output.</param>
    /// <param name="regularises">Whether rates are regularised.</param>
    public EPropReference Reference(double shift = 0, float[][]? feedback = null, bool regularises = true)
    {
        var layers = new List<EPropLayerReference>();
        foreach (SpikingLayer layer in Program.Description.Hidden)
        {
            HiddenProgram hidden = Program.Hidden[layers.Count];
            var adaptive = layer.Neuron as AdaptiveLeakyIntegrateFire;
            layers.Add(new EPropLayerReference
            {
                Weights = Matrix(Weights[hidden.Input.Index], hidden.Input.Rows),
                RecurrentWeights = hidden.Recurrent == null ? null : Matrix(Weights[hidden.Recurrent.Index], hidden.Units),
                Feedback = Matrix(feedback?[layers.Count] ?? OwnFeedback(layers.Count), hidden.Units),
                MembraneTime = layer.Neuron.LeakTime,
                SynapseTime = TimeOf(layer.Synapse),
                Threshold = layer.Neuron.Threshold + shift,
                Reset = layer.Neuron.Reset + (layer.Neuron.ResetMode == ResetMode.Subtraction ? shift : 0),
                ResetBySubtraction = layer.Neuron.ResetMode == ResetMode.Subtraction,
                RefractorySteps = (int)Math.Round(layer.Neuron.RefractoryPeriod / TimeStep),
                AdaptationTime = adaptive?.AdaptationTime ?? 1,
                AdaptationStrength = adaptive?.AdaptationStrength ?? 0,
            });
        }

        OutputLayer output = Program.Description.Output;
        layers.Add(new EPropLayerReference
        {
            Weights = Matrix(Weights[Program.Output.Input.Index], Program.Output.Input.Rows),
            MembraneTime = output.Neuron.MembraneTime,
            SynapseTime = TimeOf(output.Synapse),
            Bias = Biases == null ? null : Array.ConvertAll(Biases, b => (double)b),
        });
        return new EPropReference(layers, Steps, TimeStep)
        {
            Damping = Settings.Damping,
            RateTarget = Settings.RateTarget * TimeStep / 1000,
            RateStrength = regularises ? Settings.RateStrength : 0,
            RateTime = Settings.RateTime,
        };
    }

    /// <summary>Whether rounding could change a spike: then float and double see two different trials, and both are right.</summary>
    public bool IsOnAKnifeEdge(float[][]? feedback) => Enumerable.Range(0, Count).Any(example =>
    {
        EPropTrial lower = Reference(-2e-5, feedback).Run(Arrivals(example), Labels[example]);
        EPropTrial upper = Reference(2e-5, feedback).Run(Arrivals(example), Labels[example]);
        return Enumerable.Range(0, Program.Hidden.Count).Any(layer => !lower.Spikes[layer].SequenceEqual(upper.Spikes[layer]));
    });

    /// <summary>The output weights for the layer that has them; none for the others.</summary>
    private float[] OwnFeedback(int layer) => layer == Program.Hidden.Count - 1
        ? Weights[Program.Output.Input.Index]
        : new float[Program.Hidden[layer].Units * Classes];

    private static double TimeOf(Synapse synapse) => synapse is ExponentialSynapse exponential ? exponential.Time : 0;

    private static double[,] Matrix(float[] values, int rows)
    {
        int columns = values.Length / rows;
        var matrix = new double[rows, columns];
        for (int k = 0; k < values.Length; k++)
        {
            matrix[k / columns, k % columns] = values[k];
        }

        return matrix;
    }

    /// <summary>dt/τs, or 1 - α where spikes add to V.</summary>
    private double GainOfFirstLayer()
    {
        (double membrane, Synapse synapse) = _layers[0] is SpikingLayer layer
            ? (layer.Neuron.LeakTime, layer.Synapse)
            : (((OutputLayer)_layers[0]).Neuron.MembraneTime, ((OutputLayer)_layers[0]).Synapse);
        return synapse is ExponentialSynapse exponential ? TimeStep / exponential.Time : 1 - Math.Exp(-TimeStep / membrane);
    }

    private Neuron DrawNeuron()
    {
        double reset = _random.Next(2) == 0 ? 0 : -0.5;
        var mode = (ResetMode)_random.Next(2);
        double refractory = _random.Next(2) == 0 ? 0 : _random.Next(1, 5);
        double threshold = _random.Next(2) == 0 ? 1 : 0.6;
        return _random.Next(2) == 0
            ? new LeakyIntegrateFire
            {
                MembraneTime = DrawTime(),
                Reset = reset,
                ResetMode = mode,
                RefractoryPeriod = refractory,
                Threshold = threshold,
            }
            : new AdaptiveLeakyIntegrateFire
            {
                MembraneTime = DrawTime(),
                Reset = reset,
                ResetMode = mode,
                RefractoryPeriod = refractory,
                Threshold = threshold,
                AdaptationTime = 5 + 100 * _random.NextDouble(),
                AdaptationStrength = _random.NextDouble(),
            };
    }

    private Synapse DrawSynapse() => _random.Next(2) == 0 ? new DeltaSynapse() : new ExponentialSynapse(DrawTime());

    private double DrawTime() => _random.Next(3) == 0 ? 5 : 2 + 20 * _random.NextDouble();

    private float[] DrawInput()
    {
        bool graded = _random.Next(3) == 0;
        var values = new float[(_isConstantCurrent ? 1 : Steps) * Channels];
        foreach (ref float value in values.AsSpan())
        {
            bool isThere = _random.Next(_isConstantCurrent ? 2 : 5) == 0;
            value = !isThere ? 0 : graded || _isConstantCurrent ? _random.NextSingle() * 2 : 1;
        }

        return values;
    }
}
