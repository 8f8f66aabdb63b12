using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Scoring is lazy, repeatable and safe for any number of threads.</summary>
[TestClass]
public sealed class SnnScoringTests
{
    [TestMethod]
    public void Transform_NoCursorMoved_ReadsNoRow()
    {
        MLContext context = new();
        SnnPredictionTransformer model = SmallData.QuickModel(context);
        int read = 0;
        IDataView scored = model.Transform(LabelledRow.Load(context, Counted(LabelledRow.Draw(600), () => read++)));

        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        Assert.AreEqual(0, read);

        Assert.IsTrue(cursor.MoveNext());
        Assert.IsGreaterThan(0, read);
        Assert.IsLessThan(600, read, "A batch ahead, not all rows. The two readers together must not have read everything.");
    }

    [TestMethod]
    public void GetRowCursor_OnlyLabelAsked_ComputesNoFeatures()
    {
        MLContext context = new();
        SnnPredictionTransformer model = SmallData.QuickModel(context);
        int computed = 0;
        IDataView lazy = context.Transforms.CustomMapping<LabelledRow, TwoFeatures>(
            (row, output) => { computed++; output.Features = row.Features; }, contractName: null).Fit(LabelledRow.Load(context, 10))
            .Transform(LabelledRow.Load(context, 10));

        uint[] labels = [.. model.Transform(lazy).GetColumn<uint>("Label")];

        Assert.HasCount(10, labels);
        Assert.AreEqual(0, computed);
        Assert.HasCount(10, SmallData.Scores(model.Transform(lazy)));
        Assert.AreEqual(10, computed, "The count sees what it should.");
    }

    [TestMethod]
    public void Cursors_Interleaved_DoNotDisturbEachOther()
    {
        MLContext context = new();
        IDataView scored = SmallData.QuickModel(context).Transform(LabelledRow.Load(context, 700));
        float[][] expected = SmallData.Scores(scored);
        DataViewSchema.Column column = scored.Schema["Score"];
        using DataViewRowCursor fast = scored.GetRowCursor([column]), slow = scored.GetRowCursor(scored.Schema);
        var getFast = fast.GetGetter<VBuffer<float>>(column);
        var getSlow = slow.GetGetter<VBuffer<float>>(column);
        VBuffer<float> value = default;

        for (int row = 0; row < 350; row++)
        {
            for (int step = 0; step < 2; step++)
            {
                Assert.IsTrue(fast.MoveNext());
                getFast(ref value);
                CollectionAssert.AreEqual(expected[2 * row + step], value.DenseValues().ToArray());
            }

            Assert.IsTrue(slow.MoveNext());
            getSlow(ref value);
            CollectionAssert.AreEqual(expected[row], value.DenseValues().ToArray());
        }

        Assert.IsFalse(fast.MoveNext());
    }

    [TestMethod]
    public void Threads_OwnCursorsAndOwnEngines_Agree()
    {
        MLContext context = new();
        SnnPredictionTransformer model = SmallData.QuickModel(context);
        LabelledRow[] rows = LabelledRow.Draw(300);
        IDataView scored = model.Transform(LabelledRow.Load(context, rows));
        float[][] expected = SmallData.Scores(scored);
        using Barrier together = new(4);

        Task[] tasks = [.. Enumerable.Range(0, 4).Select(n => Task.Factory.StartNew(() =>
        {
            together.SignalAndWait();
            if (n % 2 == 0)
            {
                SmallData.AssertSame(expected, SmallData.Scores(scored));
                return;
            }

            using var engine = context.Model.CreatePredictionEngine<LabelledRow, ScoredRow>(model);
            SmallData.AssertSame(expected, [.. rows.Select(row => engine.Predict(row).Score)]);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

        Task.WaitAll(tasks);
    }

    [TestMethod]
    public void Cursor_DisposedTwiceOrLeftInTheMiddle_HarmsNobody()
    {
        MLContext context = new();
        IDataView scored = SmallData.QuickModel(context).Transform(LabelledRow.Load(context, 600));
        float[][] expected = SmallData.Scores(scored);

        DataViewRowCursor twice = scored.GetRowCursor(scored.Schema);
        Assert.IsTrue(twice.MoveNext());
        twice.Dispose();
        twice.Dispose();
        scored.GetRowCursor(scored.Schema).Dispose();

        SmallData.AssertSame(expected, SmallData.Scores(scored));
    }

    [TestMethod]
    public void Transform_SourceWithScoreColumns_HidesThemAndGivesItsOwn()
    {
        MLContext context = new();
        SnnPredictionTransformer model = SmallData.QuickModel(context);
        IDataView once = model.Transform(LabelledRow.Load(context, 40));

        IDataView twice = model.Transform(once);

        SmallData.AssertSame(SmallData.Scores(once), SmallData.Scores(twice));
        Assert.AreEqual(2, twice.Schema.Count(column => column.Name == "PredictedLabel"));
        IDataView texts = context.Transforms.CopyColumns("Score", "Label").Append(context.Transforms.CopyColumns("PredictedLabel", "Weight"))
            .Fit(once).Transform(LabelledRow.Load(context, 40));
        SmallData.AssertSame(SmallData.Scores(once), SmallData.Scores(model.Transform(texts)));
        Assert.HasCount(40, model.Transform(texts).GetColumn<uint>("PredictedLabel").ToArray());
    }

    [TestMethod]
    public void Transform_NoRows_GivesNoScores()
    {
        MLContext context = new();
        IDataView scored = SmallData.QuickModel(context).Transform(LabelledRow.Load(context, []));

        Assert.IsEmpty(SmallData.Scores(scored));
    }

    [TestMethod]
    public void Transform_RowCountsAroundTheBatch_GiveEveryRowItsScore()
    {
        MLContext context = new();
        SnnPredictionTransformer model = SmallData.QuickModel(context);
        float[][] expected = SmallData.Scores(model.Transform(LabelledRow.Load(context, 513)));
        foreach (int count in new[] { 1, 255, 256, 257, 512, 513 })
        {
            SmallData.AssertSame(expected[..count], SmallData.Scores(model.Transform(LabelledRow.Load(context, LabelledRow.Draw(513)[..count]))));
        }
    }

    [TestMethod]
    public void Predict_AfterARefusedRow_GivesTheScoresOfItsOwnRow()
    {
        MLContext context = new();
        SnnPredictionTransformer model = SmallData.QuickModel(context);
        using var engine = context.Model.CreatePredictionEngine<LabelledRow, ScoredRow>(model);
        LabelledRow good = new() { Features = [0.3f, 0.8f] };
        float[] expected = engine.Predict(good).Score;

        Assert.Throws<Exception>(() => engine.Predict(new() { Features = [5, float.NaN] }));

        CollectionAssert.AreEqual(expected, engine.Predict(good).Score);
    }

    private static IEnumerable<LabelledRow> Counted(IEnumerable<LabelledRow> rows, Action count)
    {
        foreach (LabelledRow row in rows)
        {
            count();
            yield return row;
        }
    }

    private sealed class TwoFeatures
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }
}
