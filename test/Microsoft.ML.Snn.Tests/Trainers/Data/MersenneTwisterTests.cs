using Microsoft.ML.Snn.Trainers.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

[TestClass]
public sealed class MersenneTwisterTests
{
    [TestMethod]
    public void NextUInt32_SeedOfTheStandard_GivesItsTenThousandthNumber()
    {
        // The C++ standard, [rand.predef], requires this of mt19937.
        MersenneTwister random = new(5489);
        uint last = 0;
        for (int i = 0; i < 10_000; i++)
        {
            last = random.NextUInt32();
        }

        Assert.AreEqual(4_123_659_995u, last);
    }
}
