using System;
using System.Collections.Generic;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>The columns of tasks that ML.NET has no scorer for: several labels, or a label at every step.</summary>
internal sealed class VectorOutputMapper(NetworkScoring network, DataViewSchema.Column? trainingLabel) : ISchemaBindableMapper
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
        builder.AddColumn(DefaultColumnNames.Score, network.ScoreType);
        if (network.Model.Task == SnnTask.MultiLabelClassification)
        {
            builder.AddColumn(DefaultColumnNames.Probability, network.ScoreType);
            builder.AddColumn(DefaultColumnNames.PredictedLabel, new VectorDataViewType(BooleanDataViewType.Instance, network.Width));
        }
        else if (network.Model.Task == SnnTask.SequenceClassification)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(trainingLabel?.Annotations, kind => kind == AnnotationUtils.Kinds.KeyValues);
            var key = new KeyDataViewType(typeof(uint), network.Model.Program.Output.Units);
            builder.AddColumn(DefaultColumnNames.PredictedLabel, new VectorDataViewType(key, network.Input.Steps), annotations.ToAnnotations());
        }

        return builder.ToSchema();
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
