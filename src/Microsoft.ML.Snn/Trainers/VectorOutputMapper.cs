using System;
using System.Collections.Generic;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>The columns of outputs that ML.NET has no scorer for: several labels, a label at every step, outputs beside the first.</summary>
/// <param name="network">The network.</param>
/// <param name="outputs">Those of its outputs whose columns these are.</param>
/// <param name="labelOf">The column that an output was trained on, if it is there.</param>
internal sealed class VectorOutputMapper(
    NetworkScoring network, IReadOnlyList<OutputScoring> outputs, Func<OutputScoring, DataViewSchema.Column?> labelOf) : ISchemaBindableMapper
{
    public ISchemaBoundMapper Bind(IHostEnvironment env, RoleMappedSchema schema)
    {
        Contracts.CheckValue(env, nameof(env));
        Contracts.CheckValue(schema, nameof(schema));
        return new Bound(this, schema);
    }

    private DataViewSchema Columns()
    {
        var builder = new DataViewSchema.Builder();
        foreach (OutputScoring output in outputs)
        {
            AddColumns(builder, output);
        }

        return builder.ToSchema();
    }

    private void AddColumns(DataViewSchema.Builder builder, OutputScoring output)
    {
        builder.AddColumn(output.Prefix + DefaultColumnNames.Score, output.ScoreType);
        bool isScalar = output.Task is SnnTask.BinaryClassification or SnnTask.MulticlassClassification;
        if (output.Task is SnnTask.BinaryClassification or SnnTask.MultiLabelClassification)
        {
            builder.AddColumn(output.Prefix + DefaultColumnNames.Probability, output.ScoreType);
            builder.AddColumn(
                output.Prefix + DefaultColumnNames.PredictedLabel,
                isScalar ? BooleanDataViewType.Instance : new VectorDataViewType(BooleanDataViewType.Instance, output.Width));
        }
        else if (output.Task is SnnTask.MulticlassClassification or SnnTask.SequenceClassification)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(labelOf(output)?.Annotations, kind => kind == AnnotationUtils.Kinds.KeyValues);
            var key = new KeyDataViewType(typeof(uint), output.Units);
            builder.AddColumn(
                output.Prefix + DefaultColumnNames.PredictedLabel, isScalar ? key : new VectorDataViewType(key, output.Steps),
                annotations.ToAnnotations());
        }
    }

    private sealed class Bound(VectorOutputMapper parent, RoleMappedSchema schema) : ISchemaBoundRowMapper
    {
        public RoleMappedSchema InputRoleMappedSchema => schema;

        public DataViewSchema InputSchema => schema.Schema;

        public DataViewSchema OutputSchema { get; } = parent.Columns();

        public ISchemaBindableMapper Bindable => parent;

        private DataViewSchema.Column Feature => schema.Feature!.Value;

        public IEnumerable<KeyValuePair<RoleMappedSchema.ColumnRole, string>> GetInputColumnRoles() =>
            [RoleMappedSchema.ColumnRole.Feature.Bind(Feature.Name)];

        public IEnumerable<DataViewSchema.Column> GetDependenciesForNewColumns(IEnumerable<DataViewSchema.Column> dependingColumns)
        {
            foreach (DataViewSchema.Column unused in dependingColumns)
            {
                return [Feature];
            }

            return [];
        }

        public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        {
            var getters = new Delegate[OutputSchema.Count];
            CurrentScores? scores = null;
            foreach (DataViewSchema.Column column in activeColumns)
            {
                scores ??= ScoresOf(input);
                getters[column.Index] = ScoreGetters.For(column.Name, parent.Network, scores);
            }

            return new SimpleRow(OutputSchema, input, getters);
        }

        /// <summary>Scores each row once, whichever of its columns are read.</summary>
        private CurrentScores ScoresOf(DataViewRow input)
        {
            var scorer = new RowScorer(parent.Network, Feature.Name);
            ValueGetter<VBuffer<float>> getFeatures = input.GetGetter<VBuffer<float>>(Feature);
            VBuffer<float> features = default;
            long scored = -1;
            return () =>
            {
                if (scored != input.Position || scored < 0)
                {
                    getFeatures(ref features);
                    scorer.Score(features);
                    scored = input.Position;
                }

                return scorer.Scores;
            };
        }
    }

    private NetworkScoring Network => network;
}
