using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>What e-prop needs on a device beside the graph: its equations, its traces, its feedback.</summary>
internal sealed class DeviceEProp : IDisposable
{
    private readonly NetworkProgram _program;
    private readonly DeviceGraphProgram _graph;
    private readonly EPropSettings _settings;
    private readonly DeviceBuffer<EPropPopulation> _populations;
    private readonly DeviceBuffer<EPropLink> _links;
    private readonly DeviceBuffer<float> _pseudoDerivative;
    private readonly DeviceBuffer<float> _rate;
    private readonly DeviceBuffer<float> _rateSignal;
    private readonly DeviceBuffer<float> _signal;
    private readonly DeviceBuffer<float>[] _mean;
    private readonly DeviceBuffer<float>[] _square;
    private readonly DeviceBuffer<float>[] _gradient;
    private readonly DeviceBuffer<float> _feedback;
    private readonly bool _hasRates;

    /// <summary>Uploads the equations and draws the feedback.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="program">The network.</param>
    /// <param name="graph">The same on the device.</param>
    /// <param name="settings">The rule.</param>
    /// <param name="batchSize">The largest batch.</param>
    /// <exception cref="InvalidOperationException">The feedback does not suit the network.</exception>
    public DeviceEProp(Accelerator accelerator, NetworkProgram program, DeviceGraphProgram graph, EPropSettings settings, int batchSize)
    {
        (_program, _graph, _settings) = (program, graph, settings);
        if (program.IsForEProp)
        {
            settings.CheckFeedback(program.Hidden.Count);
        }

        long neurons = (long)batchSize * graph.Neurons, neuronSteps = neurons * program.Steps;
        var links = new List<EPropLink>();
        var feedback = new List<float>();
        _populations = new DeviceBuffer<EPropPopulation>(accelerator);
        _populations.Upload([.. program.Populations.Select(p => Rule(p, links, feedback))]);
        _links = new DeviceBuffer<EPropLink>(accelerator);
        _links.Upload(links.ToArray());
        _feedback = new DeviceBuffer<float>(accelerator);
        _feedback.Upload(feedback.ToArray());
        _hasRates = settings.RateStrength != 0;
        _pseudoDerivative = new DeviceBuffer<float>(accelerator, neuronSteps);
        _rate = new DeviceBuffer<float>(accelerator, _hasRates ? neurons : 0);
        _rateSignal = new DeviceBuffer<float>(accelerator, _hasRates ? neuronSteps : 0);
        _signal = new DeviceBuffer<float>(accelerator, IsOnline ? neuronSteps : 0);
        _mean = [.. program.Hidden.Select((_, layer) => new DeviceBuffer<float>(accelerator, LearnedLength(layer)))];
        _square = [.. program.Hidden.Select((_, layer) => new DeviceBuffer<float>(accelerator, LearnedLength(layer)))];
        _gradient = [.. program.Hidden.Select((_, layer) => new DeviceBuffer<float>(accelerator, LearnedLength(layer)))];
    }

    /// <summary>Whether it is the textbook form.</summary>
    public bool IsOnline => _settings.Mode == EPropMode.Online;

    public bool IsAdaptive => _settings.Feedback == EPropFeedback.Adaptive;

    /// <summary>What is left of adaptive feedback, and of the output's weights, after every update.</summary>
    public float Kept => (float)(1 - _settings.FeedbackDecay);

    private bool IsSymmetric => _settings.Feedback == EPropFeedback.Symmetric;

    /// <summary>What kernels see.</summary>
    /// <param name="weights">The weights of the program.</param>
    /// <param name="isActive">Whether the pass learns.</param>
    public EPropViews Views(ArrayView<float> weights, bool isActive) => new()
    {
        Populations = _populations.View,
        Links = _links.View,
        PseudoDerivative = _pseudoDerivative.View,
        Rate = _rate.View,
        RateSignal = _rateSignal.View,
        Signal = _signal.View,
        Feedback = IsSymmetric ? weights : _feedback.View,
        IsActive = isActive ? 1 : 0,
        HasRates = _hasRates ? 1 : 0,
    };

    /// <summary>The equations of the spikes of a population.</summary>
    public EPropEquations EquationsOf(PopulationProgram population) => _settings.EquationsOf(population.Neuron, _program.TimeStep);

