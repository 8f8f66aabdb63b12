using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>One call of <c>Fit</c>, whatever the task: reads the data, builds the network, trains it.</summary>
internal sealed class TaskTraining(IHost host, SnnTrainer.Options options, string labelColumn)
{
    public SnnModel Train(TrainContext context, SnnTask task)
    {
        using IChannel channel = host.Start("Training");
        RoleMappedData rows = context.TrainingSet;
        rows.CheckOptFloatWeight();
        InputShape input = InputShape.Of(rows.Schema.Feature!.Value, options.TimeSteps, options.TimeStep, options.Integrator);
        NetworkScoring? earlier = (context.InitialPredictor as ITrainedNetwork)?.Scoring;
        SnnNetwork network = NetworkFor(task, input, earlier);
        LabelledOutput[] outputs = OutputsOf(network, earlier, rows.Schema.Schema, task);
        TargetReader[] targets = ReadersOf(outputs, rows.Schema, input);
        CheckClasses(outputs, targets);
        TrainingData read = TrainingDataReader.Read(host, channel, rows, input, targets, options.StepsAfterLastSpike);
        LabelPreparation[] labels = [.. outputs.Select((output, n) => LabelPreparation.For(
            host, output.Task, output.LabelColumn, read with { Targets = targets[n].ToTargets() }, targets[n].Outputs, n == 0 && options.BalanceClasses))];
        if (earlier != null)
        {
            // Its outputs are in the scale that it was trained in.
            labels[0] = labels[0].WithScales(earlier.Model.Scales);
            for (int n = 1; n < labels.Length; n++)
            {
                FurtherOutput? before = earlier.Model.Further.FirstOrDefault(further => further.Name == outputs[n].Name);
                labels[n] = before == null ? labels[n] : labels[n].WithScales(before.Scales);
            }
        }

        TrainingData data = Prepare(read, targets, labels, outputs);
        TrainingData? validation = context.ValidationSet == null
            ? null
            : ReadValidation(channel, context.ValidationSet, input, outputs, targets, labels);
        host.CheckUserArg(
            validation != null || !options.AllCallbacks().OfType<EarlyStopping>().Any(), nameof(SnnTrainer.Options.EarlyStopping),
            "Early stopping needs validation data. Call Fit(trainData, validationData).");
        CheckAugmentations(input);
        host.CheckUserArg(
            options.StepsAfterLastSpike == null || !(input.IsConstantCurrent || input.IsSpikeTimes), nameof(SnnTrainer.Options.StepsAfterLastSpike),
            "Examples end after their last spike where there are spikes, but the features are plain vectors. Put an encoder before the trainer, or leave it null.");

        CheckEarlier(earlier, input, task);
        NetworkProgram program = ProgramFor(network, earlier, input, outputs, targets).EndingAfterLastSpike(options.StepsAfterLastSpike);
        CheckEarlier(earlier, program);
        SnnModel model = Train(channel, program, input, data, validation, labels[0].Scales, earlier);
        return model with
        {
            Task = task,
            Scales = labels[0].Scales,
            Further = [.. outputs.Skip(1).Select((o, n) => new FurtherOutput(o.Index, o.Name, o.LabelColumn, o.Task, labels[n + 1].Scales))],
        };
    }

    /// <summary>The first output, and those that <see cref="SnnTrainer.Options.OutputLabels"/> names, in the order of the network.</summary>
    private LabelledOutput[] OutputsOf(SnnNetwork network, NetworkScoring? earlier, DataViewSchema schema, SnnTask task)
    {
        (string Name, Loss? Loss, Readout Readout)[] nodes = IsThatOf(earlier, network)
            ? [.. earlier!.Model.Program.Outputs.Select(p => (p.Name, (Loss?)Loss.Of((int)p.Loss.Kind, p.Loss.IsEveryStep), NetworkProgram.ReadoutOf(p.Readout!.Value)))]
            : [.. network.GraphNodes.Where(node => node.Kind == NodeKind.Output).Select(node => (node.Name, node.Loss, node.Readout))];
        var further = new List<LabelledOutput>();
        foreach (OutputLabel label in options.OutputLabels)
        {
            int index = Array.FindIndex(nodes, node => node.Name == label.OutputName);
            host.CheckUserArg(
                index > 0 && further.TrueForAll(other => other.Index != index), nameof(SnnTrainer.Options.OutputLabels),
                $"Each of OutputLabels must name another output of the graph, beside the first, but '{label.OutputName}' is "
                + (index < 0 ? $"none of its outputs: {(nodes.Length == 0 ? "the network is no graph" : string.Join(", ", nodes.Select(n => n.Name)))}."
                    : index == 0 ? $"the first, which learns from LabelColumnName, here '{labelColumn}'." : "named twice."));
            var output = new LabelledOutput(
                index, label.OutputName, label.LabelColumnName, SnnTrainer.TaskOf(host, schema, label, nodes[index].Readout));
            CheckOutput(output, nodes[index].Loss, nodes[index].Readout);
            further.Add(output);
        }

        return [new LabelledOutput(0, nodes.FirstOrDefault().Name ?? "output", labelColumn, task), .. further.OrderBy(output => output.Index)];
    }

