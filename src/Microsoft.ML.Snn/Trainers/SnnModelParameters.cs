using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Models;

[assembly: LoadableClass(typeof(SnnModelParameters), null, typeof(SignatureLoadModel), "Spiking network", SnnModelParameters.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>A spiking network trained for any task.</summary>
public sealed class SnnModelParameters : SnnModelParametersBase<VBuffer<float>>
{
    internal const string LoaderSignature = "SnnModel";
    private const string ModelSignature = "SNNMODEL";

    internal SnnModelParameters(IHostEnvironment env, SnnModel model)
        : base(env, LoaderSignature, model)
    {
    }

    private SnnModelParameters(IHostEnvironment env, ModelLoadContext ctx)
        : base(env, LoaderSignature, ctx)
    {
    }

<<<<<<< HEAD
    /// <summary>Gets the description of the network.</summary>
    public SnnNetwork Network => _model.Program.Description;

    /// <summary>Gets the number of input channels.</summary>
    public int NumberOfChannels => _model.Program.Channels;

    /// <summary>Gets the number of time steps of a trial.</summary>
    public int TimeSteps => _model.Program.Steps;

    /// <summary>Gets the length of a time step in milliseconds.</summary>
    public double TimeStep => _model.Program.TimeStep;

    /// <summary>Gets the number of classes.</summary>
    public int NumberOfClasses => _model.Program.Output.Units;

    /// <summary>Gets whether plain feature vectors are presented as constant currents; else the input is a spike train column.</summary>
    public bool IsConstantCurrent => _model.IsConstantCurrent;

    /// <summary>Gets whether the input is a plain vector of spike times in milliseconds, one per channel.</summary>
    public bool IsSpikeTimes => _model.IsSpikeTimes;

    /// <summary>Gets how the network is carried through time.</summary>
    public Integrator Integrator => _model.Program.Integrator;

    /// <summary>Gets the course of the training.</summary>
    public TrainingHistory History => _model.History;

    /// <summary>Gets the mean number of spikes per trial of every hidden neuron, as counted in the last epoch.</summary>
    /// <value>One list per hidden layer, one number per neuron.</value>
    public IReadOnlyList<IReadOnlyList<float>> MeanSpikeCounts => _model.MeanSpikeCounts;

    DataViewType IValueMapper.InputType => _inputType;

    DataViewType IValueMapper.OutputType => _outputType;

    internal NetworkProgram Program => _model.Program;

    internal InputShape Input => new(NumberOfChannels, TimeSteps, TimeStep, IsConstantCurrent, IsSpikeTimes);

    private protected override PredictionKind PredictionKind => PredictionKind.MulticlassClassification;

    /// <summary>Returns a copy of all weights.</summary>
    /// <returns>One matrix per connection, in the order of the data flow.</returns>
    public IReadOnlyList<SnnConnectionWeights> GetWeights() =>
    [
        .. _model.Program.Connections.Select(
            c => MatrixOf(c, _model.Weights[c.Index])),
    ];

    /// <summary>Returns a copy of what was learned beside the weights: delays, biases, time constants, thresholds.</summary>
    /// <returns>One list per learned parameter; empty where only weights were learned.</returns>
    public IReadOnlyList<SnnLearnedParameter> GetLearnedParameters() =>
    [
        .. _model.Program.Parameters.Where(p => p.Kind != ParameterKind.Weight)
            .Select(p => new SnnLearnedParameter(p.Name, p.Kind, [.. _model.Weights[p.Index]])),
    ];

    /// <summary>One line per layer, with the sizes.</summary>
    public override string ToString() => _model.Program.ToString();
=======
    /// <summary>Gets the number of classes, or of outputs where there are none.</summary>
    public int NumberOfClasses => NumberOfOutputs;
>>>>>>> 721b007af13194884445fa2e3bbc9b3f6240755b

    internal static SnnModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(Version(ModelSignature, LoaderSignature));
        return new SnnModelParameters(env, ctx);
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        base.SaveCore(ctx);
<<<<<<< HEAD
        ctx.SetVersionInfo(GetVersionInfo());
        ModelFormat.Write(ctx.Writer.BaseStream, _model);
    }

    ValueMapper<TSrc, TDst> IValueMapper.GetMapper<TSrc, TDst>()
    {
        Host.Check(typeof(TSrc) == typeof(VBuffer<float>));
        Host.Check(typeof(TDst) == typeof(VBuffer<float>));

        // One delegate serves one thread: it owns its scratch memory.
        NetworkScorer scorer = CreateScorer(threads: 1);
        SpikeTrainsBuilder builder = FeatureReader.CreateBuilder(Input, "Features");
        int classes = NumberOfClasses;
        ValueMapper<VBuffer<float>, VBuffer<float>> map = (in VBuffer<float> features, ref VBuffer<float> scores) =>
        {
            FeatureReader.Add(builder, features);
            VBufferEditor<float> editor = VBufferEditor.Create(ref scores, classes);
            scorer.Score(builder.ToSpikeTrains(), editor.Values);
            scores = editor.Commit();
        };
        return (ValueMapper<TSrc, TDst>)(Delegate)map;
    }

    /// <summary>Shared weights are the matrix of the kernel; others have a place for every pair of neurons.</summary>
    private static SnnConnectionWeights MatrixOf(ConnectionProgram c, float[] weights)
    {
        if (c.Table is not { } table)
        {
            return new SnnConnectionWeights(c.Name, c.Rows, c.Columns, (float[])weights.Clone());
        }

        if (table.WeightCount < table.SynapseCount)
        {
            int columns = c.MatrixColumns > 0 ? c.MatrixColumns : weights.Length;
            return new SnnConnectionWeights(c.Name, weights.Length / columns, columns, (float[])weights.Clone());
        }

        var matrix = new float[checked(c.Rows * c.Columns)];
        for (int row = 0; row < c.Rows; row++)
        {
            foreach (SynapseSegment segment in table.Row(row))
            {
                weights.AsSpan(segment.Weight, segment.Length).CopyTo(matrix.AsSpan(row * c.Columns + segment.Target));
            }
        }

        return new SnnConnectionWeights(c.Name, c.Rows, c.Columns, matrix);
    }

    private static VersionInfo GetVersionInfo() => new(
        modelSignature: "SNNMODEL",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: LoaderSignature,
        loaderAssemblyName: typeof(SnnModelParameters).Assembly.FullName);

    private static (VectorDataViewType Input, VectorDataViewType Output, Lazy<ScorerFactory> Scorers) Derive(SnnModel model)
    {
        NetworkProgram program = model.Program;
        return (
            model.IsConstantCurrent || model.IsSpikeTimes
                ? new VectorDataViewType(NumberDataViewType.Single, program.Channels)
                : new VectorDataViewType(NumberDataViewType.Single, program.Steps, program.Channels),
            new VectorDataViewType(NumberDataViewType.Single, program.Output.Units),
            new Lazy<ScorerFactory>(() => ScorerFactory.For(program, model.Weights)));
=======
        SaveNetwork(ctx, Version(ModelSignature, LoaderSignature));
>>>>>>> 721b007af13194884445fa2e3bbc9b3f6240755b
    }
}
