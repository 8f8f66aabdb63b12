using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>A trained network as ML.NET's scorers see it: types in and out, and scorers for any number of threads.</summary>
internal sealed class NetworkScoring
{
    private readonly Lazy<ScorerFactory> _factory;
    private readonly Lazy<byte[]> _digest;

    public NetworkScoring(SnnModel model)
    {
        NetworkProgram program = model.Program;
        Model = model;
        Input = new InputShape(program.Channels, program.Steps, program.TimeStep, model.IsConstantCurrent, model.IsSpikeTimes);
        InputType = model.IsConstantCurrent || model.IsSpikeTimes
            ? new VectorDataViewType(NumberDataViewType.Single, program.Channels)
            : new VectorDataViewType(NumberDataViewType.Single, program.Steps, program.Channels);
        Outputs = OutputScoring.AllOf(model);
        Width = program.ScoresPerExample;
        ScoreType = Outputs[0].ScoreType;
        _factory = new Lazy<ScorerFactory>(() => ScorerFactory.For(program, model.Weights));
        _digest = new Lazy<byte[]>(DigestOf);
    }

    public SnnModel Model { get; }

    public InputShape Input { get; }

    public VectorDataViewType InputType { get; }

    /// <summary>The first output, and those with labels of their own.</summary>
    public IReadOnlyList<OutputScoring> Outputs { get; }

    /// <summary>Type of the column Score.</summary>
    public DataViewType ScoreType { get; }

    /// <summary>Number of scores of a row, of all outputs.</summary>
    public int Width { get; }

    /// <summary>Creates a scorer of outputs; <see cref="ToLabelUnits"/> makes labels of them.</summary>
    public NetworkScorer CreateScorer(int threads) => _factory.Value.Create(threads);

    /// <summary>Creates what runs the network step by step, for one stream.</summary>
    public NetworkStepper CreateStepper() => _factory.Value.CreateStepper(Model.IsConstantCurrent);

    /// <summary>Creates what shows the inside of trials.</summary>
    public TrialRunner CreateRunner() => _factory.Value.CreateRunner();

    /// <summary>Checks that a feature column is encoded as the network was trained.</summary>
    public void CheckFeatures(IHost host, DataViewSchema schema, string featureColumn)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(featureColumn)
            ?? throw host.ExceptSchemaMismatch(nameof(schema), "feature", featureColumn);
        bool isSpikes = SpikeColumn.TryGet(column, out _);
        bool isVector = column.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single;
        InputShape? found = isVector ? InputShape.Of(column, Input.Steps, Input.TimeStep, Model.Program.Integrator) : null;
        if (found != Input)
        {
            throw host.ExceptSchemaMismatch(
                nameof(schema), "feature", featureColumn, Input.ToString(),
                $"{found?.ToString() ?? column.Type.ToString()}. Encode it as the training data was"
                + (isSpikes || Input.IsConstantCurrent ? "" : ", for example with EncodeLatency"));
        }
    }

    /// <summary>Tells this network from every other one, whatever file it came from.</summary>
    public byte[] Digest => _digest.Value;

    /// <summary>Undoes what standardising the labels did, for any number of rows.</summary>
    public void ToLabelUnits(Span<float> scores)
    {
        // Walking through a read-only list allocates, and a step of a stream must not.
        for (int index = 0; index < Outputs.Count; index++)
        {
            OutputScoring output = Outputs[index];
            int units = output.Scales.Count;
            for (int row = 0; units > 0 && row + Width <= scores.Length; row += Width)
            {
                Span<float> own = scores.Slice(row + output.Offset, output.Width);
                for (int n = 0; n < own.Length; n++)
                {
                    own[n] = output.Scales[n % units].ToLabel(own[n]);
                }
            }
        }
    }

    private byte[] DigestOf()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(Model.Program.ToString()));
        for (int n = 0; n < Model.Weights.Count; n++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(Model.Weights[n].AsSpan()));
        }

        return hash.GetHashAndReset();
    }
}
