using System;
using System.Diagnostics;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Streams;

/// <summary>The sample LiveRaster serves its page and its event streams.</summary>
[TestClass]
public sealed class LiveRasterTests
{
    /// <summary>The sample asks itself: the page, a point outside the figure, and eight streams at once that must end with the scores of the batch.</summary>
    [TestMethod]
    [Timeout(240_000, CooperativeCancellation = true)]
    public async Task Check_PageAndEightStreamsAtOnce_AnswerWithTheScoresOfTheBatch()
    {
        using Process server = ChildProcess.StartProgram("LiveRaster", "--check");
        Task<string> output = server.StandardOutput.ReadToEndAsync(), errors = server.StandardError.ReadToEndAsync();
        await server.WaitForExitAsync().ConfigureAwait(false);

        Assert.AreEqual(0, server.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
        StringAssert.Contains(await output.ConfigureAwait(false), "answer as they should", StringComparison.Ordinal);
    }
}
