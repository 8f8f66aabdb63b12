using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Tests.Learning;

/// <summary>An engine that learns nothing, remembers what it was asked, and answers as a test wants.</summary>
/// <remarks>Its first weight is the number of batches it has trained on, so that weights tell when they were read.</remarks>
internal sealed class RecordingEngine : NetworkEngine
{
    private float _initial;

    public List<int[]> Batches { get; } = [];

    public List<UpdateEquations> Updates { get; } = [];

    /// <summary>The answer to the batch of a number, counted from 1.</summary>
    public Func<int, BatchResult> Result { get; set; } = _ => new BatchResult(1, 1, 10, 0);

    /// <summary>The loss on any data, by the number of the scoring, counted from 1.</summary>
    public Func<int, double> ScoredLoss { get; set; } = _ => 0.5;

    /// <summary>The spikes of a neuron in the epoch of a number, both counted from 0.</summary>
    public Func<int, int, long> Spikes { get; set; } = (_, _) => 1;

    public int Scorings { get; private set; }

    public int SpikeReadings { get; private set; }

    public override string Device => "Recording";

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step)
    {
        Batches.Add(batch.Examples.ToArray());
        Updates.Add(step.Updates[0]);
        return Result(Batches.Count);
    }

    /// <summary>All examples are of class 0 of two.</summary>
    public override void Score(SpikeTrains trains, Span<float> probabilities)
    {
        float correct = (float)Math.Exp(-ScoredLoss(++Scorings));
        for (int n = 0; n < probabilities.Length; n++)
        {
            probabilities[n] = n % 2 == 0 ? correct : 1 - correct;
        }
    }

    /// <summary>Hears of weights that are set.</summary>
    public Action<NetworkWeights> WeightsSet { get; set; } = _ => { };

    public override void SetWeights(NetworkWeights weights)
    {
        _initial = weights[0][0] - EarlierBatches - Batches.Count;
        WeightsSet(weights);
    }

    public override void GetWeights(NetworkWeights weights) => weights[0][0] = _initial + EarlierBatches + Batches.Count;

    public override void TakeSpikeCounts(Span<long> counts)
    {
        for (int neuron = 0; neuron < counts.Length; neuron++)
        {
            counts[neuron] += Spikes(SpikeReadings, neuron);
        }

        SpikeReadings++;
    }

    /// <summary>Batches that a state told of which was loaded.</summary>
    public int EarlierBatches { get; private set; }

    public override void SaveState(BinaryWriter writer) => writer.Write(EarlierBatches + Batches.Count);

    public override void LoadState(BinaryReader reader) => EarlierBatches = reader.ReadInt32();

    public override void GetGradient(NetworkWeights gradient) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
    }
}
