using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Neurons that may spike before the stretch ends, each with the state and the time from which on it is followed.</summary>
internal sealed unsafe class CandidateList : IDisposable
{
    /// <summary>Index of each neuron in its layer.</summary>
    public readonly int* Neuron;

    /// <summary>Which record is the neuron's spike before, in the same stretch; -1 where it has none.</summary>
    public readonly int* Last;

    /// <summary>Potential.</summary>
    public readonly float* V;

    /// <summary>Current.</summary>
    public readonly float* I;

    /// <summary>Milliseconds since the start of the trial.</summary>
    public readonly double* Time;

    /// <summary>Milliseconds to the end of the stretch.</summary>
    public readonly double* Left;

    /// <summary>Milliseconds until V is known to be at its threshold or above; of neurons that are sure to spike.</summary>
    public readonly double* High;

    /// <summary>V at that time.</summary>
    public readonly double* AtHigh;

    /// <summary>The search for the crossings of each four.</summary>
    public readonly CrossingSearch* Search;

    private readonly NativeBuffer<int> _whole;
    private readonly NativeBuffer<float> _single;
    private readonly NativeBuffer<double> _double;
    private readonly NativeBuffer<CrossingSearch> _search;

    /// <summary>Makes a list with room for every neuron of a layer.</summary>
    public CandidateList(int neurons)
    {
        // The last group of four may be a partial one.
        int length = neurons + Vector256<double>.Count;
        _whole = new NativeBuffer<int>(2L * length);
        _single = new NativeBuffer<float>(2L * length);
        _double = new NativeBuffer<double>(4L * length);
        _search = new NativeBuffer<CrossingSearch>(length / Vector256<double>.Count + 1);
        Neuron = _whole.Pointer;
        Last = Neuron + length;
        V = _single.Pointer;
        I = V + length;
        Time = _double.Pointer;
        Left = Time + length;
        High = Left + length;
        AtHigh = High + length;
        Search = _search.Pointer;
    }

    public int Count { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int neuron, float v, float i, double time, double left, double atHigh, int last)
    {
        int n = Count++;
        Neuron[n] = neuron;
        Last[n] = last;
        V[n] = v;
        I[n] = i;
        Time[n] = time;
        Left[n] = left;
        High[n] = left;
        AtHigh[n] = atHigh;
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
        for (int n = Count, from = Count - 1; n % Vector256<double>.Count != 0; n++)
        {
            (Neuron[n], Last[n]) = (Neuron[from], -1);
            (V[n], I[n]) = (V[from], I[from]);
            (Time[n], Left[n]) = (Time[from], Left[from]);
            (High[n], AtHigh[n]) = (High[from], AtHigh[from]);
        }
    }

    public void Dispose()
    {
        _whole.Dispose();
        _single.Dispose();
        _double.Dispose();
        _search.Dispose();
    }
}
