namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What arrives in one step: rows of a weight matrix.</summary>
/// <param name="row">Presynaptic neuron or channel of each event.</param>
/// <param name="value">Value of each event, or null where all are 1.</param>
/// <param name="count">Number of events.</param>
internal readonly unsafe struct EventSpan(int* row, float* value, int count)
{
    public readonly int* Row = row;
    public readonly float* Value = value;
    public readonly int Count = count;
}
