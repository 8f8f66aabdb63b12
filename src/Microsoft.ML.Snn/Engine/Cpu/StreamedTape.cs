using System.IO;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The events of one population or input that have not arrived everywhere yet.</summary>
/// <param name="units">Number of neurons or channels.</param>
/// <param name="keptSteps">For how many steps after the one that it is delivered in an event is still asked for.</param>
internal sealed unsafe class StreamedTape(int units, int keptSteps)
{
    private int _free;

    public GraphTape Tape { get; } = new(units);

    public void Clear()
    {
        Tape.Clear();
        _free = 0;
    }

    /// <summary>Number of events, from the first on, that nobody asks for once a step is over.</summary>
    public int FreeAfter(int step)
    {
        while (_free < Tape.Count && Tape.Time[_free] <= step - keptSteps)
        {
            _free++;
        }

        return _free;
    }

    public void Forget(int count)
    {
        Tape.Forget(count);
        _free -= count;
    }

    /// <summary>Writes the events that are still asked for; times count from the step that comes next.</summary>
    public void Write(BinaryWriter writer, int step)
    {
        int first = FreeAfter(step - 1);
        writer.Write(Tape.Count - first);
        for (int k = first; k < Tape.Count; k++)
        {
            writer.Write(Tape.Time[k] - step);
            writer.Write(Tape.Neuron[k]);
            writer.Write(Tape.Value == null ? 1 : Tape.Value[k]);
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">An event is of another network.</exception>
    public void Read(BinaryReader reader, int step, int firstChannel, int channels)
    {
        int count = reader.ReadInt32();
        int last = int.MinValue;
        for (int k = 0; k < count; k++)
        {
            int time = reader.ReadInt32();
            int neuron = reader.ReadInt32();
            if (time < last || time < -keptSteps || time > 0 || neuron < firstChannel || neuron - firstChannel >= channels)
            {
                throw new InvalidDataException("The state must be of this network, but has an event that it cannot have. Save it again from its source.");
            }

            last = time;
            Tape.Add(step + time, neuron, reader.ReadSingle());
        }

        Tape.Resume(step);
    }
}
