namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Walks through the events that arrive at a connection, step by step, forward or backward.</summary>
internal unsafe struct ArrivalCursor
{
    private readonly int _delay;
    private readonly int _firstChannel;
    private readonly int _channels;
    private GraphTape? _tape;
    private EventList _events;
    private int _cursor;

    /// <summary>Prepares a cursor.</summary>
    /// <param name="delay">Steps by which every event arrives later.</param>
    /// <param name="firstChannel">First channel of the input that arrives.</param>
    /// <param name="channels">Number of its channels, or 0 where all arrive.</param>
    public ArrivalCursor(int delay, int firstChannel, int channels) =>
        (_delay, _firstChannel, _channels) = (delay, firstChannel, channels);

    /// <summary>First event of the step.</summary>
    public int First { get; private set; }

    /// <summary>End of the events of the step.</summary>
    public int End { get; private set; }

    public readonly bool IsEmpty => First == End;

    /// <summary>Presynaptic neuron or channel of each event. Moves when the tape grows.</summary>
    public readonly int* Row => _tape == null ? _events.Row : _tape.Neuron;

    /// <summary>Value of each event, or null where all are 1.</summary>
    public readonly float* Value => _tape == null ? _events.Value : _tape.Value;

    /// <summary>Where a spike takes what its targets send back; null for an input.</summary>
    public readonly float* Error => _tape == null ? null : _tape.Error;

    public void Begin(GraphTape tape, bool backward)
    {
        _tape = tape;
        _cursor = backward ? tape.Count : 0;
    }

    public void Begin(EventList events) => (_tape, _events) = (null, events);

    /// <summary>Stands where it stood when every step before this one had been delivered.</summary>
    public void Resume(int step)
    {
        _cursor = 0;
        if (_tape != null)
        {
            MoveForward(step - 1);
        }
    }

    /// <summary>Follows its tape, which has forgotten its first events.</summary>
    public void Forget(GraphTape tape, int count) => _cursor -= tape == _tape ? count : 0;

    public void MoveForward(int step)
    {
        if (_tape == null)
        {
            Find(step - _delay);
            return;
        }

        if (_delay == 0)
        {
            (First, End) = (_tape.First, _tape.Count);
            return;
        }

        First = _cursor;
        while (_cursor < _tape.Count && _tape.Time[_cursor] <= step - _delay)
        {
            _cursor++;
        }

        End = _cursor;
    }

    public void MoveBackward(int step)
    {
        if (_tape == null)
        {
            Find(step - _delay);
            return;
        }

        if (_delay == 0)
        {
            _tape.MoveBack(step);
            (First, End) = (_tape.First, _tape.End);
            return;
        }

        // What would arrive beyond the trial arrives nowhere.
        while (_cursor > 0 && _tape.Time[_cursor - 1] > step - _delay)
        {
            _cursor--;
        }

        End = _cursor;
        while (_cursor > 0 && _tape.Time[_cursor - 1] == step - _delay)
        {
            _cursor--;
        }

        First = _cursor;
    }

    /// <summary>Marks the row of every event of the trial, in whatever step it arrives.</summary>
    public readonly void Touch(byte* touched, int rows, int segments)
    {
        int end = _tape == null ? _events.End[segments - 1] : _tape.Count;
        int* row = Row;
        for (int k = 0; k < end; k++)
        {
            int own = row[k] - _firstChannel;
            if ((uint)own < (uint)rows)
            {
                touched[own] = 1;
            }
        }
    }

    private void Find(int step)
    {
        (First, End) = step < 0 ? (0, 0) : (_events.First(step), _events.End[step]);
        if (_channels == 0)
        {
            return;
        }

        while (First < End && _events.Row[First] < _firstChannel)
        {
            First++;
        }

        while (First < End && _events.Row[End - 1] >= _firstChannel + _channels)
        {
            End--;
        }
    }
}
