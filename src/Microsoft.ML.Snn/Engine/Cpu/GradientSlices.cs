using System;
using System.Threading;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The gradients of the slices of a batch, summed in the order of the slices.</summary>
/// <remarks>
/// <para>Whoever begins a slice first adds up what is finished, as far as the order allows, and takes over memory that
/// has become free and is still in the cache. So the gradients in use are about as many as threads, not as slices; the
/// sum has the same bits however many there were.</para>
/// <para>Parts that no spike has reached are neither read nor written.</para>
/// </remarks>
internal sealed unsafe class GradientSlices<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly GraphParameters _parameters;
    private readonly NativeBuffer<float> _values;
    private readonly NativeBuffer<byte> _touched;
    private readonly int[] _bufferOf;
    private readonly bool[] _isFinished;
    private readonly int[] _free;
    private readonly object _gate = new();
    private readonly object _sum = new();
    private int _freeCount;
    private int _unused;
    private int _summed;
    private int _count;

    public GradientSlices(GraphParameters parameters, int slices)
    {
        _parameters = parameters;
        _values = new NativeBuffer<float>(slices * parameters.Length);
        _touched = new NativeBuffer<byte>((long)slices * parameters.Parts);
        (_bufferOf, _isFinished, _free) = (new int[slices], new bool[slices], new int[slices]);
    }

    /// <summary>The sum, once <see cref="AddRest"/> has been called for every part.</summary>
    public GradientSlice Total => Buffer(_bufferOf[0]);

    /// <summary>Prepares a batch of some slices.</summary>
    public void BeginBatch(int count)
    {
        (_count, _summed, _unused, _freeCount) = (count, 0, 0, 0);
        Array.Clear(_isFinished);
    }

    /// <summary>Gives an empty gradient to a slice.</summary>
    public GradientSlice Begin(int slice)
    {
        SumFinished();
        lock (_gate)
        {
            _bufferOf[slice] = _freeCount > 0 ? _free[--_freeCount] : _unused++;
        }

        return Buffer(_bufferOf[slice]);
    }

    /// <summary>Says that nothing more is added to a slice.</summary>
    public void End(int slice) => Volatile.Write(ref _isFinished[slice], true);

    /// <summary>Adds what has not been added yet to some neighbouring parts of one parameter in <see cref="Total"/>, and empties it.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="part">First part, counted within the parameter.</param>
    /// <param name="parts">Number of parts.</param>
    /// <returns>Whether any of them was reached by any slice.</returns>
    public bool AddRest(int parameter, int part, int parts)
    {
        GradientSlice total = Total;
        for (int slice = Math.Max(1, _summed); slice < _count; slice++)
        {
            AddParts(Buffer(_bufferOf[slice]), total, parameter, part, parts);
        }

        return new ReadOnlySpan<byte>(total.Touched + _parameters.PartOf(parameter) + part, parts).Contains((byte)1);
    }

    /// <summary>Empties neighbouring parts of <see cref="Total"/>.</summary>
    public void Clear(int parameter, int part, int parts)
    {
        GradientSlice total = Total;
        new Span<float>(total.Values + _parameters.FirstOf(parameter, part), _parameters.LengthOf(parameter, part, parts)).Clear();
        new Span<byte>(total.Touched + _parameters.PartOf(parameter) + part, parts).Clear();
    }

    public void Dispose()
    {
        _values.Dispose();
        _touched.Dispose();
    }

    private GradientSlice Buffer(int buffer) =>
        new(_values.Pointer + buffer * _parameters.Length, _touched.Pointer + (long)buffer * _parameters.Parts);

    private void SumFinished()
    {
        // Whoever finds another at it goes on: memory of its own is the better choice.
        if (!Monitor.TryEnter(_sum))
        {
            return;
        }

        try
        {
            for (; _summed < _count && Volatile.Read(ref _isFinished[_summed]); _summed++)
            {
                if (_summed > 0)
                {
                    GradientSlice slice = Buffer(_bufferOf[_summed]);
                    for (int parameter = 0; parameter < _parameters.Count; parameter++)
                    {
                        AddParts(slice, Total, parameter, 0, _parameters.PartCount(parameter));
                    }

                    lock (_gate)
                    {
                        _free[_freeCount++] = _bufferOf[_summed];
                    }
                }
            }
        }
        finally
        {
            Monitor.Exit(_sum);
        }
    }

    private void AddParts(GradientSlice slice, GradientSlice total, int parameter, int part, int parts)
    {
        int first = _parameters.PartOf(parameter);
        for (int n = part; n < part + parts; n++)
        {
            if (slice.Touched[first + n] != 0)
            {
                long at = _parameters.FirstOf(parameter, n);
                int length = _parameters.LengthOf(parameter, n, 1);
                SegmentLoops<TLane>.AddScaled(slice.Values + at, 1, total.Values + at, length);
                new Span<float>(slice.Values + at, length).Clear();
                (slice.Touched[first + n], total.Touched[first + n]) = (0, 1);
            }
        }
    }
}
