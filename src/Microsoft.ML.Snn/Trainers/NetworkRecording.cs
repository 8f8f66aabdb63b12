using System.Collections.Generic;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning.Recording;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Runs rows through a trained network for those who want to look inside.</summary>
internal static class NetworkRecording
{
    /// <summary>Reads as many rows as the recorders want.</summary>
    public static void Record(IHost host, NetworkScoring network, IDataView data, string featureColumn, IReadOnlyList<SnnRecorder> recorders)
    {
        host.CheckValue(recorders, nameof(recorders));
        host.CheckUserArg(recorders.Count > 0, nameof(recorders), "There must be at least one recorder, but there is none. Pass a SpikeRecorder, for example.");
        foreach (SnnRecorder recorder in recorders)
        {
            host.CheckValue(recorder, nameof(recorders));
            recorder.Clear();
        }

        using var session = new RecordingSession(
            network.Model.Program, network.Model.Weights, network.CreateRunner(), recorders, default);
        long rows = 0;
        if (session.EndExample > 0)
        {
            foreach (SpikeTrains trains in Rows(host, network, data, featureColumn))
            {
                session.Record(trains, 0, rows++);
                if (rows >= session.EndExample)
                {
                    break;
                }
            }
        }

        session.CheckExamples(rows);
    }

    public static IReadOnlyList<OperationCounts> CountOperations(IHost host, NetworkScoring network, IDataView data, string featureColumn)
    {
        NetworkProgram program = network.Model.Program;
        var counter = new OperationCounter(program);
        var counts = new List<OperationCounts>();
        var spikes = new List<RecordedSpike>();
        var scores = new float[network.Width];
        using TrialRunner runner = network.CreateRunner();
        foreach (SpikeTrains trains in Rows(host, network, data, featureColumn))
        {
            runner.Run(trains, 0, [], scores);
            (long events, long synaptic) = counter.OfInput(trains, 0);
            long sent = 0;
            foreach (PopulationProgram population in program.Populations)
            {
                spikes.Clear();
                runner.CopySpikes(population.Index, spikes);
                sent += spikes.Count;
                foreach (RecordedSpike spike in spikes)
                {
                    synaptic += counter.SynapsesOf(population.Index, spike.Neuron);
                }
            }

            counts.Add(counter.Of(1, trains.StepsOf(0), events, sent, synaptic));
        }

        return counts;
    }

    /// <summary>Each row as a batch of its own, which is gone when the next one is read.</summary>
    private static IEnumerable<SpikeTrains> Rows(IHost host, NetworkScoring network, IDataView data, string featureColumn)
    {
        host.CheckValue(data, nameof(data));
        host.CheckNonEmpty(featureColumn, nameof(featureColumn));
        network.CheckFeatures(host, data.Schema, featureColumn);
        SpikeTrainsBuilder builder = FeatureReader.CreateBuilder(network.Input, featureColumn, network.Model.Program.StepsAfterLastSpike);
        DataViewSchema.Column column = data.Schema[featureColumn];

        // A set of one cursor reads on this thread: errors of the encoders arrive as they are, not wrapped by a thread pool.
        using DataViewRowCursor cursor = data.GetRowCursorSet([column], 1)[0];
        ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> features = default;
        while (cursor.MoveNext())
        {
            getFeatures(ref features);
            FeatureReader.Add(builder, features);
            yield return builder.ToSpikeTrains();
        }
    }
}
