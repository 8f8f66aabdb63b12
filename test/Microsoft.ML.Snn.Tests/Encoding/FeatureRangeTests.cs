using System;
using Microsoft.ML.Snn.Encoding;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Encoding;

[TestClass]
public sealed class FeatureRangeTests
{
    [TestMethod]
    [DataRow(0f)]
    [DataRow(1f)]
    [DataRow(0.3f)]
    public void Check_Inside_ReturnsTheValue(float feature) =>
        Assert.AreEqual(feature, new FeatureRange("F", OutOfRange.Error).Check(feature, 0, row: 0));

    [TestMethod]
    [DataRow(-0.1f, 0f)]
    [DataRow(1.1f, 1f)]
    [DataRow(float.PositiveInfinity, 1f)]
    [DataRow(float.NegativeInfinity, 0f)]
    public void Check_OutsideAndClip_ReturnsTheNearestValue(float feature, float expected) =>
        Assert.AreEqual(expected, new FeatureRange("F", OutOfRange.Clip).Check(feature, 0, row: 0));

    [TestMethod]
    [DataRow(-0.1f, -0.1f)]
    [DataRow(-1f, -1f)]
    [DataRow(-1.1f, -1f)]
    [DataRow(1.1f, 1f)]
    public void Check_SignedAndClip_GoesDownToMinusOne(float feature, float expected) =>
        Assert.AreEqual(expected, new FeatureRange("F", OutOfRange.Clip, signed: true).Check(feature, 0, row: 0));

    [TestMethod]
    public void Check_SignedOutside_NamesTheRange()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => new FeatureRange("F", OutOfRange.Error, signed: true).Check(-1.5f, 0, row: 0));

        StringAssert.StartsWith(error.Message, "Column 'F' must hold values from -1 to 1, but slot 0 of row 0 was -1.5.", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(1.5f, "1.5")]
    [DataRow(-0.25f, "-0.25")]
    [DataRow(float.PositiveInfinity, "Infinity")]
    public void Check_Outside_ThrowsWithTheWayOut(float feature, string printed)
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => new FeatureRange("Pixels", OutOfRange.Error).Check(feature, slot: 3, row: 17));

        Assert.AreEqual(
            $"Column 'Pixels' must hold values from 0 to 1, but slot 3 of row 17 was {printed}. Append "
            + "mlContext.Transforms.NormalizeMinMax with fixZero: false before the encoder, or set outOfRange: OutOfRange.Clip "
            + "where only rows unseen in training lie outside.",
            error.Message);
    }

    [TestMethod]
    [DataRow(OutOfRange.Error)]
    [DataRow(OutOfRange.Clip)]
    public void Check_NaN_ThrowsWithTheWayOut(OutOfRange outOfRange)
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => new FeatureRange("Pixels", outOfRange).Check(float.NaN, slot: 3, row: 17));

        Assert.AreEqual(
            "Column 'Pixels' must hold values from 0 to 1, but slot 3 of row 17 was NaN. Append "
            + "mlContext.Transforms.ReplaceMissingValues before the encoder.",
            error.Message);
    }
}