    /// <summary>The feedback to one layer, shape [neuron, output].</summary>
    public ArrayView<float> FeedbackOf(int layer) => _feedback.View.SubView(FirstOf(layer), LearnedLength(layer));

    public ArrayView<float> GradientOf(int layer) => _gradient[layer].View;

    public ArrayView<float> MeanOf(int layer) => _mean[layer].View;

    public ArrayView<float> SquareOf(int layer) => _square[layer].View;

    /// <summary>Writes feedback that learns, and its moments, in the order of the CPU engine.</summary>
    public void SaveState(BinaryWriter writer) => ForEach((buffer, values, first) =>
    {
        buffer.Download(values, first);
        StateStream.Write<float>(writer, values);
    });

    /// <summary>Reads what <see cref="SaveState"/> wrote.</summary>
    public void LoadState(BinaryReader reader) => ForEach((buffer, values, first) =>
    {
        StateStream.Read<float>(reader, values);
        buffer.Upload(values, first);
    });

    public void Dispose()
    {
        _populations.Dispose();
        _links.Dispose();
        _pseudoDerivative.Dispose();
        _rate.Dispose();
        _rateSignal.Dispose();
        _signal.Dispose();
        _feedback.Dispose();
        Array.ForEach(_mean, buffer => buffer.Dispose());
        Array.ForEach(_square, buffer => buffer.Dispose());
        Array.ForEach(_gradient, buffer => buffer.Dispose());
    }

    private void ForEach(Action<DeviceBuffer<float>, float[], long> act)
    {
        for (int layer = 0; layer < _program.Hidden.Count && IsAdaptive; layer++)
        {
            var values = new float[LearnedLength(layer)];
            act(_feedback, values, FirstOf(layer));
            act(_mean[layer], values, 0);
            act(_square[layer], values, 0);
        }
    }

    /// <summary>Number of feedback weights of a layer that learn.</summary>
    private int LearnedLength(int layer) => IsAdaptive ? _program.Hidden[layer].Units * _program.Output.Units : 0;

    /// <summary>Where the adaptive feedback to a layer of a stack begins.</summary>
    private long FirstOf(int layer) => _program.Hidden.Take(layer).Sum(hidden => (long)hidden.Units * _program.Output.Units);

    /// <summary>How a population learns; adds the ways by which errors reach it.</summary>
    private EPropPopulation Rule(PopulationProgram population, List<EPropLink> links, List<float> feedback)
    {
        int first = links.Count;
        if (population.Neuron.IsSpiking)
        {
            links.AddRange(IsSymmetric ? Connected(population) : Drawn(population, feedback));
        }

        return new EPropPopulation
        {
            Equations = population.Neuron.IsSpiking ? EquationsOf(population) : default,
            Rate = population.Neuron.IsSpiking ? _settings.RateEquations(_program.TimeStep) : default,
            FirstLink = first,
            Links = links.Count - first,
        };
    }

    /// <summary>Back through the connections to the outputs, whichever synapses they have.</summary>
    private IEnumerable<EPropLink> Connected(PopulationProgram population) =>
        from c in _program.Connections
        where c.Source == population.Index && _program.Populations[c.Target].Readout != null
        let link = _graph.LinkOf(c)
        select new EPropLink
        {
            FirstCurrent = link.FirstCurrent,
            Columns = link.Columns,
            ByRow = link.ByRow,
            Delay = c.Delay.Steps,
            Weights = link.Weights,
        };

    /// <summary>From every output, by weights of its own.</summary>
    private IEnumerable<EPropLink> Drawn(PopulationProgram population, List<float> feedback)
    {
        int spiking = _program.Spiking.ToList().IndexOf(population);
        for (int output = 0; output < _program.Outputs.Count; output++)
        {
            PopulationProgram from = _program.Outputs[output];
            yield return new EPropLink
            {
                FirstCurrent = _graph.Populations[from.Index].FirstCurrent,
                Columns = from.Units,
                ByRow = -1,
                Delay = 0,
                Weights = feedback.Count,
            };
            feedback.AddRange(_settings.DrawFeedback(output * _program.Spiking.Count + spiking, population.Units, from.Units));
        }
    }
}
