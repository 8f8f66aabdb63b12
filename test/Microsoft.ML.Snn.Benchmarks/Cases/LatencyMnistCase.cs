using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;

namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>Handwritten digits whose pixels spike the earlier the brighter they are; 784 inputs, 10 classes.</summary>
internal sealed class LatencyMnistCase : IBenchmarkCase
{
    private const int PixelCount = 784;
    private const int StepCount = 20;

    public string Name => "latency-mnist";

    public BenchmarkTask Load(RunOptions options) => new()
    {
        Name = Name,
        Train = Read("train", options.TrainSize, StepCount),
        Test = Read("t10k", size: null, StepCount),
        ClassCount = 10,
        HiddenCount = options.HiddenCount ?? 128,
        StepCount = StepCount,
        HiddenWeights = new(0.078, 0.045),
        OutputWeights = new(0.2, 0.37),
        LearningRate = 1e-2,
    };

    public static SpikeExamples Read(string prefix, int? size, int steps)
    {
        byte[] labels = ReadIdx($"{prefix}-labels-idx1-ubyte.gz");
        byte[] pixels = ReadIdx($"{prefix}-images-idx3-ubyte.gz");
        int[] classes = Array.ConvertAll(labels[..Math.Min(size ?? labels.Length, labels.Length)], label => (int)label);
        return SpikeExamples.Encode(
            PixelCount, classes, (example, pixel) => StepOf(pixels[(example * PixelCount) + pixel], steps));
    }

    private static int StepOf(byte brightness, int steps) =>
        brightness == 0 ? -1 : (int)MathF.Round((1 - (brightness / 255f)) * (steps - 1));

    /// <summary>Reads the values of an IDX file of bytes; the last byte of its magic number is its number of dimensions.</summary>
    private static byte[] ReadIdx(string file)
    {
        using var stream = new GZipStream(File.OpenRead(DataFolder.PathOf("mnist", file)), CompressionMode.Decompress);
        Span<byte> word = stackalloc byte[4];
        stream.ReadExactly(word);
        int length = 1;
        for (int dimension = word[3]; dimension > 0; dimension--)
        {
            stream.ReadExactly(word);
            length *= BinaryPrimitives.ReadInt32BigEndian(word);
        }

        var values = new byte[length];
        stream.ReadExactly(values);
        return values;
    }
}
