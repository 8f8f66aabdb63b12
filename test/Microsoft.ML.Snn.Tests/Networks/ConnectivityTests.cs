using System;
using System.Linq;
using CsCheck;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Networks;

[TestClass]
public sealed class ConnectivityTests
{
    [TestMethod]
    public void Dense_AnyShapes_HasAWeightPerPair() => Gen.Int[1, 20].Select(Gen.Int[1, 20]).Sample((rows, columns) =>
    {
        ResolvedConnectivity resolved = Connectivity.Dense.Resolve([rows, 2], columns);

        return resolved.Table.SynapseCount == 2L * rows * columns && resolved.MatrixColumns == columns
            && Synapses.Of(resolved.Table).SequenceEqual(
                from i in Enumerable.Range(0, 2 * rows) from j in Enumerable.Range(0, columns) select (i, j, i * columns + j));
    });

    [TestMethod]
    public void OneToOne_TwoPopulations_ConnectsEqualNumbers()
    {
        ResolvedConnectivity resolved = Connectivity.OneToOne.Resolve([3, 4], null);

        Assert.AreEqual(Shape.Create([3, 4]), resolved.Output);
        CollectionAssert.AreEqual(Enumerable.Range(0, 12).Select(n => (n, n, n)).ToArray(), Synapses.Of(resolved.Table).ToArray());
    }

    [TestMethod]
    public void Pairs_AnyOrder_AreThoseSynapsesAndJoinIntoRuns()
    {
        Connectivity pairs = Connectivity.Pairs([(2, 1), (0, 3), (2, 2), (2, 0), (4, 4)]);
        SynapseTable table = pairs.Resolve(6, 5).Table;

        (int, int, int)[] expected = [(0, 3, 0), (2, 0, 1), (2, 1, 2), (2, 2, 3), (4, 4, 4)];
        CollectionAssert.AreEqual(expected, Synapses.Of(table).ToArray());
        Assert.AreEqual(3, table.Segments.Length);
        Assert.AreEqual(pairs, Connectivity.Pairs([(0, 3), (2, 0), (2, 1), (2, 2), (4, 4)]));
        Assert.AreNotEqual(pairs, Connectivity.Pairs([(0, 3), (2, 0), (2, 1), (2, 3), (4, 4)]));
    }

    [TestMethod]
    [DataRow(0.03, true)]
    [DataRow(0.5, false)]
    [DataRow(1.0, true)]
    [DataRow(1.0, false)]
    public void Sparse_ManyPairs_ExistWithTheProbability(double probability, bool allowSelf)
    {
        const int Side = 300;
        ResolvedConnectivity resolved = Connectivity.Sparse(probability, seed: 3, allowSelf).Resolve(Side, Side);
        (int Row, int Column, int Weight)[] synapses = [.. Synapses.Of(resolved.Table)];

        double pairs = Side * Side - (allowSelf ? 0 : Side);
        Assert.AreEqual(probability * pairs, synapses.Length, 5 * Math.Sqrt(pairs * probability * (1 - probability)));
        Assert.AreEqual(synapses.Length, resolved.Table.WeightCount);
        Assert.IsTrue(synapses.Select((s, n) => s.Weight == n).All(isInOrder => isInOrder));
        Assert.HasCount(synapses.Length, synapses.Select(s => (s.Row, s.Column)).ToHashSet());
        Assert.IsTrue(allowSelf || synapses.All(s => s.Row != s.Column));

        // Chi-square of rows and of columns: mean Side - 1, variance about twice that.
        foreach (IGrouping<int, int>[] lines in new[] { synapses.GroupBy(s => s.Row, s => 1).ToArray(), [.. synapses.GroupBy(s => s.Column, s => 1)] })
        {
            double mean = pairs / Side * probability, variance = mean * (1 - probability);
            double chiSquare = lines.Sum(line => (line.Count() - mean) * (line.Count() - mean)) / Math.Max(variance, 1e-9);
            Assert.IsLessThan(Side + 5 * Math.Sqrt(2 * Side), chiSquare);
        }
    }

    [TestMethod]
    public void Sparse_SameSeed_IsTheSameAndStreamsDiffer()
    {
        Connectivity sparse = Connectivity.Sparse(0.1, seed: 5);

        CollectionAssert.AreEqual(Synapses.Of(sparse.Resolve(50, 50).Table).ToArray(), Synapses.Of(sparse.Resolve(50, 50).Table).ToArray());
        CollectionAssert.AreNotEqual(
            Synapses.Of(sparse.Resolve(50, 50, stream: 0).Table).ToArray(), Synapses.Of(sparse.Resolve(50, 50, stream: 1).Table).ToArray());
    }

    /// <summary>Ten billion pairs: work in proportion to them would not end.</summary>
    [TestMethod]
    [Timeout(10_000, CooperativeCancellation = true)]
    public void Sparse_HugeAndNearlyEmpty_CostsItsSynapsesOnly()
    {
        SynapseTable table = Connectivity.Sparse(1e-6).Resolve(100_000, 100_000).Table;

        Assert.AreEqual(10_000, table.SynapseCount, 500);
        Assert.IsLessThanOrEqualTo(table.SynapseCount, table.Segments.Length);
    }

