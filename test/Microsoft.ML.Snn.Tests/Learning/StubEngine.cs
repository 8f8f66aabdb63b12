using System;
using System.IO;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Tests.Learning;

/// <summary>An engine whose weights all have one value.</summary>
internal sealed class StubEngine : NetworkEngine
{
    public float Weight { get; set; }

    public override string Device => "Stub";

    public override void GetWeights(NetworkWeights weights) => Array.Fill(weights[0], Weight);

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step) => throw new NotSupportedException();

    public override void Score(SpikeTrains trains, Span<float> probabilities) => throw new NotSupportedException();

    public override void SetWeights(NetworkWeights weights) => throw new NotSupportedException();

    public override void TakeSpikeCounts(Span<long> counts) => throw new NotSupportedException();

    public override void SaveState(BinaryWriter writer) => throw new NotSupportedException();

    public override void LoadState(BinaryReader reader) => throw new NotSupportedException();

    public override void GetGradient(NetworkWeights gradient) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
    }
}
