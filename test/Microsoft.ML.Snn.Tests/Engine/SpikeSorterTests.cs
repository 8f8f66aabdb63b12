using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Spikes in order of time against a stable sort, and the packing of chosen lanes against a loop.</summary>
[TestClass]
public sealed class SpikeSorterTests
{
    /// <summary>Few and many spikes: spread, crowded, with equal times, and too close for single precision.</summary>
    [TestMethod]
    public unsafe void Append_AnySpikes_IsAStableSort()
    {
        var random = new Random(4);
        using SpikeSorter sorter = new();
        foreach (int count in (int[])[0, 1, 2, 3, 4, 5, 7, 8, 31, 64, 95, 96, 97, 98, 200, 1000])
        {
            foreach (int kind in (int[])[0, 1, 2, 3])
            {
                using EventTape tape = new();
                tape.Records.Reserve(3 + count + 4);
                tape.Reserve(3);
                (tape.Time[0], tape.Time[1], tape.Time[2], tape.Count) = (1, 2, 3, 3);
                var spikes = Enumerable.Range(0, count).Select(k => (
                    Time: 5 + kind switch
                    {
                        0 => 10 * random.NextDouble(),
                        1 => 1e-3 * random.NextDouble(),
                        2 => random.Next(6),
                        _ => 8 + 1e-9 * random.NextDouble(),
                    },
                    Neuron: k)).ToArray();
                for (int k = 0; k < count; k++)
                {
                    (tape.Records.Time[3 + k], tape.Records.Neuron[3 + k]) = spikes[k];
                }

                sorter.Append(tape, count, start: 5, length: 10);

                (double Time, int Neuron)[] expected = [.. spikes.OrderBy(spike => spike.Time)];
                Assert.AreEqual(3 + count, tape.Count);
                for (int k = 0; k < count; k++)
                {
                    Assert.AreEqual(expected[k], (tape.Time[3 + k], tape.Neuron[3 + k]), $"spike {k} of {count}, kind {kind}");
                    Assert.AreEqual(spikes[k].Neuron, tape.Neuron[tape.Records.Place[3 + k]]);
                }
            }
        }
    }

    [TestMethod]
    public void Pack_EveryMask_IsALoop()
    {
        AssertPacks<Vector256Lane>(Enumerable.Range(0, 256).Select(mask => (uint)mask));
        AssertPacks<Vector512Lane>(Enumerable.Range(0, 256).SelectMany(mask => new[] { (uint)mask, (uint)mask << 8, (uint)(mask * 257) ^ 0x1c8u }));
    }

    private static unsafe void AssertPacks<TLane>(System.Collections.Generic.IEnumerable<uint> masks)
        where TLane : struct, ISimdLane<TLane>
    {
        float* from = stackalloc float[TLane.Width], values = stackalloc float[2 * TLane.Width];
        int* indices = stackalloc int[2 * TLane.Width];
        for (int n = 0; n < TLane.Width; n++)
        {
            from[n] = 100 + n;
        }

        foreach (uint mask in masks)
        {
            TLane.Pack(TLane.Load(from), mask, values);
            TLane.PackIndices(mask, first: 7, indices);
            int[] expected = [.. Enumerable.Range(0, TLane.Width).Where(n => (mask >> n & 1) != 0)];
            for (int k = 0; k < expected.Length; k++)
            {
                Assert.AreEqual(7 + expected[k], indices[k], $"mask {mask:x}");
                Assert.AreEqual(100f + expected[k], values[k], $"mask {mask:x}");
            }
        }
    }
}
