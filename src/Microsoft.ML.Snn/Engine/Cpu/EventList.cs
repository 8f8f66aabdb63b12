namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What arrives at a layer in one trial: rows of its weight matrix, step by step.</summary>
/// <param name="row">Presynaptic neuron or channel of each event.</param>
/// <param name="value">Value of each event, or null where all are 1.</param>
/// <param name="end">Number of events up to and with each step. Shape [step].</param>
internal readonly unsafe struct EventList(int* row, float* value, int* end)
{
    public readonly int* Row = row;
    public readonly float* Value = value;
    public readonly int* End = end;

    /// <summary>Index of the first event of a step.</summary>
    public int First(int step) => step == 0 ? 0 : End[step - 1];

    /// <summary>The events of a step; none where the list is empty.</summary>
    public EventSpan Of(int step)
    {
        if (End == null)
        {
            return default;
        }

        int first = First(step);
        return new EventSpan(Row + first, Value == null ? null : Value + first, End[step] - first);
    }

    /// <summary>Asks for the list. Examples are drawn at random, so that no cache has the next one.</summary>
    /// <param name="count">Number of events.</param>
    /// <param name="steps">Number of steps.</param>
    public void Prefetch(int count, int steps)
    {
        CacheLines.Prefetch(End, steps * sizeof(int));
        CacheLines.Prefetch(Row, count * sizeof(int));
        CacheLines.Prefetch(Value, Value == null ? 0 : count * sizeof(float));
    }
}
