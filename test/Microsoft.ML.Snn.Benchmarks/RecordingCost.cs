using System;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>What it costs to look inside: a training and a scoring of optdigits without recorders, and with several of them.</summary>
internal static class RecordingCost
{
    private const int Epochs = 4;
    private const int Hidden = 128;
    private static readonly Range s_some = 0..32;

    /// <summary>Prints the medians of some rounds, in each of which every variant has its turn.</summary>
    public static void Print(int rounds)
    {
        var context = new MLContext(seed: 1);
        (IDataView train, int count) = TableData.Digits().ToView(context);
        Medians.Print(
            rounds, $"{Epochs} epochs of {count} rows",
            ("no recorder", () => Train()),
            ("spikes of 32 rows after every epoch", () => Train(new SpikeRecorder("hidden 1", examples: s_some))),
            ("membranes of 32 rows after every epoch", () => Train(new StateRecorder("hidden 1", examples: s_some))),
            ("spikes of 32 rows after every tenth update", () => Train(new SpikeRecorder("hidden 1", examples: s_some) { EveryEpochs = 0, EveryUpdates = 10 })));

        SnnPredictionTransformer model = Train();
        Range all = ..count;
        Medians.Print(
            rounds, $"scoring of {count} rows",
            ("Transform", () => _ = model.Transform(train).GetColumn<VBuffer<float>>("Score").Count()),
            ("spikes of all rows", () => model.Record(train, new SpikeRecorder("hidden 1", examples: all))),
            ("membranes of all rows", () => model.Record(train, new StateRecorder("hidden 1", examples: all))));

        SnnPredictionTransformer Train(params SnnRecorder[] recorders) => context.Snn().Train(new SnnTrainer.Options
        {
            NumberOfHiddenNeurons = Hidden,
            NumberOfEpochs = Epochs,
            Callbacks = recorders,
        }).Fit(train);
    }
}
