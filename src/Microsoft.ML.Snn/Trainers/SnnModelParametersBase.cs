using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>A trained spiking network: its weights, how it was trained, and how it spikes. Immutable and thread-safe.</summary>
/// <typeparam name="TOutput">What it gives for a row: a number or a vector.</typeparam>
public abstract class SnnModelParametersBase<TOutput> : ModelParametersBase<TOutput>, IValueMapper, ITrainedNetwork
{
    private protected SnnModelParametersBase(IHostEnvironment env, string name, SnnModel model)
        : base(env, name) => Scoring = new NetworkScoring(model);

    private protected SnnModelParametersBase(IHostEnvironment env, string name, ModelLoadContext ctx)
        : base(env, name, ctx)
    {
        try
        {
            Scoring = new NetworkScoring(ModelFormat.Read(ctx.Reader.BaseStream));
        }
        catch (InvalidDataException broken)
        {
            throw Host.ExceptDecode(broken.Message);
        }
    }

    /// <summary>Gets what the network was trained for.</summary>
    public SnnTask Task => SnnModel.Task;

    /// <summary>Gets the description of the network.</summary>
    public SnnNetwork Network => SnnModel.Program.Description;

    /// <summary>Gets the number of input channels.</summary>
    public int NumberOfChannels => SnnModel.Program.Channels;

    /// <summary>Gets the number of output neurons.</summary>
    public int NumberOfOutputs => SnnModel.Program.Output.Units;

    /// <summary>Gets the number of time steps of a trial.</summary>
    public int TimeSteps => SnnModel.Program.Steps;

    /// <summary>Gets the length of a time step in milliseconds.</summary>
    public double TimeStep => SnnModel.Program.TimeStep;

    /// <summary>Gets whether plain feature vectors are presented as constant currents; else the input is a spike train column.</summary>
    public bool IsConstantCurrent => SnnModel.IsConstantCurrent;

    /// <summary>Gets whether the input is a plain vector of spike times in milliseconds, one per channel.</summary>
    public bool IsSpikeTimes => SnnModel.IsSpikeTimes;

    /// <summary>Gets how the network is carried through time.</summary>
    public Integrator Integrator => SnnModel.Program.Integrator;

    /// <summary>Gets the course of the training.</summary>
    public TrainingHistory History => SnnModel.History;

    /// <summary>Gets the mean number of spikes per trial of every hidden neuron, as counted in the last epoch.</summary>
    /// <value>One list per hidden layer, one number per neuron.</value>
    public IReadOnlyList<IReadOnlyList<float>> MeanSpikeCounts => SnnModel.MeanSpikeCounts;

    DataViewType IValueMapper.InputType => Scoring.InputType;

    DataViewType IValueMapper.OutputType => Scoring.ScoreType;

    NetworkScoring ITrainedNetwork.Scoring => Scoring;

    internal NetworkScoring Scoring { get; }

    internal SnnModel SnnModel => Scoring.Model;

    private protected override PredictionKind PredictionKind => Task switch
    {
        SnnTask.BinaryClassification => PredictionKind.BinaryClassification,
        SnnTask.Regression => PredictionKind.Regression,
        SnnTask.MulticlassClassification => PredictionKind.MulticlassClassification,
        _ => PredictionKind.MultiOutputRegression,
    };

    /// <summary>Returns a copy of all weights.</summary>
    /// <returns>One matrix per connection, in the order of the data flow.</returns>
    public IReadOnlyList<SnnConnectionWeights> GetWeights() =>
        SnnModel.Weights.ToMatrices(SnnModel.Program);

    /// <summary>Returns a copy of what was learned beside the weights: delays, biases, time constants, thresholds.</summary>
    /// <returns>One list per learned parameter; empty where only weights were learned.</returns>
    public IReadOnlyList<SnnLearnedParameter> GetLearnedParameters() => SnnModel.Weights.ToParameters(SnnModel.Program);

    /// <summary>Runs rows through the network and lets recorders keep what happens inside; each forgets what it recorded before.</summary>
    /// <param name="data">Rows with the feature column that the network was trained on, encoded as there.</param>
    /// <param name="featureColumnName">Name of that column.</param>
    /// <param name="recorders">What to keep: <see cref="SpikeRecorder"/>, <see cref="StateRecorder"/>, <see cref="WeightRecorder"/>.</param>
    /// <exception cref="System.ArgumentException">A recorder names a layer, neurons, a variable or rows that there are not.</exception>
    public void Record(IDataView data, string featureColumnName, params SnnRecorder[] recorders) =>
        NetworkRecording.Record(Host, Scoring, data, featureColumnName, recorders);

    /// <summary>Counts the spikes and operations of every row.</summary>
    /// <param name="data">Rows with the feature column that the network was trained on, encoded as there.</param>
    /// <param name="featureColumnName">Name of that column.</param>
    /// <returns>One for each row; <see cref="OperationCounts.Plus"/> adds them up.</returns>
    public IReadOnlyList<OperationCounts> CountOperations(IDataView data, string featureColumnName = DefaultColumnNames.Features) =>
        NetworkRecording.CountOperations(Host, Scoring, data, featureColumnName);

    /// <summary>Creates a stream: the network runs step by step, while its input arrives.</summary>
    /// <param name="readout">Over which steps the outputs are read. The default is <see cref="StreamReadout.Trial"/>.</param>
    /// <returns>A stream at the beginning of a trial. Any number of them may run at once, each on a thread of its own.</returns>
    /// <exception cref="InvalidOperationException">The network is event-driven, and so has no steps.</exception>
    public SnnStream CreateStream(StreamReadout? readout = null) => new(Scoring, readout ?? StreamReadout.Trial);

    /// <summary>One line per layer, with the sizes.</summary>
    public override string ToString() => SnnModel.Program.ToString();

    ValueMapper<TSrc, TDst> IValueMapper.GetMapper<TSrc, TDst>()
    {
        Host.Check(typeof(TSrc) == typeof(VBuffer<float>), "The features must be a vector of Single.");

        // One delegate serves one thread: it owns its scratch memory.
        var scorer = new RowScorer(Scoring);
        Delegate getter = ScoreGetters.For(DefaultColumnNames.Score, Scoring, () => scorer.Scores);
        Delegate map = Scoring.ScoreType is VectorDataViewType
            ? Map<VBuffer<float>>(scorer, getter)
            : Map<float>(scorer, getter);
        return map as ValueMapper<TSrc, TDst> ?? throw Host.Except($"The scores are of type {Scoring.ScoreType.RawType}, not {typeof(TDst)}.");
    }

    private static ValueMapper<VBuffer<float>, T> Map<T>(RowScorer scorer, Delegate getter)
    {
        var get = (ValueGetter<T>)getter;
        return (in VBuffer<float> features, ref T value) =>
        {
            scorer.Score(features);
            get(ref value);
        };
    }

    private protected void SaveNetwork(ModelSaveContext ctx, VersionInfo version)
    {
        ctx.SetVersionInfo(version);
        ModelFormat.Write(ctx.Writer.BaseStream, SnnModel);
    }

    private protected static VersionInfo Version(string modelSignature, string loaderSignature) => new(
        modelSignature: modelSignature,
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: loaderSignature,
        loaderAssemblyName: typeof(SnnModelParameters).Assembly.FullName);
}
