using System;
using System.IO;
using System.Linq;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>What event-driven e-prop needs on a device beside the graph: its equations, its traces, its feedback.</summary>
internal sealed class DeviceEProp : IDisposable
{
    private readonly NetworkProgram _program;
    private readonly EPropSettings _settings;
    private readonly DeviceBuffer<EPropPopulation> _populations;
    private readonly DeviceBuffer<float> _pseudoDerivative;
    private readonly DeviceBuffer<float> _rate;
    private readonly DeviceBuffer<float> _rateSignal;
    private readonly DeviceBuffer<float>[] _mean;
    private readonly DeviceBuffer<float>[] _square;
    private readonly DeviceBuffer<float>[] _gradient;
    private readonly DeviceBuffer<float> _feedback;
    private readonly long[] _first;
    private readonly bool _hasRates;

    /// <summary>Uploads the equations and draws the feedback.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="program">The network.</param>
    /// <param name="settings">The rule.</param>
    /// <param name="neuronSteps">Neurons × steps of a whole batch.</param>
    /// <param name="outputWeights">Where the weights of the output begin.</param>
    public DeviceEProp(Accelerator accelerator, NetworkProgram program, EPropSettings settings, long neuronSteps, long outputWeights)
    {
        (_program, _settings) = (program, settings);
        settings.CheckFeedback(program.Hidden.Count);
        _first = new long[program.Hidden.Count];
        float[] feedback = [];
        for (int layer = 0; layer < _first.Length; layer++)
        {
            _first[layer] = IsSymmetric ? outputWeights : feedback.Length;
            feedback = IsSymmetric ? [] : [.. feedback, .. settings.DrawFeedback(layer, program.Hidden[layer].Units, program.Output.Units)];
        }

        _populations = new DeviceBuffer<EPropPopulation>(accelerator);
        _populations.Upload([.. program.Hidden.Select(Rule), OutputRule()]);
        _hasRates = settings.RateStrength != 0;
        _pseudoDerivative = new DeviceBuffer<float>(accelerator, neuronSteps);
        _rate = new DeviceBuffer<float>(accelerator, _hasRates ? neuronSteps / program.Steps : 0);
        _rateSignal = new DeviceBuffer<float>(accelerator, _hasRates ? neuronSteps : 0);
        _feedback = new DeviceBuffer<float>(accelerator);
        _feedback.Upload(feedback);
        _mean = [.. program.Hidden.Select((_, layer) => new DeviceBuffer<float>(accelerator, LearnedLength(layer)))];
        _square = [.. program.Hidden.Select((_, layer) => new DeviceBuffer<float>(accelerator, LearnedLength(layer)))];
        _gradient = [.. program.Hidden.Select((_, layer) => new DeviceBuffer<float>(accelerator, LearnedLength(layer)))];
    }

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
        PseudoDerivative = _pseudoDerivative.View,
        Rate = _rate.View,
        RateSignal = _rateSignal.View,
        Feedback = IsSymmetric ? weights : _feedback.View,
        IsActive = isActive ? 1 : 0,
        HasRates = _hasRates ? 1 : 0,
    };

    /// <summary>The feedback to one layer, shape [neuron, output].</summary>
    public ArrayView<float> FeedbackOf(int layer) => _feedback.View.SubView(_first[layer], LearnedLength(layer));

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
        _pseudoDerivative.Dispose();
        _rate.Dispose();
        _rateSignal.Dispose();
        _feedback.Dispose();
        Array.ForEach(_mean, buffer => buffer.Dispose());
        Array.ForEach(_square, buffer => buffer.Dispose());
        Array.ForEach(_gradient, buffer => buffer.Dispose());
    }

    private void ForEach(Action<DeviceBuffer<float>, float[], long> act)
    {
        for (int layer = 0; layer < _first.Length && IsAdaptive; layer++)
        {
            var values = new float[LearnedLength(layer)];
            act(_feedback, values, _first[layer]);
            act(_mean[layer], values, 0);
            act(_square[layer], values, 0);
        }
    }

    /// <summary>Number of feedback weights of a layer that learn.</summary>
    private int LearnedLength(int layer) => IsAdaptive ? _program.Hidden[layer].Units * _program.Output.Units : 0;

    private EPropPopulation Rule(HiddenProgram hidden, int layer) => new()
    {
        Membrane = hidden.Membrane,
        Equations = new EPropEquations(hidden.Spike.Threshold, _settings.Damping, hidden.Adaptation),
        Rate = new SpikeRateEquations(_program.TimeStep, _settings.RateTarget, _settings.RateStrength, _settings.RateTime),
        Feedback = _first[layer],
    };

    private EPropPopulation OutputRule() => new()
    {
        Membrane = _program.Output.Membrane,
        Equations = default,
        Rate = default,
        Feedback = 0,
    };
}
