using System;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Gives the scores of the row that a cursor is at.</summary>
internal delegate ReadOnlySpan<float> CurrentScores();
