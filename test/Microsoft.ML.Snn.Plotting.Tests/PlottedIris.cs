using System;
using System.IO;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Tests;

namespace Microsoft.ML.Snn.Plotting.Tests;

/// <summary>A network of two layers trained on iris, with what recorders kept of its training; made once for all tests.</summary>
internal sealed class PlottedIris
{
    public const string Path = "optdigits/iris.txt";

    private static readonly Lazy<PlottedIris> s_shared = new(() => new PlottedIris());

    private PlottedIris()
    {
        MLContext context = new(seed: 1);
        IDataView iris = context.Data.LoadFromTextFile(TestData.Path(Path),
        [
            new TextLoader.Column("Label", DataKind.Single, 0),
            new TextLoader.Column("Features", DataKind.Single, 1, 4),
        ]);
        var pipeline = context.Transforms.Conversion.MapValueToKey("Label").Append(context.Transforms.NormalizeMinMax("Features"))
            .Append(context.Snn().EncodePopulation("Spikes", "Features", units: 8));
        Rows = pipeline.Fit(iris).Transform(iris);
        Transformer = context.Snn().Train(new SnnTrainer.Options
        {
            FeatureColumnName = "Spikes",
            Network = SnnNetwork.Sequential(
                Layer.Dense(40), Layer.Dense(20, new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.3 }, recurrent: true), Layer.Output()),
            NumberOfEpochs = 20,
            Optimizer = new Adam(0.02),
            Callbacks = [Weights],
        }).Fit(Rows);
        Metrics = context.MulticlassClassification.Evaluate(Transformer.Transform(Rows));
    }

    public static PlottedIris Shared => s_shared.Value;

    public IDataView Rows { get; }

    public SnnPredictionTransformer Transformer { get; }

    public SnnModelParameters Model => Transformer.Model;

    public MulticlassClassificationMetrics Metrics { get; }

    public WeightRecorder Weights { get; } = new("input to hidden 1");

    public void WriteReport(string path)
    {
        var content = new SnnReportContent { Title = "Iris & friends", Multiclass = Metrics, Rows = Rows, FeatureColumnName = "Spikes", Example = 70 };
        content.Pictures.Add(SnnPlots.WeightCourse(Weights.Recordings));
        SnnReport.Write(path, Model, content);
        if (Environment.GetEnvironmentVariable("SNN_PICTURES") is { } folder)
        {
            File.Copy(path, System.IO.Path.Combine(folder, "report.html"), overwrite: true);
        }
    }

    /// <summary>A recording of the hidden layers of one row.</summary>
    public (SpikeRecorder Spikes, StateRecorder Membrane, StateRecorder Threshold) Record(int row)
    {
        SpikeRecorder spikes = new(examples: row..(row + 1));
        StateRecorder membrane = new("hidden 2", neurons: 0..5, examples: row..(row + 1));
        StateRecorder threshold = new("hidden 2", StateVariable.Threshold, neurons: 0..5, examples: row..(row + 1));
        Transformer.Record(Rows, spikes, membrane, threshold);
        return (spikes, membrane, threshold);
    }
}
