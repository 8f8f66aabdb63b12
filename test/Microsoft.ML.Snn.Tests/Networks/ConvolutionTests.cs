using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Networks;

/// <summary>Convolutions and pools against their definitions, written as plain loops over the outputs.</summary>
[TestClass]
public sealed class ConvolutionTests
{
    private static readonly Gen<Geometry> s_geometry = Gen.Select(
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 3]),
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[1, 4], Gen.Int[1, 4]),
        Gen.Select(Gen.Int[1, 4], Gen.Bool),
        (input, window, rest) => new Geometry(
            input.Item1, input.Item2, input.Item3, new(window.Item1, window.Item2), new(window.Item3, window.Item4),
            rest.Item1, rest.Item2 ? Padding.Same : Padding.Valid));

    [TestMethod]
    public void Convolution2D_AnyGeometry_HasTheSynapsesOfItsDefinition() => s_geometry.Where(g => g.Fits).Sample(g =>
    {
        ResolvedConnectivity resolved = Connectivity.Convolution2D(g.Filters, g.Kernel, g.Stride, g.Padding).Resolve(g.Input, null);

        return resolved.Output.Equals(g.Output) && resolved.FixedWeight is null
            && resolved.Table.WeightCount == g.Kernel.Height * g.Kernel.Width * g.Channels * g.Filters
            && Synapses.Same(Synapses.Of(resolved.Table), Definition(g));
    });

    [TestMethod]
    public void Convolution1D_AnyGeometry_IsTheTwoDimensionalOneOfOneLine() => s_geometry.Where(g => g.Fits).Sample(g =>
    {
        Geometry line = g with { Height = 1, Kernel = new(1, g.Kernel.Width), Stride = new(1, g.Stride.Width) };
        ResolvedConnectivity resolved = Connectivity.Convolution1D(g.Filters, g.Kernel.Width, g.Stride.Width, g.Padding)
            .Resolve([g.Width, g.Channels], null);

        return resolved.Output.Equals([line.Output[1], g.Filters]) && Synapses.Same(Synapses.Of(resolved.Table), Definition(line));
    });

    /// <summary>Numbers, not only structure: what a reader of the table computes is what the textbook loops compute.</summary>
    [TestMethod]
    public void Convolution2D_ForwardAndGradients_AreThoseOfThePlainLoops() => s_geometry.Where(g => g.Fits).Sample(g =>
    {
        SynapseTable table = Connectivity.Convolution2D(g.Filters, g.Kernel, g.Stride, g.Padding).Resolve(g.Input, null).Table;
        var random = new Random(1);
        double[] input = Draw(table.Rows), error = Draw(table.Columns), kernel = Draw(table.WeightCount);
        KernelOrder order = g.Order;
        double[] weights = new double[kernel.Length];
        var output = new double[table.Columns];
        var byInput = new double[table.Rows];
        var byKernel = new double[kernel.Length];
        foreach ((int row, int column, int y, int x, int c, int f) in Taps(g))
        {
            int k = ((y * g.Kernel.Width + x) * g.Channels + c) * g.Filters + f;
            output[column] += input[row] * kernel[k];
            byInput[row] += error[column] * kernel[k];
            byKernel[k] += error[column] * input[row];
        }

        var expectedByWeight = new double[kernel.Length];
        for (int k = 0; k < kernel.Length; k++)
        {
            int f = k % g.Filters, c = k / g.Filters % g.Channels, x = k / g.Filters / g.Channels % g.Kernel.Width;
            int place = order.IndexOf(k / g.Filters / g.Channels / g.Kernel.Width, x, c, f);
            weights[place] = kernel[k];
            expectedByWeight[place] = byKernel[k];
        }

        (double[] foundByInput, double[] foundByWeight) = Synapses.Backward(table, weights, input, error);
        return Near(output, Synapses.Forward(table, weights, input)) && Near(byInput, foundByInput)
            && Near(expectedByWeight, foundByWeight);

        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    });

    [TestMethod]
    public void TransposedConvolution2D_AnyGeometry_IsTheTransposeOfAConvolution() => s_geometry.Sample(g =>
    {
        ResolvedConnectivity resolved =
            Connectivity.TransposedConvolution2D(g.Filters, g.Kernel, g.Stride, g.Padding).Resolve(g.Input, null);
        bool valid = g.Padding == Padding.Valid;
        Shape expected =
        [
            valid ? (g.Height - 1) * g.Stride.Height + g.Kernel.Height : g.Height * g.Stride.Height,
            valid ? (g.Width - 1) * g.Stride.Width + g.Kernel.Width : g.Width * g.Stride.Width,
            g.Filters,
        ];

        // The convolution from our output back to our input, its channels and filters exchanged.
        var back = new Geometry(expected[0], expected[1], g.Filters, g.Kernel, g.Stride, g.Channels, g.Padding);
        IEnumerable<(int, int, int)> transposed =
            from tap in Taps(back)
            select (tap.Column, tap.Row, ((tap.F * g.Kernel.Height + tap.Y) * g.Kernel.Width + tap.X) * g.Filters + tap.C);
        return resolved.Output.Equals(expected) && Synapses.Same(Synapses.Of(resolved.Table), transposed);
    });

    [TestMethod]
    public void AveragePool2D_AnyGeometry_AveragesEachChannel() => s_geometry.Where(g => g.FitsAsPool).Sample(g =>
    {
        Geometry pools = g with { Padding = Padding.Valid };
        ResolvedConnectivity resolved = Connectivity.AveragePool2D(g.Kernel, g.Stride, weight: 3).Resolve(g.Input, null);
        IEnumerable<(int, int, int)> expected =
            from tap in Taps(pools with { Filters = g.Channels })
            where tap.C == tap.F
            select (tap.Row, tap.Column, 0);

        return resolved.Output.Equals([pools.Output[0], pools.Output[1], g.Channels])
            && resolved.FixedWeight == 3f / (g.Kernel.Height * g.Kernel.Width)
            && Synapses.Same(Synapses.Of(resolved.Table), expected);
    });

    [TestMethod]
    public void AveragePoolDense_AnyGeometry_IsThePoolThenTheDenseLayer() => s_geometry.Where(g => g.FitsAsPool).Sample(g =>
    {
        ResolvedConnectivity pool = Connectivity.AveragePool2D(g.Kernel, g.Stride).Resolve(g.Input, null);
        ResolvedConnectivity dense = Connectivity.Dense.Resolve(pool.Output, 3);
        ResolvedConnectivity fused = Connectivity.AveragePoolDense(g.Kernel, g.Stride).Resolve(g.Input, 3);

        return fused.InitialScale == pool.FixedWeight && fused.Table.WeightCount == dense.Table.WeightCount
            && Synapses.Same(Synapses.Of(fused.Table), Product(pool, dense));
    });

    [TestMethod]
    public void AveragePoolConvolution2D_AnyGeometry_IsThePoolThenTheConvolution() => s_geometry.Where(g => g.FitsAsPool).Sample(g =>
    {
        ResolvedConnectivity pool = Connectivity.AveragePool2D(g.Kernel, g.Stride).Resolve(g.Input, null);
        Size2D kernel = new(Math.Min(2, pool.Output[0]), Math.Min(3, pool.Output[1]));
        ResolvedConnectivity convolution = Connectivity.Convolution2D(g.Filters, kernel, 2, g.Padding).Resolve(pool.Output, null);
        ResolvedConnectivity fused = Connectivity.AveragePoolConvolution2D(g.Kernel, g.Filters, kernel, g.Stride, 2, g.Padding)
            .Resolve(g.Input, null);

        return fused.Output.Equals(convolution.Output) && fused.InitialScale == pool.FixedWeight
            && Synapses.Same(Synapses.Of(fused.Table), Product(pool, convolution));
    });

    /// <summary>The runs are as long as they can be: this is what makes a spike's work few long additions.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Convolution2D_InnerInput_HasOneRunPerLineOfOutputs(int stride)
    {
        SynapseTable table = Connectivity.Convolution2D(8, 6, stride).Resolve([30, 30, 4], null).Table;
        ReadOnlySpan<SynapseSegment> runs = table.Row((12 * 30 + 12) * 4 + 1);

        Assert.AreEqual(6 / stride, runs.Length);
        foreach (SynapseSegment run in runs)
        {
            Assert.AreEqual(6 / stride * 8, run.Length);
        }

        int outputs = (30 - 6) / stride + 1;
        Assert.AreEqual((long)outputs * outputs * 6 * 6 * 4 * 8, table.SynapseCount);
        Assert.AreEqual(6 * 6 * 4 * 8, table.WeightCount);
    }

    /// <summary>The synapses of a convolution, with weights where the library keeps them.</summary>
    private static IEnumerable<(int, int, int)> Definition(Geometry g)
    {
        KernelOrder order = g.Order;
        return from tap in Taps(g) select (tap.Row, tap.Column, order.IndexOf(tap.Y, tap.X, tap.C, tap.F));
    }

    /// <summary>A convolution as its textbook loops: every output, every place of the kernel, every channel.</summary>
    private static IEnumerable<(int Row, int Column, int Y, int X, int C, int F)> Taps(Geometry g)
    {
        for (int outY = 0; outY < g.Output[0]; outY++)
        {
            for (int outX = 0; outX < g.Output[1]; outX++)
            {
                for (int f = 0; f < g.Filters; f++)
                {
                    for (int ky = 0; ky < g.Kernel.Height; ky++)
                    {
                        for (int kx = 0; kx < g.Kernel.Width; kx++)
                        {
                            int y = outY * g.Stride.Height + ky - g.Top, x = outX * g.Stride.Width + kx - g.Left;
                            for (int c = 0; c < g.Channels && y >= 0 && y < g.Height && x >= 0 && x < g.Width; c++)
                            {
                                yield return ((y * g.Width + x) * g.Channels + c, (outY * g.Output[1] + outX) * g.Filters + f, ky, kx, c, f);
                            }
                        }
                    }
                }
            }
        }
    }

    private static IEnumerable<(int, int, int)> Product(ResolvedConnectivity first, ResolvedConnectivity second)
    {
        ILookup<int, (int Row, int Column, int Weight)> from = Synapses.Of(second.Table).ToLookup(s => s.Row);
        return from synapse in Synapses.Of(first.Table) from next in @from[synapse.Column] select (synapse.Row, next.Column, next.Weight);
    }

    private static bool Near(double[] first, double[] second) => first.Zip(second).All(p => Math.Abs(p.First - p.Second) < 1e-12);

    private sealed record Geometry(int Height, int Width, int Channels, Size2D Kernel, Size2D Stride, int Filters, Padding Padding)
    {
        public Shape Input => [Height, Width, Channels];

        public bool FitsAsPool => Height >= Kernel.Height && Width >= Kernel.Width;

        public bool Fits => Padding == Padding.Same || FitsAsPool;

        public Shape Output => [Outputs(Height, Kernel.Height, Stride.Height), Outputs(Width, Kernel.Width, Stride.Width), Filters];

        public int Top => Before(Height, Output[0], Kernel.Height, Stride.Height);

        public int Left => Before(Width, Output[1], Kernel.Width, Stride.Width);

        public KernelOrder Order => new(Channels, Kernel, Stride.Width, Filters);

        private int Outputs(int n, int kernel, int stride) =>
            (int)Math.Ceiling((Padding == Padding.Same ? n : n - kernel + 1) / (double)stride);

        private int Before(int n, int outputs, int kernel, int stride) =>
            Padding == Padding.Same ? Math.Max(0, (outputs - 1) * stride + kernel - n) / 2 : 0;
    }
}
