using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning.Recording;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Records the weights of connections.</summary>
/// <param name="connection">Name of a connection, as "input to hidden 1" or "hidden 1 recurrent". The default of null is all.</param>
public sealed class WeightRecorder(string? connection = null) : SnnRecorder
{
    private readonly List<RecordedWeights> _recordings = [];
    private long _values;

    /// <summary>Gets what was recorded, moment by moment and connection by connection.</summary>
    public IReadOnlyList<RecordedWeights> Recordings => _recordings;

    /// <inheritdoc/>
    public override void Clear()
    {
        _recordings.Clear();
        _values = 0;
    }

    internal override (long First, long End) ExampleRange => (0, 0);

    internal override void Begin(NetworkProgram program, NetworkWeights weights, TrialRunner runner, RecordingMoment moment)
    {
        ConnectionProgram[] wanted =
            [.. program.Connections.Where(c => connection == null || string.Equals(c.Name, connection, StringComparison.OrdinalIgnoreCase))];
        if (wanted.Length == 0)
        {
            throw new ArgumentException(
                $"A recorder of weights must name a connection of the network, {string.Join(", ", program.Connections.Select(c => $"'{c.Name}'"))}, but names '{connection}'.",
                nameof(program));
        }

        foreach (ConnectionProgram c in wanted)
        {
            var recording = new RecordedWeights(SnnConnectionWeights.Of(c, weights[c.Index])) { Epoch = moment.Epoch, Update = moment.Update };
            _values += recording.Weights.Values.Length;
            RecordingSession.CheckMemory(_values, MaximumValues, "weights");
            _recordings.Add(recording);
        }
    }

    internal override void Take(in RecordedTrial trial)
    {
    }
}
