using System;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.ML.Snn.Trainers.Data;

namespace Microsoft.ML.Snn;

/// <summary>Downloads published data sets and checks that they arrived as they were published.</summary>
public static class SnnDatasets
{
    internal static readonly DatasetFile[] s_mnist =
    [
        new(MnistFiles.TrainImagesName, 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        new(MnistFiles.TrainLabelsName, 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        new(MnistFiles.TestImagesName, 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        new(MnistFiles.TestLabelsName, 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ];

    // The mirrors of PyTorch and of TensorFlow: the page of the authors answers no more.
    private static readonly Uri[] s_mnistMirrors =
    [
        new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
    ];

    /// <summary>Downloads the MNIST digits, 11.6 MB, unless they are there already.</summary>
    /// <remarks>
    /// A file that is there and has the right SHA-256 is kept, another one is replaced. A file appears under its name
    /// only when it is complete and correct, so that a download may be cancelled or cut off and started again.
    /// Source: LeCun, Bottou, Bengio and Haffner, Proc. IEEE 86:2278 (1998).
    /// </remarks>
    /// <param name="folder">The folder for the files; it is made if it does not exist.</param>
    /// <param name="progress">Hears of every 80 KB or so. The default is nobody.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <returns>The paths of the files, for <see cref="SnnOperations.LoadImages"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or empty.</exception>
    /// <exception cref="IOException">No mirror could be reached, or each broke off; or the folder cannot be written.</exception>
    /// <exception cref="InvalidDataException">A mirror sent other bytes; nothing of them is kept.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled.</exception>
    public static async Task<MnistFiles> DownloadMnistAsync(
        string folder, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        MnistFiles files = MnistFiles.In(folder);
        using HttpClient client = new();
        DatasetDownload download = new(client, s_mnistMirrors, s_mnist);
        await download.RunAsync(folder, progress, cancellationToken).ConfigureAwait(false);
        return files;
    }
}
