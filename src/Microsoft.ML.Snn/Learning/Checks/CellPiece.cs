using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Learning.Checks;

/// <summary>A piece of a trial without events, and the event at its end.</summary>
/// <param name="Start">The state at its begin.</param>
/// <param name="Duration">Its length in milliseconds.</param>
/// <param name="End">The state at its end, before the event.</param>
/// <param name="Kind">The event.</param>
/// <param name="Index">Which point of the grid, input or spike it is.</param>
/// <param name="IsHeld">Whether the neuron was in its refractory period.</param>
internal readonly record struct CellPiece(
    CellState<DoubleLane> Start, double Duration, CellState<DoubleLane> End, CellEventKind Kind, int Index, bool IsHeld);
