using System;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Labels of every kind for the iris flowers and for small sequences.</summary>
internal static class TaskData
{
    /// <summary>A row of iris with what each task makes of it.</summary>
    internal sealed class Flower
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];

        /// <summary>Whether it is virginica, the one that overlaps with versicolor.</summary>
        public bool IsVirginica { get; set; }

        /// <summary>In centimetres.</summary>
        public float PetalWidth { get; set; }

        /// <summary>Petal width in cm and sepal length in mm.</summary>
        [VectorType(2)]
        public float[] Sizes { get; set; } = [];

        /// <summary>Whether it is no setosa, and whether it is virginica.</summary>
        [VectorType(2)]
        public float[] Flags { get; set; } = [];

        [KeyType(3)]
        public uint Species { get; set; }
    }

    /// <summary>One row of sequences.</summary>
    internal sealed class Sequence
    {
        public const int Steps = 20;

        [VectorType(2)]
        public float[] Features { get; set; } = [];

        /// <summary>The class of each step, counted from 1 as keys are in vectors: 1 before a step that the features give, then 2.</summary>
        [VectorType(Steps)]
        [KeyType(2)]
        public uint[] Classes { get; set; } = [];

        /// <summary>A wave whose height the features give, far from 0.</summary>
        [VectorType(Steps)]
        public float[] Wave { get; set; } = [];
    }

    /// <summary>Iris: sepal length, sepal width and petal length are the features, scaled to 0 to 1.</summary>
    public static IDataView Flowers(MLContext context) => context.Data.LoadFromEnumerable(FlowerRows(context));

    public static Flower[] FlowerRows(MLContext context)
    {
        IDataView iris = SmallData.Iris(context);
        return
        [
            .. context.Data.CreateEnumerable<IrisRow>(iris, reuseRowObject: false).Select(row => new Flower
            {
                Features = [(row.Features[0] - 4) / 4, (row.Features[1] - 2) / 3, row.Features[2] / 7],
                IsVirginica = row.Label == 2,
                PetalWidth = row.Features[3],
                Sizes = [row.Features[3], 10 * row.Features[0]],
                Flags = [row.Label > 0 ? 1 : 0, row.Label == 2 ? 1 : 0],
                Species = (uint)row.Label,
            }),
        ];
    }

    public static Sequence[] Sequences(int count)
    {
        Random random = new(3);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            float x = random.NextSingle();
            int change = 6 + (int)(8 * x);
            return new Sequence
            {
                Features = [x, 1],
                Classes = [.. Enumerable.Range(0, Sequence.Steps).Select(step => step < change ? 1u : 2u)],
                Wave = [.. Enumerable.Range(0, Sequence.Steps).Select(step => 1000 + 50 * x * (float)Math.Sin(step / 4.0))],
            };
        })];
    }

    /// <summary>Settings that learn iris within a second or two.</summary>
    public static SnnTrainer.Options Options(string label, int epochs = 200) => new()
    {
        LabelColumnName = label,
        NumberOfHiddenNeurons = 48,
        NumberOfEpochs = epochs,
        BatchSize = 16,
        Optimizer = new Adam(0.01),
        Seed = 1,
    };

    public static float[][] Vectors(IDataView data, string column) =>
        [.. data.GetColumn<VBuffer<float>>(data.Schema[column]).Select(v => v.DenseValues().ToArray())];

    private sealed class IrisRow
    {
        public float Label { get; set; }

        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }
}
