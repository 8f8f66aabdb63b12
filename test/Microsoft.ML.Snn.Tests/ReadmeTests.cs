using System;
using System.IO;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests;

[TestClass]
public sealed class ReadmeTests
{
    [TestMethod]
    public void Readme_CompleteProgram_IsTheSample()
    {
        string root = Root();
        string readme = Read(Path.Combine(root, "README.md"));
        string sample = Read(Path.Combine(root, "samples", "YinYang", "Program.cs"));

        StringAssert.Contains(readme, $"\n```csharp\n{sample}```\n", StringComparison.Ordinal);
    }

    private static string Read(string path) => File.ReadAllText(path).ReplaceLineEndings("\n");

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Microsoft.ML.Snn.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests must run below the folder of Microsoft.ML.Snn.sln.");
    }
}
