using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Rows of any length against plain loops; what lies before and behind a row is left as it is.</summary>
[TestClass]
public sealed unsafe class ScatteredLoopsTests
{
    private const int Columns = 50;
    private const int Before = 3;
    private const int Behind = 9;
    private const float Scale = 0.75f;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Add_AnyLength_EqualsTheLoop(bool isTwice) => ForEveryLength(isTwice, (row, weights, targets) =>
    {
        float[] sums = Numbers(Columns, 3);
        float[] expected = [.. sums];
        for (int n = 0; n < row; n++)
        {
            expected[targets[n]] += Scale * weights[Before + n];
        }

        fixed (float* w = weights, s = sums)
        fixed (int* t = targets)
        {
            ScatteredLoops.Add(w + Before, Scale, t, row, s);
        }

        CollectionAssert.AreEqual(expected, sums, $"length {row}");
    });

    [TestMethod]
    public void AddGradient_AnyLength_EqualsTheLoop() => ForEveryLength(isTwice: true, (row, gradient, targets) =>
    {
        float[] derivatives = Numbers(Columns, 4);
        float[] expected = [.. gradient];
        for (int n = 0; n < row; n++)
        {
            expected[Before + n] += Scale * derivatives[targets[n]];
        }

        fixed (float* g = gradient, d = derivatives)
        fixed (int* t = targets)
        {
            ScatteredLoops.AddGradient(g + Before, Scale, t, row, d);
        }

        CollectionAssert.AreEqual(expected, gradient, $"length {row}");
    });

    [TestMethod]
    public void ProductAndSum_AnyLength_AreThoseOfDoublePrecision() => ForEveryLength(isTwice: true, (row, weights, targets) =>
    {
        float[] errors = Numbers(Columns, 5);
        int[] own = targets[..row];
        double product = own.Select((target, n) => (double)weights[Before + n] * errors[target]).Sum();
        double size = own.Select((target, n) => Math.Abs((double)weights[Before + n] * errors[target])).Sum();
        fixed (float* w = weights, e = errors)
        fixed (int* t = targets)
        {
            Assert.AreEqual(product, ScatteredLoops.Product(w + Before, t, row, e), 1e-6 * size, $"length {row}");
            Assert.AreEqual(
                own.Sum(target => (double)errors[target]), ScatteredLoops.Sum(t, row, e), 1e-6 * own.Sum(target => Math.Abs(errors[target])));
        }
    });

    /// <summary>Gives the number of synapses, numbers of which the row is a part, and its targets: each once, or some twice.</summary>
    private static void ForEveryLength(bool isTwice, Action<int, float[], int[]> test)
    {
        var random = new RandomStream(7, stream: 1);
        for (int length = 0; length <= 40; length++)
        {
            int[] targets = new int[length];
            int[] columns = [.. Enumerable.Range(0, Columns)];
            random.Shuffle(columns);
            for (int n = 0; n < length; n++)
            {
                targets[n] = isTwice ? random.NextInt32(Columns) : columns[n];
            }

            test(length, Numbers(Before + length + Behind, 2), targets);
        }
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new RandomStream(seed, stream: 2);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
    }
}
