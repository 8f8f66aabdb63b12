using System;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The spikes of one population in one trial: what the forward pass remembers for the backward pass. Grows by itself.</summary>
/// <remarks>Memory follows the number of spikes; nothing is kept per step, so that a longer silence costs nothing.</remarks>
internal sealed unsafe class GraphTape : IDisposable
{
    private readonly NativeBuffer<int> _time = new(0);
    private readonly NativeBuffer<int> _neuron = new(0);
    private readonly NativeBuffer<float> _slope = new(0);
    private readonly NativeBuffer<float> _releaseSlope = new(0);
    private readonly NativeBuffer<float> _jump = new(0);
    private readonly NativeBuffer<float> _error = new(0);
    private readonly NativeBuffer<float> _value = new(0);
    private bool _hasValues;
    private long _capacity;
    private int _index;

    public GraphTape(int units) => Reserve(2 * units);

    /// <summary>Number of spikes so far.</summary>
    public int Count { get; set; }

    /// <summary>Grid index of each spike, ascending: a spike found at the end of step n has index n + 1.</summary>
    public int* Time { get; private set; }

    /// <summary>Which neuron spiked.</summary>
    public int* Neuron { get; private set; }

    /// <summary>τm times the speed at which the potential crossed the threshold.</summary>
    public float* Slope { get; private set; }

    /// <summary>τm·dV/dt when the neuron was released; 0 where the trial ended before.</summary>
    public float* ReleaseSlope { get; private set; }

    /// <summary>Sum of the delta synapses that pushed the neuron over its threshold, or 0 where it crossed by itself.</summary>
    public float* Jump { get; private set; }

    /// <summary>∂L/∂t that the targets and the loss send back; 0 until then.</summary>
    public float* Error { get; private set; }

    /// <summary>Value of each event of an input, or null where all are 1, as spikes are.</summary>
    public float* Value => _hasValues ? _value.Pointer : null;

    /// <summary>What a nonlinear neuron keeps of every step; empty for the others.</summary>
    public NativeBuffer<float> States { get; } = new(0);

    /// <summary>First spike of a step: of the latest one forward, of that of <see cref="MoveBack"/> backward.</summary>
    public int First { get; private set; }

    /// <summary>End of the spikes of the step of <see cref="MoveBack"/>.</summary>
    public int End { get; private set; }

    public void Clear()
    {
        Count = First = 0;
        _hasValues = false;
    }

    /// <summary>Called before a step whose spikes are to be told from those before.</summary>
    public void BeginStep() => First = Count;

    /// <summary>Called before the first <see cref="MoveBack"/>.</summary>
    public void BeginBackward() => (First, End, _index) = (Count, Count, int.MaxValue);

    /// <summary>Goes back to the spikes of an index. Everybody who asks for the same one shares the search.</summary>
    public void MoveBack(int index)
    {
        if (index == _index)
        {
            return;
        }

        _index = index;
        int at = First;
        while (at > 0 && Time[at - 1] > index)
        {
            at--;
        }

        End = at;
        while (at > 0 && Time[at - 1] == index)
        {
            at--;
        }

        First = at;
    }

    /// <summary>Adds an event of an input.</summary>
    public void Add(int time, int channel, float value)
    {
        Reserve(1);
        _value.Grow(_capacity);
        (Time[Count], Neuron[Count], _value.Pointer[Count]) = (time, channel, value);
        _hasValues |= value != 1;
        Count++;
    }

    /// <summary>Forgets the first events of a stream; of the others time, neuron and value stay.</summary>
    public void Forget(int count)
    {
        int left = Count - count;
        new Span<int>(Time + count, left).CopyTo(new Span<int>(Time, left));
        new Span<int>(Neuron + count, left).CopyTo(new Span<int>(Neuron, left));
        if (_hasValues)
        {
            new Span<float>(_value.Pointer + count, left).CopyTo(new Span<float>(_value.Pointer, left));
        }

        (Count, First) = (left, Math.Max(0, First - count));
    }

    /// <summary>Stands where it stood at the end of the step before this one, all of whose spikes are there.</summary>
    public void Resume(int step)
    {
        First = Count;
        while (First > 0 && Time[First - 1] == step)
        {
            First--;
        }
    }

    /// <summary>Counts times from so many steps later.</summary>
    public void MoveOrigin(int steps)
    {
        for (int k = 0; k < Count; k++)
        {
            Time[k] -= steps;
        }
    }

    /// <summary>Makes room for some more spikes; the pointers may move.</summary>
    public void Reserve(int more)
    {
        long needed = (long)Count + more;
        if (needed <= _capacity)
        {
            return;
        }

        _capacity = Math.Max(needed, 2 * _capacity);
        _time.Grow(_capacity);
        _neuron.Grow(_capacity);
        _slope.Grow(_capacity);
        _releaseSlope.Grow(_capacity);
        _jump.Grow(_capacity);
        _error.Grow(_capacity);
        Time = _time.Pointer;
        Neuron = _neuron.Pointer;
        Slope = _slope.Pointer;
        ReleaseSlope = _releaseSlope.Pointer;
        Jump = _jump.Pointer;
        Error = _error.Pointer;
    }

    public void Dispose()
    {
        States.Dispose();
        _time.Dispose();
        _neuron.Dispose();
        _slope.Dispose();
        _releaseSlope.Dispose();
        _jump.Dispose();
        _error.Dispose();
        _value.Dispose();
    }
}
