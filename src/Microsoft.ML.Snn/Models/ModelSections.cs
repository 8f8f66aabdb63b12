using System;
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
    private const int MaximumSections = 1000;

    public static void Write(BinaryWriter writer, SnnModel model)
    {
        (string Name, Action<BinaryWriter> Write)[] sections =
        [
            (TaskName, section => WriteTask(section, model)),
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
                _ when name.Length == 4 && char.IsAsciiLetterLower(name[0]) => model,
                _ => throw new InvalidDataException(
                    $"The model must have only sections that this version knows, but has '{name}'. Load it with a later version of Microsoft.ML.Snn."),
            };
        }

        return model;
    }

    private static void WriteTask(BinaryWriter writer, SnnModel model)
    {
        writer.Write((int)model.Task);
        writer.Write(model.Scales.Count);
        foreach (LabelScale scale in model.Scales)
        {
            writer.Write(scale.Mean);
            writer.Write(scale.Deviation);
        }
    }

    private static SnnModel ReadTask(BinaryReader reader, SnnModel model)
    {
        int units = model.Program.Output.Units;
        var task = (SnnTask)reader.ReadInt32();
        int count = reader.ReadInt32();
        bool isScalar = task is SnnTask.BinaryClassification or SnnTask.Regression;
        if (!Enum.IsDefined(task) || (count != 0 && count != units) || (isScalar && units != 1))
        {
            throw new InvalidDataException($"The model must have a known task that fits its {units} outputs, but has {task} with {count} label scales.");
        }

        LabelScale[] scales = [.. Enumerable.Range(0, count).Select(_ => new LabelScale(reader.ReadDouble(), reader.ReadDouble()))];
        return scales.All(scale => double.IsFinite(scale.Mean) && double.IsFinite(scale.Deviation) && scale.Deviation > 0)
            ? model with { Task = task, Scales = scales }
            : throw new InvalidDataException("The label scales of the model must be finite, with deviations above 0, but are not.");
    }
}
