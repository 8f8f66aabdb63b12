using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Snn.Tests;

/// <summary>Starts the program that stands beside the tests.</summary>
internal static class ChildProcess
{
    /// <summary>Starts Microsoft.ML.Snn.FreshProcess; its output can be read.</summary>
    public static Process Start(params string[] arguments) => StartProgram("Microsoft.ML.Snn.FreshProcess", arguments);

    /// <summary>Starts a program that is built with the tests; its output can be read.</summary>
    public static Process StartProgram(string project, params string[] arguments)
    {
        // artifacts/bin/<project>/<configuration>: the program stands beside the tests.
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string program = Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, $"{project}.dll");
        string dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        ProcessStartInfo start = new(dotnet, [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };

        // The tests look for the data above their own folder, the program would below the working directory.
        if (TestData.Folder is { } folder)
        {
            start.Environment["SNN_DATA"] = folder;
        }

        return Process.Start(start)!;
    }
}
