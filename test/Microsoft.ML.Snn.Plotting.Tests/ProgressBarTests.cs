using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace Microsoft.ML.Snn.Plotting.Tests;

/// <summary>The progress bar on a terminal and in a file.</summary>
[TestClass]
public sealed class ProgressBarTests
{
    [TestMethod]
    [DataRow(40, 10, 10)]
    [DataRow(3, 10, 3)]
    [DataRow(7, 2, 2)]
    [DataRow(7, 0, 0)]
    public void Fit_ToAFile_WritesSoManyLines(int epochs, int lines, int expected)
    {
        using StringWriter file = new();
        Train(new ProgressBar(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(file) }), lines), epochs);

        string[] written = file.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.HasCount(expected, written);
        if (expected > 0)
        {
            StringAssert.StartsWith(written[^1], $"epoch {epochs}/{epochs}  loss ", StringComparison.Ordinal);
            StringAssert.Contains(written[^1], " accuracy ", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Fit_OnATerminal_DrawsABarAndEndsIt()
    {
        Terminal terminal = new();
        ProgressBar bar = new(AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = terminal,
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
        }));

        // A bar may serve one training after another.
        Train(bar, 3);
        Train(bar, 5);

        string drawn = terminal.Writer.ToString()!;
        StringAssert.Contains(drawn, "epoch 3/3", StringComparison.Ordinal);
        StringAssert.Contains(drawn, "epoch 5/5", StringComparison.Ordinal);
        StringAssert.Contains(drawn, "\u001b[?25h", StringComparison.Ordinal, "The cursor must be there again.");
    }

    /// <summary>An error in the training takes the bar away too.</summary>
    [TestMethod]
    public void Fit_AnotherCallbackFails_TheBarEnds()
    {
        Terminal terminal = new();
        ProgressBar bar = new(AnsiConsole.Create(new AnsiConsoleSettings { Out = terminal, Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes }));

        Assert.ThrowsExactly<InvalidOperationException>(() => Train(bar, 3, new Failing()));

        StringAssert.EndsWith(terminal.Writer.ToString()!.TrimEnd(), "\u001b[?25h", StringComparison.Ordinal);
    }

    private static void Train(ProgressBar bar, int epochs, params TrainingCallback[] others)
    {
        MLContext context = new(seed: 1);
        IDataView rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(n => new Row { Label = (uint)(n % 2), Features = [n % 2, 1] }));
        context.Snn().Train(new SnnTrainer.Options { NumberOfHiddenNeurons = 16, NumberOfEpochs = epochs, Callbacks = [bar, .. others] }).Fit(rows);
    }

    private sealed class Failing : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context) => throw new InvalidOperationException("no more");
    }

    private sealed class Row
    {
        [KeyType(2)]
        public uint Label { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Terminal : IAnsiConsoleOutput
    {
        public TextWriter Writer { get; } = new StringWriter();

        public bool IsTerminal => true;

        public int Width => 100;

        public int Height => 30;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
