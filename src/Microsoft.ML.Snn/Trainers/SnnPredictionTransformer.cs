using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Trainers;

[assembly: LoadableClass(typeof(SnnPredictionTransformer), null, typeof(SignatureLoadModel), "", SnnPredictionTransformer.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>Scores rows with a trained spiking network, many at a time and on all cores.</summary>
/// <remarks>Lazy: nothing is computed before rows are read. Safe for any number of threads.</remarks>
public sealed class SnnPredictionTransformer : SingleFeaturePredictionTransformerBase<SnnModelParameters>, ITransformer
{
    internal const string LoaderSignature = "SnnPredXfer";

    private readonly string _labelColumn;

    /// <summary>Appends the columns of outputs beside the first; null where there are none.</summary>
    private GenericScorer? _further;

    internal SnnPredictionTransformer(
        IHostEnvironment env, SnnModelParameters model, DataViewSchema trainSchema, string featureColumn, string labelColumn)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(SnnPredictionTransformer)), model, trainSchema, featureColumn)
    {
        _labelColumn = labelColumn;
        SetScorer();
    }

    private SnnPredictionTransformer(IHost host, ModelLoadContext ctx)
        : base(host, ctx)
    {
        _labelColumn = ctx.LoadString();
        SetScorer();
    }

    /// <summary>Appends the columns of the task: Score, and Probability and PredictedLabel where it has them.</summary>
    /// <param name="input">Rows with the feature column that the network was trained on.</param>
    /// <returns>A lazy view.</returns>
    public new IDataView Transform(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        Model.Scoring.CheckFeatures(Host, input.Schema, FeatureColumnName);
        return new BatchedScores(Host, input, WithFurther(base.Transform(input)), Model.Scoring, FeatureColumnName);
    }

    /// <summary>The columns that <see cref="Transform"/> gives for rows of these columns.</summary>
    /// <param name="inputSchema">Must have the feature column that the network was trained on.</param>
    public new DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Transform(new EmptyDataView(Host, inputSchema)).Schema;

    /// <summary>Creates a stream: the network runs step by step, while its input arrives.</summary>
    /// <param name="readout">Over which steps the outputs are read. The default is <see cref="StreamReadout.Trial"/>.</param>
    /// <returns>A stream at the beginning of a trial. Any number of them may run at once, each on a thread of its own.</returns>
    /// <exception cref="System.InvalidOperationException">The network is event-driven, and so has no steps.</exception>
    public SnnStream CreateStream(StreamReadout? readout = null) => Model.CreateStream(readout);

    /// <summary>Runs rows through the network and lets recorders keep what happens inside; each forgets what it recorded before.</summary>
    /// <param name="input">Rows with the feature column that the network was trained on.</param>
    /// <param name="recorders">What to keep: <see cref="SpikeRecorder"/>, <see cref="StateRecorder"/>, <see cref="WeightRecorder"/>.</param>
    /// <exception cref="System.ArgumentException">A recorder names a layer, neurons, a variable or rows that there are not.</exception>
    public void Record(IDataView input, params SnnRecorder[] recorders) => Model.Record(input, FeatureColumnName, recorders);

    /// <summary>Counts the spikes and operations of every row.</summary>
    /// <param name="input">Rows with the feature column that the network was trained on.</param>
    /// <returns>One for each row; <see cref="OperationCounts.Plus"/> adds them up.</returns>
    public System.Collections.Generic.IReadOnlyList<OperationCounts> CountOperations(IDataView input) => Model.CountOperations(input, FeatureColumnName);

    DataViewSchema ITransformer.GetOutputSchema(DataViewSchema inputSchema) => GetOutputSchema(inputSchema);

    IDataView ITransformer.Transform(IDataView input) => Transform(input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        Model.Scoring.CheckFeatures(Host, inputSchema, FeatureColumnName);
        IDataView first = Scorer.ApplyToData(Host, new EmptyDataView(Host, inputSchema));
        return _further == null
            ? (IRowToRowMapper)first
            : new CompositeRowToRowMapper(inputSchema, [(IRowToRowMapper)first, (IRowToRowMapper)WithFurther(first)]);
    }

    internal static SnnPredictionTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        IHost host = env.Register(nameof(SnnPredictionTransformer));
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(GetVersionInfo());
        return new SnnPredictionTransformer(host, ctx);
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(GetVersionInfo());
        base.SaveCore(ctx);
        ctx.SaveString(_labelColumn);
    }

    private static VersionInfo GetVersionInfo() => new(
        modelSignature: "SNNPREDX",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: LoaderSignature,
        loaderAssemblyName: typeof(SnnPredictionTransformer).Assembly.FullName);

    private void SetScorer()
    {
        SnnTask task = Model.Task;
        NetworkScoring network = Model.Scoring;
        BindableMapper = task switch
        {
            SnnTask.BinaryClassification => ScoreUtils.GetSchemaBindableMapper(Host, new SnnBinaryModelParameters(Host, network.Model)),
            SnnTask.Regression => ScoreUtils.GetSchemaBindableMapper(Host, new SnnRegressionModelParameters(Host, network.Model)),
            SnnTask.MultiLabelClassification or SnnTask.SequenceClassification or SnnTask.SequenceRegression =>
                new VectorOutputMapper(network, [network.Outputs[0]], LabelOf),
            _ => BindableMapper,
        };
        bool needsLabel = task == SnnTask.MulticlassClassification;
        var schema = new RoleMappedSchema(TrainSchema, needsLabel ? _labelColumn : null, FeatureColumnName);
        var data = new EmptyDataView(Host, TrainSchema);
        ISchemaBoundMapper bound = BindableMapper.Bind(Host, schema);
        Scorer = task switch
        {
            SnnTask.MulticlassClassification => new MulticlassClassificationScorer(
                Host, new MulticlassClassificationScorer.Arguments(), data, bound, schema),
            SnnTask.BinaryClassification => new BinaryClassifierScorer(Host, new BinaryClassifierScorer.Arguments(), data, bound, schema),
            _ => new GenericScorer(Host, new GenericScorer.Arguments(), data, bound, schema),
        };
        if (network.Outputs.Count > 1)
        {
            var features = new RoleMappedSchema(TrainSchema, label: null, FeatureColumnName);
            ISchemaBoundMapper further = new VectorOutputMapper(network, [.. network.Outputs.Skip(1)], LabelOf).Bind(Host, features);
            _further = new GenericScorer(Host, new GenericScorer.Arguments(), data, further, features);
        }
    }

    private DataViewSchema.Column? LabelOf(OutputScoring output) => TrainSchema.GetColumnOrNull(output.LabelColumn ?? _labelColumn);

    private IDataView WithFurther(IDataView scored) => _further?.ApplyToData(Host, scored) ?? scored;
}
