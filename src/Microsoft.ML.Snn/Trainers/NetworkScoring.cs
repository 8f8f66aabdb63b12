using System;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>A trained network as ML.NET's scorers see it: types in and out, and scorers for any number of threads.</summary>
internal sealed class NetworkScoring
{
    private readonly Lazy<ScorerFactory> _factory;

    public NetworkScoring(SnnModel model)
    {
        NetworkProgram program = model.Program;
        Model = model;
        Input = new InputShape(program.Channels, program.Steps, program.TimeStep, model.IsConstantCurrent, model.IsSpikeTimes);
        InputType = model.IsConstantCurrent || model.IsSpikeTimes
            ? new VectorDataViewType(NumberDataViewType.Single, program.Channels)
            : new VectorDataViewType(NumberDataViewType.Single, program.Steps, program.Channels);
        Width = program.Output.ScoresFor(program.Steps);
        ScoreType = model.Task switch
        {
            SnnTask.BinaryClassification or SnnTask.Regression => NumberDataViewType.Single,
            SnnTask.SequenceClassification or SnnTask.SequenceRegression =>
                new VectorDataViewType(NumberDataViewType.Single, program.Steps, program.Output.Units),
            _ => new VectorDataViewType(NumberDataViewType.Single, program.Output.Units),
        };
        _factory = new Lazy<ScorerFactory>(() => ScorerFactory.For(program, model.Weights));
    }

    public SnnModel Model { get; }

    public InputShape Input { get; }

    public VectorDataViewType InputType { get; }

    /// <summary>Type of the column Score.</summary>
    public DataViewType ScoreType { get; }

    /// <summary>Number of scores of a row.</summary>
    public int Width { get; }

    /// <summary>Creates a scorer of outputs; <see cref="ToLabelUnits"/> makes labels of them.</summary>
    public NetworkScorer CreateScorer(int threads) => _factory.Value.Create(threads);

    /// <summary>Undoes what standardising the label did.</summary>
    public void ToLabelUnits(Span<float> scores)
    {
        int units = Model.Scales.Count;
        for (int n = 0; n < scores.Length && units > 0; n++)
        {
            scores[n] = Model.Scales[n % units].ToLabel(scores[n]);
        }
    }
}
