using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Equations;

[TestClass]
public sealed class LaneTests
{
    private static readonly float[] s_values = [-3.5f, -1, -0.25f, 0.125f, 1, 2, 7.75f, 20];

    public static IEnumerable<object[]> Operations() => Enumerable.Range(0, Count).Select(n => new object[] { n });

    private const int Count = 10;

    [TestMethod]
    [DynamicData(nameof(Operations))]
    public void Operation_OnVectors_IsThatOnOneNumber(int operation)
    {
        AssertIsScalar<Vector256Lane>(operation);
        AssertIsScalar<Vector512Lane>(operation);
    }

    [TestMethod]
    [DynamicData(nameof(Operations))]
    public void Operation_OnDualNumbers_HasTheDerivativeOfDifferences(int operation)
    {
        foreach (float a in s_values)
        {
            foreach (float b in s_values.Where(b => b != a))
            {
                const double H = 1e-5;
                (double da, double db) = (0.7, -0.4);
                var x = new Dual<DoubleLane>(new(a), new(da));
                var y = new Dual<DoubleLane>(new(b), new(db));

                Dual<DoubleLane> actual = Apply(operation, x, y);

                double expected = (At(H) - At(-H)) / (2 * H);
                Assert.AreEqual(At(0), actual.Value.Value, 0);
                Assert.AreEqual(expected, actual.Derivative.Value, 1e-7 * Math.Max(1, Math.Abs(expected)), $"operation {operation} of {a} and {b}");

                double At(double h) => Apply(operation, new DoubleLane(a + h * da), new DoubleLane(b + h * db)).Value;
            }
        }
    }

    [TestMethod]
    public void Formula_OfNumbersAndLanes_Mixes() => Assert.AreEqual(9, Formula(new FloatLane(2)).Value, 0);

    private static TLane Formula<TLane>(TLane v)
        where TLane : struct, ILane<TLane> => 0.5f * v * v + 4f * v - 1f;

    private static unsafe void AssertIsScalar<TLane>(int operation)
        where TLane : struct, ISimdLane<TLane>
    {
        float[] a = [.. Enumerable.Range(0, TLane.Width).Select(n => s_values[n % s_values.Length])];
        float[] b = [.. Enumerable.Range(0, TLane.Width).Select(n => s_values[(n / 2 + 3) % s_values.Length])];
        float[] actual = new float[TLane.Width];
        fixed (float* left = a, right = b, result = actual)
        {
            TLane.Store(Apply(operation, TLane.Load(left), TLane.Load(right)), result);
        }

        for (int n = 0; n < TLane.Width; n++)
        {
            float expected = Apply(operation, new FloatLane(a[n]), new FloatLane(b[n])).Value;
            bool isExact = operation != 6;
            Assert.AreEqual(expected, actual[n], isExact ? 0 : 3e-7f * expected, $"operation {operation}, element {n}");
        }
    }

    private static TLane Apply<TLane>(int operation, TLane a, TLane b)
        where TLane : struct, ILane<TLane> => operation switch
        {
            0 => a + b,
            1 => a - b,
            2 => -a,
            3 => a * b,
            4 => a / b,
            5 => TLane.Sqrt(a * a + b * b),
            6 => TLane.Exp(a),
            7 => TLane.Max(a, b),
            8 => TLane.Min(a, b),
            _ => TLane.SelectGreaterOrEqual(a, b, a + 2f, b * 3f),
        };
}
