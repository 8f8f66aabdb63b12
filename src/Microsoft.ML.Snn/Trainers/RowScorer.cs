using System;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Scores one row at a time, on one thread that owns it.</summary>
internal sealed class RowScorer
{
    private readonly NetworkScoring _network;
    private readonly NetworkScorer _scorer;
    private readonly SpikeTrainsBuilder _builder;
    private readonly float[] _scores;

    public RowScorer(NetworkScoring network, string featureColumn = DefaultColumnNames.Features)
    {
        _network = network;
        _scorer = network.CreateScorer(threads: 1);
        _builder = FeatureReader.CreateBuilder(network.Input, featureColumn, network.Model.Program.StepsAfterLastSpike);
        _scores = new float[network.Width];
    }

    /// <summary>The scores of the last row.</summary>
    public ReadOnlySpan<float> Scores => _scores;

    public ReadOnlySpan<float> Score(in VBuffer<float> features)
    {
        FeatureReader.Add(_builder, features);
        _scorer.Score(_builder.ToSpikeTrains(), _scores);
        _network.ToLabelUnits(_scores);
        return _scores;
    }
}
