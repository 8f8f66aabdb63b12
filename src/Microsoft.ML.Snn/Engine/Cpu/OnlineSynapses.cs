using System;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Eligibilities of some rows of one connection, updated at every step.</summary>
/// <remarks>
/// Per row the trace z̄ = dV/dw of its spikes; per synapse ε, and the eligibility e filtered as the output filters a spike:
/// ē, with the current of that filter beside it. A spike reaches the output one step after it was found, and so does e.
/// </remarks>
internal sealed unsafe class OnlineSynapses<TLane>(int rows, int widest) : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly NativeBuffer<float> _traces = new(2 * rows);
    private readonly NativeBuffer<float> _slow = new((long)rows * widest);
    private readonly NativeBuffer<float> _filtered = new((long)rows * widest);
    private readonly NativeBuffer<float> _current = new((long)rows * widest);
    private readonly NativeBuffer<float> _scratch = new(widest);
    private readonly float[] _constant = new float[rows];

    private int _first;
    private int _rows;
    private int _stride;
    private float* _gradient;
    private EPropEquations _equations;
    private MembraneEquations _membrane;
    private MembraneEquations _output;

    /// <summary>Room for one row.</summary>
    public float* Scratch => _scratch.Pointer;

    private float* Trace => _traces.Pointer;

    private float* TraceCurrent => _traces.Pointer + rows;

    /// <summary>Takes over rows of a connection and clears their gradient.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="stride">Distance between two rows.</param>
    /// <param name="gradient">Gradient of the first row.</param>
    /// <param name="target">The layer behind the connection, or null for the output.</param>
    /// <param name="output">Membrane of the output.</param>
    public void Own(int first, int count, int stride, float* gradient, EPropLayer? target, MembraneEquations output)
    {
        (_first, _rows, _stride, _output) = (first, count, stride, output);
        _gradient = gradient;
        _membrane = target?.Hidden.Membrane ?? output;
        _equations = target?.Equations ?? default;
        new Span<float>(gradient, count * stride).Clear();
    }

    /// <summary>Clears what the last example left.</summary>
    /// <param name="constant">Values that are presented as constant currents, or empty.</param>
    /// <param name="gain">What a constant current brings at every step.</param>
    public void Begin(EventList constant, float gain)
    {
        new Span<float>(_traces.Pointer, 2 * rows).Clear();
        foreach (NativeBuffer<float> state in (ReadOnlySpan<NativeBuffer<float>>)[_slow, _filtered, _current])
        {
            new Span<float>(state.Pointer, _rows * _stride).Clear();
        }

        Array.Clear(_constant);
        for (int k = 0; constant.End != null && k < constant.End[0]; k++)
        {
            int row = constant.Row[k] - _first;
            if (row >= 0 && row < _rows)
            {
                _constant[row] += gain * (constant.Value == null ? 1 : constant.Value[k]);
            }
        }
    }

    /// <summary>Moves the traces one step, with the spikes that arrive in it.</summary>
    public void Arrive(EventSpan arrivals)
    {
        for (int k = 0; k < arrivals.Count; k++)
        {
            int row = arrivals.Row[k] - _first;
            if (row >= 0 && row < _rows)
            {
                TraceCurrent[row] += arrivals.Value == null ? 1 : arrivals.Value[k];
            }
        }

        for (int row = 0; row < _rows; row++)
        {
            var v = new FloatLane(Trace[row]);
            var i = new FloatLane(TraceCurrent[row] + _constant[row]);
            _membrane.Step(ref v, ref i);
            (Trace[row], TraceCurrent[row]) = (v.Value, i.Value);
        }
    }

    /// <summary>Weights of the output: gradient += error·z̄.</summary>
    public void AddOutput(float* errors)
    {
        for (int row = 0; row < _rows; row++)
        {
            TLane trace = TLane.Splat(Trace[row]);
            float* gradient = _gradient + (nint)row * _stride;
            for (int j = 0; j < _stride; j += TLane.Width)
            {
                TLane.Store(TLane.Load(gradient + j) + TLane.Load(errors + j) * trace, gradient + j);
            }
        }
    }

    /// <summary>Weights of a hidden layer: gradient += signal·ē + rate signal·e. All of shape [neuron].</summary>
    public void AddHidden(float* pseudoDerivative, float* signal, float* rateSignal)
    {
        TLane zero = TLane.Splat(0);
        bool isAdaptive = _equations.IsAdaptive;
        for (int row = 0; row < _rows; row++)
        {
            TLane trace = TLane.Splat(Trace[row]);
            nint at = (nint)row * _stride;
            for (int j = 0; j < _stride; j += TLane.Width, at += TLane.Width)
            {
                TLane slow = isAdaptive ? TLane.Load(_slow.Pointer + at) : zero;
                TLane eligibility = _equations.Eligibility(TLane.Load(pseudoDerivative + j), trace, ref slow);
                if (isAdaptive)
                {
                    TLane.Store(slow, _slow.Pointer + at);
                }

                TLane filtered = TLane.Load(_filtered.Pointer + at);
                TLane current = TLane.Load(_current.Pointer + at);
                _output.Step(ref filtered, ref current);
                TLane.Store(filtered, _filtered.Pointer + at);
                TLane.Store(current + eligibility, _current.Pointer + at);
                TLane gradient = TLane.Load(_gradient + at) + TLane.Load(signal + j) * filtered;
                TLane.Store(rateSignal == null ? gradient : gradient + TLane.Load(rateSignal + j) * eligibility, _gradient + at);
            }
        }
    }

    /// <summary>Keeps states that only decay out of the denormal range.</summary>
    public void Flush()
    {
        int count = _rows * _stride;
        RowLoops<TLane>.Flush(_slow.Pointer, count);
        RowLoops<TLane>.Flush(_filtered.Pointer, count);
        RowLoops<TLane>.Flush(_current.Pointer, count);
        for (int n = 0; n < 2 * rows; n++)
        {
            Trace[n] = Denormal.Flush(new FloatLane(Trace[n])).Value;
        }
    }

    public void Dispose()
    {
        _traces.Dispose();
        _slow.Dispose();
        _filtered.Dispose();
        _current.Dispose();
        _scratch.Dispose();
    }
}
