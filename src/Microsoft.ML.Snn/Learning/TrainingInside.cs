using System.Collections.Generic;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning.Recording;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>The network of a training and its examples, for callbacks that look at them.</summary>
internal sealed class TrainingInside(NetworkProgram program, NetworkEngine engine, SpikeTrains trains)
{
    public NetworkProgram Program { get; } = program;

    /// <summary>A copy of the weights now, and the program with the synapses that there are now.</summary>
    public NetworkWeights GetWeights(out NetworkProgram now)
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(Program);
        engine.GetWeights(weights);
        now = Program.WithTablesOf(weights);
        return weights;
    }

    /// <summary>The program with the synapses that there are now.</summary>
    public NetworkProgram ProgramNow()
    {
        GetWeights(out NetworkProgram now);
        return now;
    }

    public void Record(IReadOnlyList<SnnRecorder> recorders, RecordingMoment moment)
    {
        NetworkWeights weights = GetWeights(out NetworkProgram now);
        using var session = new RecordingSession(now, weights, ScorerFactory.For(now, weights).CreateRunner(), recorders, moment);
        for (int example = 0; example < trains.Count && example < session.EndExample; example++)
        {
            session.Record(trains, example, example);
        }

        session.CheckExamples(trains.Count);
    }
}