    private TargetReader[] ReadersOf(LabelledOutput[] outputs, RoleMappedSchema schema, InputShape input) =>
    [
        .. outputs.Select((output, n) => new TargetReader(
            host, output.Task, n == 0 ? schema.Label!.Value : schema.Schema[output.LabelColumn], input.Steps)),
    ];

    /// <summary>Standardises and balances the labels, and gives every output its own.</summary>
    private static TrainingData Prepare(TrainingData read, TargetReader[] targets, LabelPreparation[] labels, LabelledOutput[] outputs)
    {
        TrainingData data = labels[0].Apply(read);
        if (outputs.Length == 1)
        {
            return data;
        }

        var own = new Targets?[outputs[^1].Index + 1];
        for (int n = 1; n < outputs.Length; n++)
        {
            own[outputs[n].Index] = labels[n].Apply(read with { Targets = targets[n].ToTargets() }).Targets;
        }

        return data with { Targets = data.Targets.With(own) };
    }

    private SnnNetwork NetworkFor(SnnTask task, InputShape input, NetworkScoring? earlier)
    {
        bool isSequence = task is SnnTask.SequenceClassification or SnnTask.SequenceRegression;
        SnnNetwork network = options.Network ?? earlier?.Model.Program.Description
            ?? DefaultNetwork.For(options.NumberOfHiddenNeurons, input.Steps * input.TimeStep, isSequence);
        CheckOutput(new LabelledOutput(0, "output", labelColumn, task), network.OutputLoss, network.OutputReadout);
        return network;
    }

    private void CheckOutput(LabelledOutput output, Loss? loss, Readout? readout)
    {
        string name = output.Index == 0 ? "The output layer" : $"Output '{output.Name}'";
        host.CheckUserArg(
            loss == null || loss.Kind == output.Loss.Kind, nameof(SnnTrainer.Options.Network),
            $"{name} must have the loss {output.Loss} for the task {output.Task}, but has {loss}. Leave it out: the task chooses it.");
        host.CheckUserArg(
            readout is not { } known || known == Readout.MembraneAtEveryStep == output.IsSequence, nameof(SnnTrainer.Options.Network),
            $"The task {output.Task} of label column '{output.LabelColumn}' needs {(output.IsSequence ? "the readout MembraneAtEveryStep" : "a readout of the whole trial")}, "
            + $"but {char.ToLowerInvariant(name[0])}{name[1..]} has {readout}.");
    }

    private SnnModel Train(
        IChannel channel, NetworkProgram program, InputShape input, TrainingData data, TrainingData? validation, LabelScale[] scales,
        NetworkScoring? earlier)
    {
        var environment = (IHostEnvironmentInternal)host;
        int seed = options.Seed ?? environment.Seed ?? 0;
        (double sum, double squares) = data.Trains.MeanInput();
        NetworkWeights weights = earlier?.Model.WeightsWithTables() ?? NetworkWeights.Draw(
            program, new InputStatistics(sum, squares, input.IsConstantCurrent), seed);

        using NetworkEngine engine = options.Algorithm.CreateEngine(
            program,
            Math.Min(options.BatchSize, data.Targets.Count),
            options.NumberOfThreads ?? Environment.ProcessorCount,
            environment.GpuDeviceId,
            environment.FallbackToCpu,
            seed,
            message => channel.Info(MessageSensitivity.None, message));
        channel.Info(
            MessageSensitivity.Schema,
            string.Create(CultureInfo.InvariantCulture, $"Training on {data.Targets.Count} rows. {program.ToString().ReplaceLineEndings("; ")}"));

        var run = new TrainingRun(program, engine, data, validation, new TrainingSettings
        {
            Algorithm = options.Algorithm,
            Optimizer = options.Optimizer,
            OptimizerGroups = options.OptimizerGroups,
            MaximumGradientNorm = options.MaximumGradientNorm ?? double.PositiveInfinity,
            NumberOfEpochs = options.EpochsFor(data.Targets.Count),
            BatchSize = Math.Min(options.BatchSize, data.Targets.Count),
            Shuffle = options.Shuffle,
            Seed = seed,
            LabelUnit = scales.Length == 1 ? scales[0].Deviation : null,
            Augmentations = options.Augmentations,
            SilentNeuronRevival = options.SilentNeuronRevival,
            MaximumTrainingTime = options.MaximumTrainingTime ?? TimeSpan.MaxValue,
            Callbacks = options.AllCallbacks(),
            Progress = options.Progress,
            CancellationToken = options.CancellationToken,
            CheckAlive = host.CheckAlive,
            Info = message => channel.Info(MessageSensitivity.None, message),
            Warn = message => channel.Warning(MessageSensitivity.None, message),
        });
        TrainingHistory history = run.Run(weights);
        return new SnnModel(program.WithTablesOf(weights), weights, input.IsConstantCurrent, history, run.MeanSpikeCounts()) { IsSpikeTimes = input.IsSpikeTimes };
    }