    [TestMethod]
    public void Resolve_ShapesThatDoNotFit_SaysWhatToDo()
    {
        (Func<object> Act, string Message)[] cases =
        [
            (() => Connectivity.Dense.Resolve(3, null), "A dense connection needs the shape of the population that it leads to, but there was none. State the number of neurons."),
            (() => Connectivity.Dense.Resolve(1 << 20, 1 << 20), $"A dense connection has at most {Array.MaxLength} weights, but would have 1099511627776 here. Use smaller layers or sparse connections."),
            (() => Connectivity.OneToOne.Resolve(3, 4), "A one-to-one connection needs two populations of one size, but leads from [3] to [4]. Use Connectivity.Dense, or make the sizes the same."),
            (() => Connectivity.Convolution2D(8, 3).Resolve(784, null), "Convolution2D needs an input of shape [height, width, channels], but its input has shape [784]. State the shape of the population that it comes from, for example [28, 28, 1]."),
            (() => Connectivity.Convolution1D(8, 3).Resolve(784, null), "Convolution1D needs an input of shape [length, channels], but its input has shape [784]. State the shape of the population that it comes from, for example [128, 1]."),
            (() => Connectivity.Convolution2D(8, 3).Resolve([2, 5, 1], null), "Convolution2D does not fit into an input of shape [2, 5, 1]. Use a smaller kernel or pool, or Padding.Same."),
            (() => Connectivity.Convolution2D(8, 3).Resolve([5, 5, 1], [3, 3, 4]), "Convolution2D makes shape [3, 3, 8] of shape [5, 5, 1], but the population that it leads to has shape [3, 3, 4]. Leave that shape out or state [3, 3, 8]."),
            (() => Connectivity.AveragePool2D(3).Resolve([2, 2, 1], null), "AveragePool2D does not fit into an input of shape [2, 2, 1]. Use a smaller kernel or pool, or Padding.Same."),
            (() => Connectivity.Sparse(1e-12).Resolve(3, 3), "A sparse connection of probability 1E-12 from [3] to [3] has no synapse at all. Use a larger probability."),
            (() => Connectivity.Pairs([(0, 5)]).Resolve(3, 5), "The pair (0, 5) is outside a connection of 3 to 5 neurons. Neurons are counted from 0."),
            (() => Connectivity.Pairs([(0, 1), (0, 1)]), "The pair (0, 1) occurs twice. List each synapse once."),
            (() => Connectivity.Pairs([(-1, 1)]), "The pair (-1, 1) has a negative number. Neurons are counted from 0."),
            (() => Connectivity.Pairs([]), "pairs must hold at least one synapse, but was empty. List (from, to) for each synapse."),
            (() => Shape.Create([2, 0]), "A shape has 1 to 3 dimensions of 1 or more whose product is at most 1073741824, but was [2, 0]. Use [features], [length, channels] or [height, width, channels]."),
            (() => Shape.Create([2, 2, 2, 2]), "A shape has 1 to 3 dimensions of 1 or more whose product is at most 1073741824, but was [2, 2, 2, 2]. Use [features], [length, channels] or [height, width, channels]."),
        ];
        foreach ((Func<object> act, string message) in cases)
        {
            StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => act()).Message, message, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Factories_NumbersOutOfRange_SaySo()
    {
        (Func<object> Act, string Message)[] cases =
        [
            (() => Connectivity.Sparse(0), "probability must be"),
            (() => Connectivity.Sparse(double.NaN), "probability must be"),
            (() => Connectivity.Sparse(1.01), "probability must be"),
            (() => Connectivity.Convolution2D(0, 3), "filters must be 1 to 1048576, but was 0. Typical convolutions have 8 to 64 filters."),
            (() => Connectivity.Convolution2D(1, new(3, 0)), "kernel.Width must be 1 to 32768, but was 0. Typical kernels are 3 to 7 wide."),
            (() => Connectivity.Convolution2D(1, 3, 0), "stride.Height must be 1 to 32768, but was 0."),
            (() => Connectivity.TransposedConvolution2D(1, 3, padding: (Padding)9), "padding must be a value of Padding, but was 9. Use Padding.Valid."),
            (() => Connectivity.AveragePool2D(2, weight: double.NaN), "weight must be a finite number, but was NaN. Use for example 1."),
            (() => Connectivity.AveragePoolDense(0), "pool.Height must be 1 to 32768, but was 0."),
            (() => Connectivity.AveragePoolConvolution2D(2, 8, 3, poolStride: -1), "stride.Height must be 1 to 32768, but was -1."),
        ];
        foreach ((Func<object> act, string message) in cases)
        {
            StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => act()).Message, message, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void ToString_Always_SaysWhatItIs()
    {
        Assert.AreEqual("convolution 16 x 3x3", Connectivity.Convolution2D(16, 3).ToString());
        Assert.AreEqual("convolution 16 x 3x5, stride 2x2, same", Connectivity.Convolution2D(16, new(3, 5), 2, Padding.Same).ToString());
        Assert.AreEqual("convolution 4 x 7, stride 2", Connectivity.Convolution1D(4, 7, 2).ToString());
        Assert.AreEqual("transposed convolution 4 x 2x2, stride 2x2", Connectivity.TransposedConvolution2D(4, 2, 2).ToString());
        Assert.AreEqual("average pool 2x2 and convolution 4 x 3x3", Connectivity.AveragePoolConvolution2D(2, 4, 3).ToString());
        Assert.AreEqual("average pool 3x3/1x1 and dense", Connectivity.AveragePoolDense(3, 1).ToString());
        Assert.AreEqual("sparse 0.1", Connectivity.Sparse(0.1).ToString());
        Assert.AreEqual("dense", Connectivity.Dense.ToString());
    }
}
