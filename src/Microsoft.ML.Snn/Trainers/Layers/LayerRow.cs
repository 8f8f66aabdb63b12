using System;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Encoding.Rows;
using Microsoft.ML.Snn.Engine;

namespace Microsoft.ML.Snn.Trainers.Layers;

/// <summary>Runs one row at a time through spiking layers, on one thread that owns it.</summary>
internal sealed class LayerRow(NetworkScoring network, string columnName) : IDisposable
{
    private readonly NetworkStepper _stepper = network.CreateStepper();
    private readonly int _last = network.Model.Program.Hidden.Count - 1;
    private int[] _channels = new int[64];
    private float[] _values = new float[64];
    private int[] _stepOf = new int[64];
    private int _count;

    /// <summary>Writes the spikes of the last layer: slot step · neurons + neuron.</summary>
    public void Run(in VBuffer<float> features, long row, SignalWriter spikes)
    {
        Collect(features, row);
        _stepper.Clear();
        InputShape input = network.Input;
        int next = 0, units = network.Model.Program.Hidden[_last].Units;
        if (input.IsConstantCurrent)
        {
            _stepper.SetCurrents(_channels.AsSpan(0, _count), _values.AsSpan(0, _count));
            next = _count;
        }

        for (int step = 0; step < input.Steps; step++)
        {
            int first = next;
            while (next < _count && _stepOf[next] == step)
            {
                next++;
            }

            _stepper.Advance(_channels.AsSpan(first, next - first), _values.AsSpan(first, next - first));
            foreach (int neuron in _stepper.Spikes(_last))
            {
                spikes.Add(step * units + neuron);
            }
        }
    }

    public void Dispose() => _stepper.Dispose();

    private void Collect(in VBuffer<float> features, long row)
    {
        ReadOnlySpan<float> values = features.GetValues();
        ReadOnlySpan<int> slots = features.IsDense ? [] : features.GetIndices();
        if (values.Length > _channels.Length)
        {
            (_channels, _values, _stepOf) = (new int[values.Length], new float[values.Length], new int[values.Length]);
        }

        _count = 0;
        for (int k = 0; k < values.Length; k++)
        {
            int slot = features.IsDense ? k : slots[k];
            if (values[k] == 0)
            {
                continue;
            }

            if (!float.IsFinite(values[k]))
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Column '{columnName}' must hold finite numbers, but slot {slot} of row {row} is {values[k]}. ")
                    + "Replace or drop such rows before this step.");
            }

            int channels = network.Input.Channels;
            (_channels[_count], _values[_count], _stepOf[_count]) = (slot % channels, values[k], slot / channels);
            _count++;
        }
    }
}
