using System;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The events of a batch sorted by weight row: for each row, when and in which example it was used.</summary>
/// <remarks>
/// With it the gradient of a row is gathered, not scattered: one thread owns the row and sums over its events in the
/// order of example and time. The sum does not depend on the number of threads, no thread needs a gradient of its
/// own, and each row is read and written once per batch.
/// </remarks>
internal sealed unsafe class EventIndex(int rows) : IDisposable
{
    // One place more than there are starts: while events are filled in, each start is a place ahead of where it belongs.
    private readonly NativeBuffer<int> _start = new(rows + 2);
    private readonly NativeBuffer<int> _trace = new(1024);
    private readonly NativeBuffer<float> _value = new(1024);
    private bool _hasValues;

    /// <summary>First of each row's events; row r ends where r + 1 begins. Shape [row + 1].</summary>
    public int* RowStart => _start.Pointer;

    /// <summary>Row of the λI trace, [example, step], that belongs to each event.</summary>
    public int* Trace => _trace.Pointer;

    /// <summary>Value of each event, or null where all are 1.</summary>
    public float* Value => _hasValues ? _value.Pointer : null;

    /// <summary>Sorts the events of a batch.</summary>
    /// <param name="batch">Events of each example of the batch, in order.</param>
    /// <param name="segments">Number of steps, or 1 for a constant current: rows of the trace per example.</param>
    public void Build(ReadOnlySpan<EventList> batch, int segments)
    {
        Count(batch, segments);
        Fill(batch, segments);
    }

    public void Dispose()
    {
        _start.Dispose();
        _trace.Dispose();
        _value.Dispose();
    }

    private void Count(ReadOnlySpan<EventList> batch, int segments)
    {
        int* start = RowStart;
        new Span<int>(start, rows + 2).Clear();
        int total = 0;
        _hasValues = batch[0].Value != null;
        foreach (EventList events in batch)
        {
            int count = events.End[segments - 1];
            total += count;
            int* rowOf = events.Row;
            for (int k = 0; k < count; k++)
            {
                start[rowOf[k] + 2]++;
            }
        }

        _trace.Grow(total);
        _value.Grow(_hasValues ? total : 0);
        for (int row = 1; row < rows; row++)
        {
            start[row + 1] += start[row];
        }
    }

    private void Fill(ReadOnlySpan<EventList> batch, int segments)
    {
        int* next = RowStart + 1;
        int* trace = Trace;
        float* value = Value;
        for (int example = 0; example < batch.Length; example++)
        {
            EventList events = batch[example];
            int* row = events.Row;
            int k = 0;
            for (int segment = 0; segment < segments; segment++)
            {
                int traceRow = example * segments + segment;
                int end = events.End[segment];
                if (value == null)
                {
                    for (; k < end; k++)
                    {
                        trace[next[row[k]]++] = traceRow;
                    }
                }
                else
                {
                    for (; k < end; k++)
                    {
                        int at = next[row[k]]++;
                        trace[at] = traceRow;
                        value[at] = events.Value[k];
                    }
                }
            }
        }
    }
}