    /// <summary>ML.NET checks the training data only: validation data of another shape would be read as if it had that one.</summary>
    private TrainingData ReadValidation(
        IChannel channel, RoleMappedData rows, InputShape input, LabelledOutput[] outputs, TargetReader[] expected, LabelPreparation[] labels)
    {
        rows.CheckOptFloatWeight();
        InputShape shape = InputShape.Of(rows.Schema.Feature!.Value, options.TimeSteps, options.TimeStep, options.Integrator);
        TargetReader[] targets = ReadersOf(outputs, rows.Schema, shape);
        for (int n = 0; n < targets.Length; n++)
        {
            if (targets[n].Outputs != expected[n].Outputs || shape != input)
            {
                string what = outputs[n].Noun;
                throw host.Except(
                    $"The validation data must have {expected[n].Outputs} {what} and the features of the training data, a {input}, but has {targets[n].Outputs} {what} "
                    + $"and a {shape}. Transform both with one fitted pipeline.");
            }
        }

        return Prepare(TrainingDataReader.Read(host, channel, rows, input, targets, options.StepsAfterLastSpike), targets, labels, outputs);
    }

    /// <summary>Whether a network is the program of an earlier model that was loaded: such a model has no description.</summary>
    private static bool IsThatOf(NetworkScoring? earlier, SnnNetwork network) => network.IsFromModel && network == earlier?.Model.Program.Description;

    private NetworkProgram ProgramFor(SnnNetwork network, NetworkScoring? earlier, InputShape input, LabelledOutput[] outputs, TargetReader[] targets)
    {
        if (!IsThatOf(earlier, network))
        {
            return NetworkProgram.Build(
                network, input.Channels, input.Steps, input.TimeStep, targets[0].Outputs, outputs[0].Loss, options.Integrator,
                [.. outputs.Skip(1).Select((output, n) => new OutputNeed(output.Name, targets[n + 1].Outputs, output.Loss))]);
        }

        NetworkProgram program = earlier!.Model.Program;
        for (int n = 0; n < outputs.Length; n++)
        {
            int units = program.Outputs[outputs[n].Index].Units;
            RequireEarlier(units == targets[n].Outputs, $"its output '{outputs[n].Name}' has {units} neurons, not {targets[n].Outputs}");
        }

        RequireEarlier(program.Integrator == options.Integrator, $"its integrator is {program.Integrator}, not {options.Integrator}");
        return program;
    }

    private void CheckEarlier(NetworkScoring? earlier, InputShape input, SnnTask task)
    {
        if (earlier != null)
        {
            RequireEarlier(earlier.Input == input, $"it was trained on a {earlier.Input}, not on a {input}");
            RequireEarlier(earlier.Model.Task == task, $"its task is {earlier.Model.Task}, not {task}");
        }
    }

    private void CheckEarlier(NetworkScoring? earlier, NetworkProgram program)
    {
        if (earlier != null)
        {
            string? difference = ProgramParts.Difference(earlier.Model.Program, program);
            RequireEarlier(difference == null, difference!);
        }
    }

    private void RequireEarlier(bool isSame, string difference)
    {
        if (!isSame)
        {
            throw host.Except(
                $"The earlier model must have the network, input and classes of this training, but {difference}. "
                + "Transform the data with the pipeline that the earlier model was trained behind, and leave Options.Network null.");
        }
    }

    private void CheckAugmentations(InputShape input)
    {
        foreach (Augmentation augmentation in options.Augmentations)
        {
            host.CheckUserArg(
                augmentation.IsForCurrents ? input.IsConstantCurrent : !(input.IsConstantCurrent || input.IsSpikeTimes),
                nameof(SnnTrainer.Options.Augmentations),
                augmentation.IsForCurrents
                    ? $"{nameof(Augmentation.AddNoise)} changes plain vectors of features, but the features are a {input}. Use Augmentation.JitterTimes, or leave it out."
                    : "Augmentations change spikes, but the features are plain vectors. Put an encoder before the trainer, or use Augmentation.AddNoise.");
        }
    }

    private void CheckClasses(LabelledOutput[] outputs, TargetReader[] targets)
    {
        for (int n = 0; n < outputs.Length; n++)
        {
            if (outputs[n].Task is SnnTask.MulticlassClassification or SnnTask.SequenceClassification && targets[n].Outputs < 2)
            {
                throw host.Except(
                    $"Label column '{outputs[n].LabelColumn}' must have at least two classes, but its key has {targets[n].Outputs}. "
                    + "Check the label column that MapValueToKey was fitted on.");
            }
        }
    }
}
