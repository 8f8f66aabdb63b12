using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests;

/// <summary>Every sample runs, at a small size where it has one, and is as good as is stated here.</summary>
/// <remarks>The bars of short trainings were measured with the seed of the samples, and lie some points below what was found.</remarks>
[TestClass]
[DoNotParallelize]
public sealed partial class SampleTests
{
    private const string Digits = "fsdd/free-spoken-digit-dataset_recordings.tar.gz";

    [TestMethod]
    public Task YinYang() => RunAsync("YinYang", 96);

    [TestMethod]
    public Task OwnNeuron() => RunAsync("OwnNeuron", 80, "--epochs", "3");

    [TestMethod]
    [RequiresData("mnist/train-images-idx3-ubyte.gz", "mnist/t10k-images-idx3-ubyte.gz")]
    public Task LatencyMnist() => RunAsync("LatencyMnist", 88, "--train-size", "6000", "--epochs", "2");

    [TestMethod]
    [RequiresData("braille-tactile/braille_taxels.csv.gz")]
    public Task Braille() => RunAsync("Braille", 90, "--hidden", "64", "--epochs", "10");

    [TestMethod]
    [RequiresData(Digits)]
    public Task SpokenDigits() => RunAsync("SpokenDigits", 45, "--hidden", "64", "--epochs", "4");

    [TestMethod]
    [RequiresData(Digits)]
    public Task HearDigits() => RunAsync("HearDigits", 70, "--fast", "--epochs", "10");

    [TestMethod]
    [RequiresData("optdigits/iris.txt")]
    public Task Iris() => RunAsync("Iris", 88);

    [TestMethod]
    [RequiresData("optdigits/optdigits-train.csv", "optdigits/optdigits-test.csv")]
    public Task Reservoir() => RunAsync("Reservoir", 93);

    [TestMethod]
    [RequiresData("optdigits/iris.txt")]
    public Task Experiment() => RunAsync("Experiment", 90, "--seconds", "6");

    /// <summary>A sample that is asked for nonsense says so and fails.</summary>
    [TestMethod]
    public async Task UnknownOption_IsRefused()
    {
        (int code, string output) = await OutputOfAsync("Braille", ["--nonsense"]).ConfigureAwait(false);

        Assert.AreEqual(1, code);
        StringAssert.Contains(output, "--nonsense must be an option", StringComparison.Ordinal);
    }

    /// <summary>Runs a sample to its end.</summary>
    /// <param name="sample">Its folder.</param>
    /// <param name="percent">The least that the last accuracy that it prints may be.</param>
    /// <param name="arguments">What makes it small.</param>
    private static async Task RunAsync(string sample, double percent, params string[] arguments)
    {
        (int code, string output) = await OutputOfAsync(sample, arguments).ConfigureAwait(false);

        Console.WriteLine(output);
        Assert.AreEqual(0, code, output);
        Match last = Accuracy().Matches(output).LastOrDefault() ?? throw new AssertFailedException($"No accuracy in: {output}");
        Assert.IsGreaterThanOrEqualTo(percent, double.Parse(last.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private static async Task<(int Code, string Output)> OutputOfAsync(string sample, string[] arguments)
    {
        using Process process = ChildProcess.StartProgram(sample, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().ConfigureAwait(false);
        return (process.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
    }

    [GeneratedRegex(@"accuracy (\d+(?:\.\d+)?) ?%", RegexOptions.IgnoreCase)]
    private static partial Regex Accuracy();
}
