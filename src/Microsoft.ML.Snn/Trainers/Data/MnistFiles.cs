using System;
using System.IO;

namespace Microsoft.ML.Snn;

/// <summary>Where the four files of the MNIST digits are.</summary>
/// <remarks>Source: LeCun, Bottou, Bengio and Haffner, Proc. IEEE 86:2278 (1998).</remarks>
/// <param name="TrainImages">The 60 000 training images, 28 x 28.</param>
/// <param name="TrainLabels">Their labels, 0 to 9.</param>
/// <param name="TestImages">The 10 000 test images, 28 x 28.</param>
/// <param name="TestLabels">Their labels, 0 to 9.</param>
public sealed record MnistFiles(string TrainImages, string TrainLabels, string TestImages, string TestLabels)
{
    internal const string TrainImagesName = "train-images-idx3-ubyte.gz";
    internal const string TrainLabelsName = "train-labels-idx1-ubyte.gz";
    internal const string TestImagesName = "t10k-images-idx3-ubyte.gz";
    internal const string TestLabelsName = "t10k-labels-idx1-ubyte.gz";

    /// <summary>Gives the paths of the files under their official names, without looking whether they exist.</summary>
    /// <param name="folder">The folder that holds the files.</param>
    /// <returns>The paths.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or empty.</exception>
    public static MnistFiles In(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new(
            Path.Combine(folder, TrainImagesName), Path.Combine(folder, TrainLabelsName),
            Path.Combine(folder, TestImagesName), Path.Combine(folder, TestLabelsName));
    }
}
