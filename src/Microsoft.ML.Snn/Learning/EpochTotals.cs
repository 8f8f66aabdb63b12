using System.IO;
using Microsoft.ML.Snn.Engine;

namespace Microsoft.ML.Snn.Learning;

/// <summary>What the batches of the current epoch showed so far.</summary>
internal struct EpochTotals
{
    private double _gradientNorms;
    private int _clipped;
    private int _batches;

    /// <summary>Sums over the batches.</summary>
    public BatchResult Sum { get; private set; }

    /// <summary>Sum of the weights of the examples.</summary>
    public double Weight { get; set; }

    /// <summary>Number of decisions among the targets of the examples.</summary>
    public long Decisions { get; set; }

    /// <summary>Number of events of the inputs.</summary>
    public long InputEvents { get; set; }

    /// <summary>Number of synapses that they went through.</summary>
    public long InputSynapticEvents { get; set; }

    /// <summary>Number of steps of the trials.</summary>
    public long Steps { get; set; }

    /// <summary>Seconds of training before the process was started that goes on with it.</summary>
    public double SecondsBefore { get; set; }

    /// <summary>Examples of weight 0 count as absent; there may be nothing else in the first batches.</summary>
    public readonly double MeanLoss => Weight == 0 ? 0 : Sum.Loss / Weight;

    /// <summary>The mean loss of the first output alone.</summary>
    public readonly double MeanFirstLoss => Weight == 0 ? 0 : (Sum.Loss - Sum.FurtherLoss) / Weight;

    public readonly double ClippedShare => _batches == 0 ? 0 : (double)_clipped / _batches;

    public readonly double MeanGradientNorm => _batches == 0 ? 0 : _gradientNorms / _batches;

    public void Add(BatchResult batch, double maximumNorm)
    {
        Sum = new BatchResult(
            Sum.Loss + batch.Loss, Sum.Correct + batch.Correct,
            Sum.HiddenSpikes + batch.HiddenSpikes, Sum.GrazingSpikes + batch.GrazingSpikes,
            RewiredSynapses: Sum.RewiredSynapses + batch.RewiredSynapses,
            RewiringFailures: Sum.RewiringFailures + batch.RewiringFailures,
            FurtherLoss: Sum.FurtherLoss + batch.FurtherLoss);
        _gradientNorms += batch.GradientNorm;
        _clipped += batch.GradientNorm > maximumNorm ? 1 : 0;
        _batches++;
    }

    public readonly void Save(BinaryWriter writer, double seconds)
    {
        writer.Write(Sum.Loss);
        writer.Write(Sum.Correct);
        writer.Write(Sum.HiddenSpikes);
        writer.Write(Sum.GrazingSpikes);
        writer.Write(Sum.RewiredSynapses);
        writer.Write(Sum.RewiringFailures);
        writer.Write(Sum.FurtherLoss);
        writer.Write(Weight);
        writer.Write(Decisions);
        writer.Write(InputEvents);
        writer.Write(InputSynapticEvents);
        writer.Write(Steps);
        writer.Write(_gradientNorms);
        writer.Write(_clipped);
        writer.Write(_batches);
        writer.Write(seconds);
    }

    public static EpochTotals Load(BinaryReader reader) => new()
    {
        Sum = new BatchResult(reader.ReadDouble(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64(),
            RewiredSynapses: reader.ReadInt64(), RewiringFailures: reader.ReadInt64(), FurtherLoss: reader.ReadDouble()),
        Weight = reader.ReadDouble(),
        Decisions = reader.ReadInt64(),
        InputEvents = reader.ReadInt64(),
        InputSynapticEvents = reader.ReadInt64(),
        Steps = reader.ReadInt64(),
        _gradientNorms = reader.ReadDouble(),
        _clipped = reader.ReadInt32(),
        _batches = reader.ReadInt32(),
        SecondsBefore = reader.ReadDouble(),
    };
}
