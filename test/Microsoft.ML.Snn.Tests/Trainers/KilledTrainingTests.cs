using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>A process that is killed in mid-epoch loses nothing that a checkpoint held, and ends with the same bits.</summary>
[TestClass]
public sealed class KilledTrainingTests
{
    private const int Kills = 5;
    private const int BatchesPerEpoch = 10;

    [TestMethod]
    public void Train_KilledAtRandomMomentsAndResumed_HasTheBitsOfOneRun()
    {
        using TemporaryFolder whole = new(), killed = new();
        List<string> expected = Finish(whole.FullName);
        Random random = new();
        List<long> begins = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            begins.Add(RunAndKill(killed.FullName, random.Next(0, 400)));
        }

        List<string> found = Finish(killed.FullName);
        begins.Add(BeginOf(found[0]));

        Console.WriteLine($"Runs began after updates {string.Join(", ", begins)}.");
        Assert.AreEqual(0, BeginOf(expected[0]));
        Assert.AreEqual(0, begins[0]);
        CollectionAssert.AreEqual(begins.Order().ToArray(), begins, "No checkpoint was lost.");
        Assert.IsGreaterThan(0, begins[^1]);
        Assert.IsLessThan(25 * BatchesPerEpoch, begins[^1], "The last run had something left to do.");
        Assert.IsTrue(begins.Any(update => update % BatchesPerEpoch != 0), "Some run went on in mid-epoch.");
        StringAssert.StartsWith(expected[1], "weights ", StringComparison.Ordinal);
        Assert.AreEqual(expected[1], found[1]);
    }

    private static List<string> Finish(string folder)
    {
        using Process process = ChildProcess.Start(folder);
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, errors.Result);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>Lets a run train until it has written a checkpoint, then some more, and kills it.</summary>
    /// <returns>After how many updates it began.</returns>
    private static long RunAndKill(string folder, int milliseconds)
    {
        string? newest = Newest(folder);
        using Process process = ChildProcess.Start(folder);
        long begin = BeginOf(process.StandardOutput.ReadLine()!);
        while (Newest(folder) == newest && !process.HasExited)
        {
            Thread.Sleep(1);
        }

        Thread.Sleep(milliseconds);
        process.Kill();
        process.WaitForExit();
        Assert.AreNotEqual(0, process.ExitCode, "It was killed, not finished.");
        return begin;
    }

    private static string? Newest(string folder) =>
        Directory.GetFiles(folder, "*.snn").Order(StringComparer.Ordinal).LastOrDefault();

    private static long BeginOf(string line) => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
}
