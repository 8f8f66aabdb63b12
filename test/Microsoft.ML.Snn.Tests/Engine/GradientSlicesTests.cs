using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The slices of a gradient are summed in their order, in whatever order they end.</summary>
[TestClass]
public sealed unsafe class GradientSlicesTests
{
    // In another order these add up to something else: 1e8 swallows 1.
    private static readonly float[] s_values = [1e8f, 1, -1e8f, 3, 0.5f, 1e-3f];

    [TestMethod]
    [DataRow(new[] { 0, 1, 2, 3, 4, 5 })]
    [DataRow(new[] { 2, 1, 0, 5, 3, 4 })]
    [DataRow(new[] { 5, 4, 3, 2, 1, 0 })]
    public void AddRest_SlicesEndInAnyOrder_SumInTheirOwn(int[] order)
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(9), Layer.Output()), 4, 10, timeStep: 1, outputs: 2);
        var parameters = new GraphParameters(program, laneWidth: 8);
        using var slices = new GradientSlices<Vector256Lane>(parameters, s_values.Length);
        float expected = 0;
        foreach (float value in s_values)
        {
            expected += value;
        }

        for (int batch = 0; batch < 3; batch++)
        {
            slices.BeginBatch(s_values.Length);
            int begun = 0;
            foreach (int end in order)
            {
                // Threads begin slices in their order; whichever is to end next has begun.
                for (; begun <= end; begun++)
                {
                    Fill(slices.Begin(begun), parameters, s_values[begun]);
                }

                slices.End(end);
            }

            bool isTouched = slices.AddRest(parameter: 0, part: 0, parts: parameters.PartCount(0));

            Assert.IsTrue(isTouched);
            float* total = slices.Total.Values;
            int stride = parameters.PartLength(0);
            Assert.AreEqual(expected, total[stride], "row 1");
            Assert.AreEqual(0, total[0], "row 0, which nothing has reached");
            slices.Clear(parameter: 0, part: 0, parts: parameters.PartCount(0));
            Assert.AreEqual(0, total[stride], "row 1, emptied");
        }
    }

    private static void Fill(GradientSlice slice, GraphParameters parameters, float value)
    {
        int row = parameters.PartLength(0);
        Assert.AreEqual(0, slice.Values[row], "a slice begins empty");
        slice.Values[row] = value;
        slice.Touched[1] = 1;
    }
}
