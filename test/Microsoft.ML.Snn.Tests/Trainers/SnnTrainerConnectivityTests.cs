using System;
using System.IO;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Networks with other than dense connections learn through ML.NET, and come back from a file as they were.</summary>
[TestClass]
public sealed class SnnTrainerConnectivityTests
{
    private const string Images = "mnist/train-images-idx3-ubyte.gz";
    private const string Labels = "mnist/train-labels-idx1-ubyte.gz";
    private const string TestImages = "mnist/t10k-images-idx3-ubyte.gz";
    private const string TestLabels = "mnist/t10k-labels-idx1-ubyte.gz";

    [TestMethod]
    [RequiresData(SmallData.DigitsPath, SmallData.DigitsTestPath)]
    [DataRow(false)]
    [DataRow(true)]
    public void Train_ConvolutionalNetwork_LearnsDigits(bool delayed)
    {
        SnnNetwork network = SnnNetwork.Graph(graph =>
        {
            GraphNode image = graph.Input("image", Shape.Create([8, 8, 1]));
            GraphNode convolution = graph.Population("convolution");
            GraphNode pool = graph.Population("pool");
            GraphNode output = graph.Output();
            graph.Connect(
                image, convolution, Connectivity.Convolution2D(8, 3, padding: Padding.Same),
                delay: delayed ? Delay.PerSynapseUniform(0, 3) : null);
            graph.Connect(convolution, pool, Connectivity.AveragePool2D(2, weight: 4));
            graph.Connect(pool, output);
            graph.Connect(convolution, output, Connectivity.AveragePoolDense(4));
        });
        MLContext context = new(seed: 1);
        var pipeline = SmallData.MapLabel(context)
            .Append(context.Transforms.NormalizeMinMax("Features"))
            .Append(context.Snn().EncodeLatency("Features", outOfRange: OutOfRange.Clip))
            .Append(context.Snn().Train(new SnnTrainer.Options { Network = network, NumberOfEpochs = 10, Optimizer = new Adam(0.02) }));
        IDataView train = SmallData.Digits(context, SmallData.DigitsPath), test = SmallData.Digits(context, SmallData.DigitsTestPath);

        TransformerChain<SnnPredictionTransformer> model = pipeline.Fit(train);
        MulticlassClassificationMetrics metrics = context.MulticlassClassification.Evaluate(model.Transform(test));
        Console.WriteLine($"delayed {delayed}: accuracy {metrics.MicroAccuracy:F4}; {model.LastTransformer.Model.History.Epochs[0]}");

        Assert.IsGreaterThan(0.9, metrics.MicroAccuracy);
        AssertComesBack(context, model, train.Schema, test);
    }

    [TestMethod]
    [RequiresData(Images, Labels, TestImages, TestLabels)]
    public void Train_TenPercentOfTheSynapsesRewired_LearnsMnist()
    {
        MLContext context = new(seed: 1);
        IDataView train = context.Data.TakeRows(context.Snn().LoadImages(TestData.Path(Images), TestData.Path(Labels)), 20_000);
        IDataView test = context.Data.TakeRows(context.Snn().LoadImages(TestData.Path(TestImages), TestData.Path(TestLabels)), 10_000);

        (double rewired, TransformerChain<SnnPredictionTransformer> model) = Fit(new DeepRewiring(1e-4));
        (double fixedPlaces, _) = Fit(null);
        TrainingEpoch last = model.LastTransformer.Model.History.Epochs[^1];
        Console.WriteLine($"rewired {rewired:F4}, fixed {fixedPlaces:F4}; {last}");

        Assert.IsGreaterThan(0.9, rewired);
        Assert.IsGreaterThan(0L, last.RewiredSynapses);
        Assert.AreEqual(0, last.RewiringFailures);
        AssertComesBack(context, model, train.Schema, test);

        (double, TransformerChain<SnnPredictionTransformer>) Fit(DeepRewiring? rewiring)
        {
            SnnNetwork network = SnnNetwork.Graph(graph =>
            {
                GraphNode hidden = graph.Population("hidden", 128);
                graph.Connect(graph.Input(), hidden, Connectivity.Sparse(0.1, rewiring: rewiring));
                graph.Connect(hidden, graph.Output());
            });
            var pipeline = SmallData.MapLabel(context)
                .Append(context.Snn().EncodeLatency("Features"))
                .Append(context.Snn().Train(new SnnTrainer.Options { Network = network, NumberOfEpochs = 4, Optimizer = new Adam(0.01) }));
            TransformerChain<SnnPredictionTransformer> fitted = pipeline.Fit(train);
            return (context.MulticlassClassification.Evaluate(fitted.Transform(test)).MicroAccuracy, fitted);
        }
    }

    private static void AssertComesBack(MLContext context, TransformerChain<SnnPredictionTransformer> model, DataViewSchema schema, IDataView test)
    {
        using var file = new MemoryStream();
        context.Model.Save(model, schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out _);
        IDataView few = context.Data.TakeRows(test, 100);

        SmallData.AssertSame(SmallData.Scores(model.Transform(few)), SmallData.Scores(loaded.Transform(few)));
    }
}
