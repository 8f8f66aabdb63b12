using System;
using System.IO;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Trainers.Data;

namespace Microsoft.ML.Snn;

/// <summary>Spike encoders, trainers and data loaders: <c>mlContext.Snn()</c>.</summary>
public sealed partial class SnnOperations
{
    /// <summary>Loads images and labels from IDX files, the format of MNIST and its relatives.</summary>
    /// <remarks>
    /// <para>
    /// Columns: Label, a Single as ML.NET's text loader gives it (append MapValueToKey to classify, with
    /// <c>keyOrdinality: ByValue</c> for classes in the order of the digits); Features, Vector&lt;Single, pixels&gt;, 0 to 1
    /// (byte / 255), row by row, sparse where that is smaller.
    /// </para>
    /// <para>The files are read at once and kept as bytes: 47 MB for the 60 000 digits of MNIST.</para>
    /// </remarks>
    /// <param name="imagesPath">An IDX file of bytes with 3 dimensions [image, row, column], plain or gzip.</param>
    /// <param name="labelsPath">An IDX file of bytes with 1 dimension [image], plain or gzip.</param>
    /// <returns>The rows, in the order of the files.</returns>
    /// <exception cref="ArgumentException">A path is null or empty.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file has another format, is truncated or damaged, or the two have different numbers of examples.
    /// </exception>
    public IDataView LoadImages(string imagesPath, string labelsPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(imagesPath);
        ArgumentException.ThrowIfNullOrEmpty(labelsPath);
        IdxFile images = IdxFile.Read(imagesPath, dimensionCount: 3);
        IdxFile labels = IdxFile.Read(labelsPath, dimensionCount: 1);
        if (images.Dimensions[0] != labels.Dimensions[0])
        {
            throw new InvalidDataException(
                $"File '{labelsPath}' must hold a label for each of the {images.Dimensions[0]} images in '{imagesPath}', but "
                + $"had {labels.Dimensions[0]}. Check that both belong to the same part of the data set.");
        }

        return new LabelledImages(_env, images.Items, labels.Items);
    }

    /// <summary>Draws the Yin-Yang data set, with the published parts bit for bit.</summary>
    /// <remarks>
    /// <para>
    /// Columns: Label, a Single 0, 1 or 2 (append MapValueToKey to classify); Features, Vector&lt;Single, 4&gt; =
    /// (x, y, 1 - x, 1 - y), 0 to 1, computed in double precision and rounded once.
    /// </para>
    /// <para>
    /// The figure has two halves, 0 and 1, and the two dots in them, 2. The sizes and seeds of the published training,
    /// validation and test set are in <see cref="YinYang"/>.
    /// </para>
    /// <para>Source: Kriener, Göltz and Petrovici, NICE 2022, doi 10.1145/3517343.3517380.</para>
    /// </remarks>
    /// <param name="count">The number of examples, 1 to 10 000 000. The default is the published training set, 5000.</param>
    /// <param name="seed">The seed, 0 or more. The default is that of the published training set, 42.</param>
    /// <returns>The rows, in the order in which they were drawn.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public IDataView LoadYinYang(int count = YinYang.TrainCount, int seed = YinYang.TrainSeed)
    {
        Require.InRange(count, 1, 10_000_000, "The published training set has YinYang.TrainCount examples.");
        Require.InRange(seed, 0, int.MaxValue, "The published training set has the seed YinYang.TrainSeed.");

        float[] labels = new float[count];
        float[][] features = new float[count][];
        YinYangGenerator generator = new(seed);
        for (int i = 0; i < count; i++)
        {
            (double x, double y, int label) = generator.Next();
            labels[i] = label;
            features[i] = [(float)x, (float)y, (float)(1 - x), (float)(1 - y)];
        }

        ArrayDataViewBuilder builder = new(_env);
        builder.AddColumn(DefaultColumnNames.Label, NumberDataViewType.Single, labels);
        builder.AddColumn(DefaultColumnNames.Features, NumberDataViewType.Single, features);
        return builder.GetDataView();
    }
}
