using System.Diagnostics;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Runs the program that loads a model and knows nothing of this library.</summary>
internal static class FreshProcess
{
    public static string Run(params string[] arguments)
    {
        using Process process = ChildProcess.Start(arguments);
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, errors.Result);
        return output;
    }
}
