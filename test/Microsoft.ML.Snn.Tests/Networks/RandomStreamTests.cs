using System.Linq;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Networks;

[TestClass]
public sealed class RandomStreamTests
{
    /// <summary>Computed by an independent program: models trained with a seed must stay the same for ever.</summary>
    [TestMethod]
    [DataRow(0, 0, 0x568A9B0B1A2C05ECUL, 0x44E5B8B147EF718BUL, 0x458563AB55521133UL)]
    [DataRow(42, 3, 0x4E54865335A6A3BCUL, 0xD657D3E5EDC82DE6UL, 0x598C9CC2E919F054UL)]
    [DataRow(-1, int.MaxValue, 0x8ED4AFB919B50BA5UL, 0x6D5352C15C9ED237UL, 0x3C7493A725AB65EDUL)]
    public void NextUInt64_SeedAndStream_GivesTheFixedValues(int seed, int stream, ulong first, ulong second, ulong third)
    {
        RandomStream random = new(seed, stream);

        CollectionAssert.AreEqual(new[] { first, second, third }, new[] { random.NextUInt64(), random.NextUInt64(), random.NextUInt64() });
    }

    [TestMethod]
    public void NextDoubleAndNextInt32_Always_StayInRange()
    {
        RandomStream random = new(5, 0);
        double[] uniform = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextDouble())];
        int[] dice = [.. Enumerable.Range(0, 60_000).Select(_ => random.NextInt32(6))];

        Assert.IsInRange(0, 1e-3, uniform.Min());
        Assert.IsInRange(0.999, 1 - 1e-16, uniform.Max());
        Assert.AreEqual(0.5, uniform.Average(), 5 / System.Math.Sqrt(12 * 100_000));
        foreach (IGrouping<int, int> face in dice.GroupBy(d => d))
        {
            Assert.IsInRange(0, 5, face.Key);
            Assert.AreEqual(10_000, face.Count(), 5 * System.Math.Sqrt(60_000 * 5 / 36.0));
        }
    }

    [TestMethod]
    public void Shuffle_AllOrdersOfFour_AreEquallyLikely()
    {
        RandomStream random = new(6, 0);
        var orders = Enumerable.Range(0, 24_000).Select(_ =>
        {
            int[] items = [0, 1, 2, 3];
            random.Shuffle(items);
            return string.Concat(items);
        }).GroupBy(order => order).ToArray();

        Assert.HasCount(24, orders);
        Assert.IsTrue(orders.All(order => order.Count() is > 840 and < 1160), "Five deviations of 1000 of 24000.");
    }
}
