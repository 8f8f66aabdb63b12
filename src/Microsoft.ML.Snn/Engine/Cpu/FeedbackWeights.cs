using System;
using System.IO;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The weights by which e-prop sends the errors of the outputs to each hidden layer.</summary>
/// <remarks>
/// Adaptive feedback gets the very change that output weights of its layer would get, and both forget the same share at
/// every update, so that they become alike: Kolen and Pollack, ICNN (1994); Bellec, Scherr et al., Nat. Commun. 11:3625
/// (2020), "adaptive e-prop".
/// </remarks>
internal sealed unsafe class FeedbackWeights<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly EPropSettings _settings;
    private readonly CpuWeights _weights;
    private readonly OutputProgram _output;
    private readonly int _outputStride;
    private readonly EPropLayer[] _layers;
    private readonly NativeBuffer<float>[] _broadcast;
    private readonly NativeBuffer<float>[] _own;
    private readonly ConnectionLearning[] _learning;
    private readonly NativeBuffer<float>[] _gradient;

    public FeedbackWeights(NetworkProgram program, CpuWeights weights, EPropLayer[] layers, EPropSettings settings)
    {
        (_settings, _weights, _layers, _output) = (settings, weights, layers, program.Output);
        settings.CheckFeedback(layers.Length);
        _outputStride = weights.Stride(_output.Input);
        _broadcast = Array.ConvertAll(layers, layer => new NativeBuffer<float>((long)_output.Units * layer.Stride));
        _own = Array.ConvertAll(layers, layer => new NativeBuffer<float>(
            settings.Feedback == EPropFeedback.Symmetric ? 0 : (long)layer.Hidden.Units * _outputStride));
        _gradient = Array.ConvertAll(layers, layer => new NativeBuffer<float>(
            IsAdaptive ? (long)layer.Hidden.Units * _outputStride : 0));
        _learning = IsAdaptive ? Array.ConvertAll(layers, CreateLearning) : [];
        Draw();
    }

    public bool IsAdaptive => _settings.Feedback == EPropFeedback.Adaptive;

    /// <summary>What adaptive feedback learns from, for each layer; empty if it does not learn.</summary>
    public ConnectionLearning[] Learning => _learning;

    /// <summary>Weights to a layer, shape [output, neuron].</summary>
    public float* this[int layer] => _broadcast[layer].Pointer;

    /// <summary>The gradient of the weights to a layer as if they led to the output, shape [neuron, output].</summary>
    public float* Gradient(int layer) => _gradient[layer].Pointer;

    /// <summary>Brings the weights into the form of the backward pass. Before every batch.</summary>
    public void Refresh()
    {
        foreach (EPropLayer layer in _layers)
        {
            float* source = _settings.Feedback == EPropFeedback.Symmetric ? _weights[_output.Input] : _own[layer.Index].Pointer;
            CpuWeights.Transpose(source, _outputStride, layer.Hidden.Units, _output.Units, _broadcast[layer.Index].Pointer, layer.Stride);
        }
    }

    /// <summary>Learns and forgets, if it is adaptive; the output weights forget too. After the update of the other weights.</summary>
    public void Update(in UpdateEquations update, float clip)
    {
        if (!IsAdaptive)
        {
            return;
        }

        foreach (EPropLayer layer in _layers)
        {
            ConnectionLearning learning = _learning[layer.Index];
            int count = layer.Hidden.Units * _outputStride;
            RowUpdate<TLane>.Apply(
                update, clip, _own[layer.Index].Pointer, _gradient[layer.Index].Pointer,
                learning.Mean.Pointer, learning.Square.Pointer, count);
            Forget(_own[layer.Index].Pointer, count);
        }

        Forget(_weights[_output.Input], _output.Input.Rows * _outputStride);
    }

    /// <summary>Gathers the gradient of all rows of a layer's feedback from sorted spikes.</summary>
    public void Gather(int layer)
    {
        ConnectionLearning learning = _learning[layer];
        for (int row = 0; row < learning.Connection.Rows; row++)
        {
            RowUpdate<TLane>.Gather(
                learning.Index, row, learning.Trace, learning.Stride, learning.Scale, Gradient(layer) + (nint)row * learning.Stride);
        }
    }

    public void SaveState(BinaryWriter writer) => ForEachRow(values => StateStream.Write<float>(writer, values));

    public void LoadState(BinaryReader reader) => ForEachRow(values => StateStream.Read(reader, values));

    public void Dispose()
    {
        Array.ForEach(_broadcast, buffer => buffer.Dispose());
        Array.ForEach(_own, buffer => buffer.Dispose());
        Array.ForEach(_gradient, buffer => buffer.Dispose());
        Array.ForEach(_learning, learning => learning.Dispose());
    }

    private delegate void RowAction(Span<float> values);

    /// <summary>Weights and moments of what learns, without their padding.</summary>
    private void ForEachRow(RowAction act)
    {
        foreach (ConnectionLearning learning in _learning)
        {
            foreach (NativeBuffer<float> values in (ReadOnlySpan<NativeBuffer<float>>)[_own[learning.Connection.Index], learning.Mean, learning.Square])
            {
                for (int row = 0; row < learning.Connection.Rows; row++)
                {
                    act(new Span<float>(values.Pointer + (nint)row * _outputStride, _output.Units));
                }
            }
        }
    }

    private ConnectionLearning CreateLearning(EPropLayer layer) => new(
        new ConnectionProgram(layer.Index, "feedback", layer.Hidden.Units, _output.Units, Weights.Normal(0, 1)), _outputStride);

    private void Draw()
    {
        foreach (EPropLayer layer in _layers)
        {
            float[] drawn = _own[layer.Index].Length == 0 ? [] : _settings.DrawFeedback(layer.Index, layer.Hidden.Units, _output.Units);
            for (int n = 0; n < drawn.Length; n++)
            {
                _own[layer.Index].Pointer[(nint)(n / _output.Units) * _outputStride + n % _output.Units] = drawn[n];
            }
        }
    }

    private void Forget(float* weights, int count)
    {
        TLane kept = TLane.Splat((float)(1 - _settings.FeedbackDecay));
        for (int j = 0; j < count; j += TLane.Width)
        {
            TLane.Store(kept * TLane.Load(weights + j), weights + j);
        }
    }
}
