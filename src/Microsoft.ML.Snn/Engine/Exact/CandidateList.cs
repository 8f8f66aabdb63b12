using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;

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

    /// <summary>What the rest of the stretch leaves of the membrane, exp(-s/τm).</summary>
    public readonly double* Rest;

    /// <summary>Where single precision sees each crossing, as what is left of the membrane there.</summary>
    public readonly float* Guess;

    /// <summary>What is left of the membrane at each crossing.</summary>
    public readonly double* Leaves;

    private readonly NativeBuffer<int> _whole;
    private readonly NativeBuffer<float> _single;
    private readonly NativeBuffer<double> _double;

    /// <summary>Makes a list with room for every neuron of a layer.</summary>
    public CandidateList(int neurons)
    {
        // Whole lanes are written behind the last neuron, and the last group of eight may be a partial one.
        int length = neurons + Vector512<float>.Count;
        _whole = new NativeBuffer<int>(2L * length);
        _single = new NativeBuffer<float>(3L * length);
        _double = new NativeBuffer<double>(3L * length);
        Neuron = _whole.Pointer;
        Last = Neuron + length;
        V = _single.Pointer;
        I = V + length;
        Guess = I + length;
        Time = _double.Pointer;
        Rest = Time + length;
        Leaves = Rest + length;
    }

    public int Count { get; set; }

    /// <summary>Writes those neurons of a lane whose bits are set behind the first <paramref name="count"/>, and returns how many there are now.</summary>
    /// <remarks>For a loop that keeps the count in a register; <see cref="Begin"/> takes it over and completes the neurons.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Put<TLane>(int count, uint lanes, int first, TLane v, TLane i)
        where TLane : struct, ISimdLane<TLane>
    {
        TLane.PackIndices(lanes, first, Neuron + count);
        TLane.Pack(v, lanes, V + count);
        TLane.Pack(i, lanes, I + count);
        return count + BitOperations.PopCount(lanes);
    }

    /// <summary>Gives all neurons the start of a stretch and what is left of the membrane at its end.</summary>
    public void Begin(int count, double start, double rest)
    {
        Count = count;
        new Span<int>(Last, Count).Fill(-1);
        new Span<double>(Time, Count).Fill(start);
        new Span<double>(Rest, Count).Fill(rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int neuron, float v, float i, double time, double rest, int last)
    {
        int n = Count++;
        Neuron[n] = neuron;
        Last[n] = last;
        V[n] = v;
        I[n] = i;
        Time[n] = time;
        Rest[n] = rest;
    }

    /// <summary>Copies a neuron to the end of a list of those that are sure to spike.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(CandidateList sure, int n) => sure.Add(Neuron[n], V[n], I[n], Time[n], Rest[n], Last[n]);

    /// <summary>Fills the last group of eight with a neuron that the others have no part in.</summary>
    public void Pad()
    {
        for (int n = Count, from = Count - 1; n % Vector256<float>.Count != 0; n++)
        {
            (Neuron[n], Last[n]) = (Neuron[from], -1);
            (V[n], I[n]) = (V[from], I[from]);
            (Time[n], Rest[n]) = (Time[from], Rest[from]);
        }
    }

    public void Dispose()
    {
        _whole.Dispose();
        _single.Dispose();
        _double.Dispose();
    }
}
