using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Neurons that may spike before the stretch ends, each with the state and the time from which on it is followed.</summary>
internal sealed unsafe class CandidateList : IDisposable
{
    private readonly NativeBuffer<int> _neuron;
    private readonly NativeBuffer<int> _last;
    private readonly NativeBuffer<float> _v;
    private readonly NativeBuffer<float> _i;
    private readonly NativeBuffer<double> _time;
    private readonly NativeBuffer<double> _left;
    private readonly NativeBuffer<double> _high;
    private readonly NativeBuffer<double> _atHigh;
    private readonly NativeBuffer<CrossingSearch> _search;

    public CandidateList(int neurons)
    {
        // The last group of four may be a partial one.
        int length = neurons + Vector256<double>.Count;
        (_neuron, _last) = (new(length), new(length));
        (_v, _i) = (new(length), new(length));
        _search = new(length / Vector256<double>.Count);
        (_time, _left, _high, _atHigh) = (new(length), new(length), new(length), new(length));
    }

    public int Count { get; set; }

    public int* Neuron => _neuron.Pointer;

    /// <summary>Which record is the neuron's spike before, in the same stretch; -1 where it has none.</summary>
    public int* Last => _last.Pointer;

    public float* V => _v.Pointer;

    public float* I => _i.Pointer;

    /// <summary>Milliseconds since the start of the trial.</summary>
    public double* Time => _time.Pointer;

    /// <summary>Milliseconds to the end of the stretch.</summary>
    public double* Left => _left.Pointer;

    /// <summary>Milliseconds until V is known to be at its threshold or above; of neurons that are sure to spike.</summary>
    public double* High => _high.Pointer;

    /// <summary>V at that time.</summary>
    public double* AtHigh => _atHigh.Pointer;

    /// <summary>The search for the crossings of each four.</summary>
    public CrossingSearch* Search => _search.Pointer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int neuron, float v, float i, double time, double left, double atHigh, int last)
    {
        int n = Count++;
        _neuron.Pointer[n] = neuron;
        _last.Pointer[n] = last;
        _v.Pointer[n] = v;
        _i.Pointer[n] = i;
        _time.Pointer[n] = time;
        _left.Pointer[n] = left;
        _high.Pointer[n] = left;
        _atHigh.Pointer[n] = atHigh;
    }

    /// <summary>Moves a neuron to a list of those that are sure to spike.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MoveTo(CandidateList sure, int n)
    {
        sure.Add(Neuron[n], V[n], I[n], Time[n], Left[n], AtHigh[n], Last[n]);
        sure.High[sure.Count - 1] = High[n];
    }

    /// <summary>Fills the last group of four with a neuron that the others have no part in.</summary>
    public void Pad()
    {
        for (int n = Count; n % Vector256<double>.Count != 0; n++)
        {
            (_neuron.Pointer[n], _last.Pointer[n]) = (_neuron.Pointer[Count - 1], -1);
            (_v.Pointer[n], _i.Pointer[n]) = (_v.Pointer[Count - 1], _i.Pointer[Count - 1]);
            (_time.Pointer[n], _left.Pointer[n]) = (_time.Pointer[Count - 1], _left.Pointer[Count - 1]);
            (_high.Pointer[n], _atHigh.Pointer[n]) = (_high.Pointer[Count - 1], _atHigh.Pointer[Count - 1]);
        }
    }

    public void Dispose()
    {
        _neuron.Dispose();
        _last.Dispose();
        _v.Dispose();
        _i.Dispose();
        _time.Dispose();
        _left.Dispose();
        _high.Dispose();
        _atHigh.Dispose();
        _search.Dispose();
    }
}
