using System;
using System.CommandLine;
using System.IO;
using System.Threading;

namespace Microsoft.ML.Snn.Tool;

using Command = System.CommandLine.Command;

/// <summary>The commands of <c>snn</c> and their options.</summary>
internal static class SnnCommands
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where errors go.</param>
    /// <param name="cancel">Stops a search; Ctrl-C does so too.</param>
    /// <returns>An exit code, see <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        var root = new RootCommand(
            """
            Spiking neural networks for ML.NET: train, evaluate, predict, inspect.

            Examples:
              snn train --dataset iris.csv --label-col Species
              snn train --dataset train.csv --label-col 64 --test-dataset test.csv --train-time 60
              snn predict --model iris-snn/model.zip --dataset new.csv
            """)
        {
            Train("train", "Searches for the best spiking network for a table, and writes the model and a project that uses it.", rivals: false, output),
            Train("experiment", "The same, with ML.NET's own trainers as rivals.", rivals: true, output),
            Evaluate(output),
            Predict(output),
            Inspect(output),
            Report(output),
            Devices(output),
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        ConsoleCancelEventHandler onCancel = (_, e) =>
        {
            // The first Ctrl-C ends the search and keeps its best; a second one ends the program.
            e.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        Console.CancelKeyPress += onCancel;
        try
        {
            return root.Parse(args).InvokeAsync(configuration, stop.Token).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is ToolException or ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine("error: " + failure.Message);
            return ExitCode.Failure;
        }
        finally
        {
            Console.CancelKeyPress -= onCancel;
        }
    }

    private static Option<bool> Json() => new("--json") { Description = "Prints nothing but one JSON object." };

    private static Command Train(string name, string description, bool rivals, TextWriter output)
    {
        var dataset = new Option<string>("--dataset", "-d") { Description = "The table: a text file, separated by comma, tab, semicolon, bar or space.", Required = true };
        var label = new Option<string>("--label-col", "-l") { Description = "The column to predict: its title, or its position from 0.", Required = true };
        var test = new Option<string?>("--test-dataset", "-t") { Description = "Rows of the same columns to test the model on." };
        var header = new Option<bool?>("--has-header") { Description = "Whether the first line holds the titles; worked out if left out." };
        var time = new Option<uint>("--train-time") { Description = "Seconds to search.", DefaultValueFactory = _ => TrainCommand.DefaultTrainTime };
        var task = new Option<string?>("--task") { Description = "What to predict; worked out from the label if left out." };
        task.AcceptOnlyFromAmong("multiclass-classification", "binary-classification", "regression");
        var folder = new Option<string?>("--output", "-o") { Description = "Folder for the model and the project; named after the table if left out." };
        var models = new Option<int?>("--max-models") { Description = "Ends the search after so many models: the result then does not depend on the speed of the machine." };
        var seed = new Option<int>("--seed") { Description = "Seed of the search.", DefaultValueFactory = _ => 0 };
        Option<bool> json = Json();
        var command = new Command(name, description) { dataset, label, test, header, time, task, folder, models, seed, json };
        time.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<uint>() == 0)
            {
                result.AddError("--train-time must be at least 1, but was 0.");
            }
        });
        command.SetAction((parsed, cancel) => System.Threading.Tasks.Task.FromResult(TrainCommand.Run(
            new TrainCommand.Arguments
            {
                Dataset = parsed.GetRequiredValue(dataset),
                LabelColumn = parsed.GetRequiredValue(label),
                TestDataset = parsed.GetValue(test),
                HasHeader = parsed.GetValue(header),
                Task = parsed.GetValue(task) switch
                {
                    "multiclass-classification" => TaskKind.Multiclass,
                    "binary-classification" => TaskKind.Binary,
                    "regression" => TaskKind.Regression,
                    _ => null,
                },
                TrainTime = parsed.GetValue(time),
                Output = parsed.GetValue(folder),
                Rivals = rivals,
                MaxModels = parsed.GetValue(models),
                Seed = parsed.GetValue(seed),
            },
            new ToolConsole(output, parsed.GetValue(json)),
            cancel)));
        return command;
    }

    private static Command Evaluate(TextWriter output)
    {
        Option<string> model = Model(), dataset = Dataset("Rows with their labels, in the columns of the training table.");
        Option<bool> json = Json();
        var command = new Command("evaluate", "Measures how well a model predicts the rows of a table.") { model, dataset, json };
        command.SetAction(parsed => UseCommands.Evaluate(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(dataset), new ToolConsole(output, parsed.GetValue(json))));
        return command;
    }

    private static Command Predict(TextWriter output)
    {
        Option<string> model = Model(), dataset = Dataset("Rows in the columns of the training table; the label column may be empty.");
        var file = new Option<string?>("--output", "-o") { Description = "File for the predictions; the screen if left out." };
        Option<bool> json = Json();
        var command = new Command("predict", "Predicts the rows of a table.") { model, dataset, file, json };
        command.SetAction(parsed => UseCommands.Predict(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(dataset), parsed.GetValue(file), new ToolConsole(output, parsed.GetValue(json))));
        return command;
    }

    private static Command Inspect(TextWriter output)
    {
        var model = new Argument<string>("model") { Description = "A model file." };
        var folder = new Option<string?>("--output", "-o") { Description = "Folder for pictures of the training and the weights, as PNG and SVG." };
        Option<bool> json = Json();
        var command = new Command("inspect", "Shows the network inside a model and how it was trained.") { model, folder, json };
        command.SetAction(parsed => InspectCommand.Run(parsed.GetRequiredValue(model), parsed.GetValue(folder), new ToolConsole(output, parsed.GetValue(json))));
        return command;
    }

    private static Command Report(TextWriter output)
    {
        Option<string> model = Model();
        var dataset = new Option<string?>("--dataset", "-d") { Description = "Rows with their labels: metrics, confusion, operations, and one row drawn." };
        var file = new Option<string>("--output", "-o") { Description = "The HTML file.", DefaultValueFactory = _ => "report.html" };
        var example = new Option<int>("--example", "-e") { Description = "Which row of the data set is drawn, from 0.", DefaultValueFactory = _ => 0 };
        example.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--example must be 0 or more.");
            }
        });
        Option<bool> json = Json();
        var command = new Command("report", "Writes one HTML page about the network inside a model: curves, spikes, weights, confusion, operations.") { model, dataset, file, example, json };
        command.SetAction(parsed => ReportCommand.Run(
            parsed.GetRequiredValue(model), parsed.GetValue(dataset), parsed.GetRequiredValue(file), parsed.GetValue(example), new ToolConsole(output, parsed.GetValue(json))));
        return command;
    }

    private static Command Devices(TextWriter output)
    {
        Option<bool> json = Json();
        var command = new Command("devices", "Lists what this machine can train on.") { json };
        command.SetAction(parsed => UseCommands.Devices(new ToolConsole(output, parsed.GetValue(json))));
        return command;
    }

    private static Option<string> Model() => new("--model", "-m") { Description = "A model file that 'snn train' wrote.", Required = true };

    private static Option<string> Dataset(string description) => new("--dataset", "-d") { Description = description, Required = true };
}
