using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Our trainer and those of ML.NET on the same tables, in the same process and with the same split.</summary>
internal static class TrainerTable
{
    public const string Name = "trainers";

    private const int Seed = 1;
    private const int Singles = 2000;

    private static readonly (string Name, Func<MLContext, IEstimator<ITransformer>> Trainer)[] s_trainers =
    [
        ("Snn (128, defaults)", context => context.Snn().Train()),
        ("Snn (512, cosine)", context => context.Snn().Train(new SnnTrainer.Options
        {
            NumberOfHiddenNeurons = 512,
            NumberOfEpochs = 60,
            Optimizer = new Adam { Schedule = LearningRateSchedule.Cosine() },
        })),
        ("Snn (512, noise)", context => context.Snn().Train(new SnnTrainer.Options
        {
            Network = SnnNetwork.Sequential(
                Layer.Dense(512, new LeakyIntegrateFire { MembraneTime = 10 }, new ExponentialSynapse(2.5)),
                Layer.Output(synapse: new ExponentialSynapse(2.5))),
            TimeSteps = 10,
            BatchSize = 64,
            NumberOfEpochs = 180,
            Optimizer = new Adam(learningRate: 0.02) { Schedule = LearningRateSchedule.Cosine() },
            Augmentations = [Augmentation.AddNoise(0.25)],
        })),
        ("FastTree, one versus all", context => context.MulticlassClassification.Trainers.OneVersusAll(
            context.BinaryClassification.Trainers.FastTree())),
        ("LightGBM", context => context.MulticlassClassification.Trainers.LightGbm(
            new LightGbmMulticlassTrainer.Options { NumberOfThreads = Environment.ProcessorCount, Seed = Seed })),
        ("SdcaMaximumEntropy", context => context.MulticlassClassification.Trainers.SdcaMaximumEntropy()),
    ];

    /// <summary>Prints the table as Markdown; the last line is JSON.</summary>
    /// <param name="only">The data that is wanted, in the order of the table; empty for all.</param>
    public static void Print(IReadOnlyList<string> only)
    {
        (string Name, Func<TableData> Load)[] all =
        [
            ("optdigits", TableData.Digits), ("iris", () => TableData.Iris(Seed)), ("braille-tactile", () => TableData.Braille(Seed)),
            ("fsdd", TableData.SpokenDigits), ("mnist", TableData.Mnist),
        ];
        List<TrainerScore> scores = [];
        Console.WriteLine("| data | trainer | accuracy | training s | model KB | one row µs | in a batch µs/row |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|---:|");
        foreach ((_, Func<TableData> load) in all.Where(item => only.Count == 0 || only.Contains(item.Name)))
        {
            TableData data = load();
            foreach ((string name, Func<MLContext, IEstimator<ITransformer>> trainer) in s_trainers)
            {
                TrainerScore score = Measure(data, name, trainer);
                scores.Add(score);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {score.Data} | {score.Trainer} | {score.Accuracy:P1} | {score.TrainingSeconds:F2} | {score.ModelBytes / 1024.0:F0} | {score.SingleMicroseconds:F1} | {score.BatchMicroseconds:F2} |"));
            }
        }

        Console.WriteLine(JsonSerializer.Serialize(scores));
    }

    private static TrainerScore Measure(TableData data, string name, Func<MLContext, IEstimator<ITransformer>> trainer)
    {
        var context = new MLContext(Seed);
        SchemaDefinition shape = SchemaDefinition.Create(typeof(TableRow));
        shape[nameof(TableRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, data.Train[0].Features.Length);
        IDataView train = context.Data.LoadFromEnumerable(data.Train, shape), test = context.Data.LoadFromEnumerable(data.Test, shape);
        var pipeline = context.Transforms.Conversion.MapValueToKey("Label", nameof(TableRow.Class))
            .Append(context.Transforms.NormalizeMinMax(nameof(TableRow.Features), fixZero: false))
            .AppendCacheCheckpoint(context)
            .Append(trainer(context));

        long start = Stopwatch.GetTimestamp();
        var model = pipeline.Fit(train);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double accuracy = context.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
        using var file = new MemoryStream();
        context.Model.Save(model, train.Schema, file);
        return new TrainerScore(data.Name, name, accuracy, seconds, file.Length, Single(context, model, data, shape), Batch(model, test, data.Test.Count));
    }

    /// <summary>The median time of one row through a prediction engine.</summary>
    private static double Single(MLContext context, ITransformer model, TableData data, SchemaDefinition shape)
    {
        using PredictionEngine<TableRow, TablePrediction> engine =
            context.Model.CreatePredictionEngine<TableRow, TablePrediction>(model, inputSchemaDefinition: shape);
        var prediction = new TablePrediction();
        var times = new double[Singles];
        for (int n = -Singles; n < Singles; n++)
        {
            long start = Stopwatch.GetTimestamp();
            engine.Predict(data.Test[(n + Singles) % data.Test.Count], ref prediction);
            if (n >= 0)
            {
                times[n] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        return times.Order().ElementAt(Singles / 2);
    }

    /// <summary>The median over five passes of the time of a row when all test rows are scored.</summary>
    private static double Batch(TransformerChain<ITransformer> model, IDataView test, int rows)
    {
        var times = new double[6];
        for (int n = 0; n < times.Length; n++)
        {
            long start = Stopwatch.GetTimestamp();
            IDataView scored = model.Transform(test);
            DataViewSchema.Column column = scored.Schema["Score"];
            using DataViewRowCursor cursor = scored.GetRowCursor([column]);
            ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
            VBuffer<float> score = default;
            while (cursor.MoveNext())
            {
                getter(ref score);
            }

            times[n] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / rows;
        }

        // The first pass warms up.
        return times.Skip(1).Order().ElementAt(2);
    }
}
