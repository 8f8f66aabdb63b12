using System.Collections.Generic;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning.Recording;

/// <summary>A trial that has just been run.</summary>
/// <param name="Runner">Knows its spikes.</param>
/// <param name="Trains">The input, with this trial at <paramref name="Index"/>.</param>
/// <param name="Index">Place of the trial in <paramref name="Trains"/>.</param>
/// <param name="Example">Number of the row that it is of.</param>
/// <param name="Tracks">The states that were asked for, of all recorders in order.</param>
/// <param name="FirstTrack">The first of those of the recorder that is told.</param>
internal readonly record struct RecordedTrial(
    TrialRunner Runner, SpikeTrains Trains, int Index, long Example, IReadOnlyList<StateTrack> Tracks, int FirstTrack);
