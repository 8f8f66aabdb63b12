using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Snn.Models;

/// <summary>What follows the fixed fields of a model from version 3 on: sections, each with a name of four letters and its length.</summary>
/// <remarks>
/// A section that a reader does not know is skipped if its name begins with a small letter, and an error if it begins with
/// a capital: then the model means something else without it.
/// </remarks>
internal static class ModelSections
{
    private const string TaskName = "Task";
    private const string OutputsName = "Outs";
    private const string EndName = "Ends";
    private const string LearningName = "lear";
    private const int MaximumSections = 1000;

    public static void Write(BinaryWriter writer, SnnModel model)
    {
        (string Name, Action<BinaryWriter> Write)[] sections =
        [
            (TaskName, section => WriteTask(section, model.Task, model.Scales)),
            .. model.Further.Count == 0 ? [] : new (string, Action<BinaryWriter>)[] { (OutputsName, section => WriteOutputs(section, model)) },
            .. model.Program.StepsAfterLastSpike is not int steps ? [] : new (string, Action<BinaryWriter>)[] { (EndName, section => section.Write(steps)) },
            .. !LearningSection.IsNeeded(model.Program) ? [] : new (string, Action<BinaryWriter>)[] { (LearningName, section => LearningSection.Write(section, model.Program)) },
        ];
        writer.Write(sections.Length);
        foreach ((string name, Action<BinaryWriter> write) in sections)
        {
            using var bytes = new MemoryStream();
            using (var section = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true))
            {
                write(section);
            }

            writer.Write(System.Text.Encoding.ASCII.GetBytes(name));
            writer.Write((int)bytes.Length);
            writer.Write(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
    }

    /// <exception cref="InvalidDataException">A section that matters is unknown or says what no model can.</exception>
    public static SnnModel Read(BinaryReader reader, SnnModel model)
    {
        int count = reader.ReadInt32();
        for (int n = 0; n < count && n < MaximumSections; n++)
        {
            string name = System.Text.Encoding.ASCII.GetString(reader.ReadBytes(4));
            int length = reader.ReadInt32();
            byte[] bytes = length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position
                ? throw new EndOfStreamException()
                : reader.ReadBytes(length);
            using var section = new BinaryReader(new MemoryStream(bytes), System.Text.Encoding.UTF8);
            model = name switch
            {
                TaskName => ReadTask(section, model),
                OutputsName => model with { Further = ReadOutputs(section, model) },
                LearningName => model with { Program = LearningSection.Read(section, model.Program) },
                EndName => model with { Program = model.Program.EndingAfterLastSpike(ReadEnd(section)) },
                _ when name.Length == 4 && char.IsAsciiLetterLower(name[0]) => model,
                _ => throw new InvalidDataException(
                    $"The model must have only sections that this version knows, but has '{name}'. Load it with a later version of Microsoft.ML.Snn."),
            };
        }

        return model;
    }

    private static int ReadEnd(BinaryReader reader)
    {
        int steps = reader.ReadInt32();
        return steps is >= 0 and <= 1 << 20
            ? steps
            : throw new InvalidDataException($"The examples of the model must end 0 or more steps after their last spike, but do after {steps}. Save it again from its source.");
    }

    private static void WriteOutputs(BinaryWriter writer, SnnModel model)
    {
        writer.Write(model.Further.Count);
        foreach (FurtherOutput output in model.Further)
        {
            writer.Write(output.Index);
            writer.Write(output.Name);
            writer.Write(output.LabelColumn);
            WriteTask(writer, output.Task, output.Scales);
        }
    }

    private static FurtherOutput[] ReadOutputs(BinaryReader reader, SnnModel model)
    {
        int outputs = model.Program.Outputs.Count;
        int count = reader.ReadInt32();
        if (count < 1 || count >= outputs)
        {
            throw new InvalidDataException($"The model must have fewer labels of further outputs than its {outputs} outputs, but has {count}. Save it again from its source.");
        }

        var further = new FurtherOutput[count];
        for (int n = 0; n < count; n++)
        {
            int index = reader.ReadInt32();
            if (index <= (n == 0 ? 0 : further[n - 1].Index) || index >= outputs)
            {
                throw new InvalidDataException($"The model must name its {outputs} outputs in their order, but names {index}. Save it again from its source.");
            }

            (string name, string label) = (reader.ReadString(), reader.ReadString());
            (SnnTask task, LabelScale[] scales) = ReadTask(reader, model.Program.Outputs[index].Units);
            further[n] = new FurtherOutput(index, name, label, task, scales);
        }

        return further;
    }

    private static void WriteTask(BinaryWriter writer, SnnTask task, IReadOnlyList<LabelScale> scales)
    {
        writer.Write((int)task);
        writer.Write(scales.Count);
        foreach (LabelScale scale in scales)
        {
            writer.Write(scale.Mean);
            writer.Write(scale.Deviation);
        }
    }

    private static SnnModel ReadTask(BinaryReader reader, SnnModel model)
    {
        (SnnTask task, LabelScale[] scales) = ReadTask(reader, model.Program.Output.Units);
        return model with { Task = task, Scales = scales };
    }

    private static (SnnTask Task, LabelScale[] Scales) ReadTask(BinaryReader reader, int units)
    {
        var task = (SnnTask)reader.ReadInt32();
        int count = reader.ReadInt32();
        bool isScalar = task is SnnTask.BinaryClassification or SnnTask.Regression;
        if (!Enum.IsDefined(task) || (count != 0 && count != units) || (isScalar && units != 1))
        {
            throw new InvalidDataException($"The model must have a known task that fits its {units} outputs, but has {task} with {count} label scales.");
        }

        LabelScale[] scales = [.. Enumerable.Range(0, count).Select(_ => new LabelScale(reader.ReadDouble(), reader.ReadDouble()))];
        return scales.All(scale => double.IsFinite(scale.Mean) && double.IsFinite(scale.Deviation) && scale.Deviation > 0)
            ? (task, scales)
            : throw new InvalidDataException("The label scales of the model must be finite, with deviations above 0, but are not.");
    }
}
