using System;
using System.IO;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>All that a program learns, in device memory: numbers, gradient and the optimiser's moments in one layout.</summary>
/// <remarks>A parameter is padded to whole rows of <see cref="RowLength"/>. The padding is and stays 0.</remarks>
internal sealed class DeviceParameters : IDisposable
{
    /// <summary>How many numbers one block of the update has.</summary>
    public const int RowLength = 256;

    private readonly NetworkProgram _program;
    private readonly long[] _first;
    private readonly DeviceBuffer<float> _values;
    private readonly DeviceBuffer<float> _gradient;
    private readonly DeviceBuffer<float> _mean;
    private readonly DeviceBuffer<float> _square;

    public DeviceParameters(Accelerator accelerator, NetworkProgram program)
    {
        _program = program;
        _first = new long[program.Parameters.Count];
        foreach (ParameterProgram parameter in program.Parameters)
        {
            _first[parameter.Index] = Length;
            Length += (long)RowsOf(parameter) * RowLength;
        }

        _values = new DeviceBuffer<float>(accelerator, Length);
        _gradient = new DeviceBuffer<float>(accelerator, Length);
        _mean = new DeviceBuffer<float>(accelerator, Length);
        _square = new DeviceBuffer<float>(accelerator, Length);
    }

    /// <summary>Number of floats, the padding included.</summary>
    public long Length { get; }

    public ArrayView<float> Values => _values.View;

    /// <summary>Where a parameter begins.</summary>
    public long First(int parameter) => _first[parameter];

    /// <summary>Number of rows of a parameter, the last one padded.</summary>
    public static int RowsOf(ParameterProgram parameter) => (parameter.Length + RowLength - 1) / RowLength;

    public ArrayView<float> ValuesOf(ParameterProgram parameter) => Of(_values, parameter);

    public ArrayView<float> GradientOf(ParameterProgram parameter) => Of(_gradient, parameter);

    public ArrayView<float> MeanOf(ParameterProgram parameter) => Of(_mean, parameter);

    public ArrayView<float> SquareOf(ParameterProgram parameter) => Of(_square, parameter);

    public void Load(NetworkWeights source)
    {
        foreach (ParameterProgram parameter in _program.Parameters)
        {
            _values.Upload(source[parameter.Index], _first[parameter.Index]);
        }
    }

    public void Load(ParameterProgram parameter, ReadOnlySpan<float> values) => _values.Upload(values, _first[parameter.Index]);

    public void Save(ParameterProgram parameter, Span<float> values) => _values.Download(values, _first[parameter.Index]);

    /// <summary>Copies numbers and moments of a parameter to the device.</summary>
    public void Load(ParameterProgram parameter, ReadOnlySpan<float> values, ReadOnlySpan<float> mean, ReadOnlySpan<float> square)
    {
        Load(parameter, values);
        _mean.Upload(mean, _first[parameter.Index]);
        _square.Upload(square, _first[parameter.Index]);
    }

    /// <summary>Copies numbers and moments of a parameter from the device.</summary>
    public void Save(ParameterProgram parameter, Span<float> values, Span<float> mean, Span<float> square)
    {
        Save(parameter, values);
        _mean.Download(mean, _first[parameter.Index]);
        _square.Download(square, _first[parameter.Index]);
    }

    public void Save(NetworkWeights target) => Save(_values, target);

    public void SaveGradient(NetworkWeights target) => Save(_gradient, target);

    /// <summary>Writes numbers and moments of each parameter.</summary>
    public void SaveState(BinaryWriter writer)
    {
        foreach (ParameterProgram parameter in _program.Parameters)
        {
            var values = new float[parameter.Length];
            foreach (DeviceBuffer<float> buffer in (ReadOnlySpan<DeviceBuffer<float>>)[_values, _mean, _square])
            {
                buffer.Download(values, _first[parameter.Index]);
                StateStream.Write<float>(writer, values);
            }
        }
    }

    /// <summary>Reads what <see cref="SaveState"/> wrote.</summary>
    public void LoadState(BinaryReader reader)
    {
        foreach (ParameterProgram parameter in _program.Parameters)
        {
            var values = new float[parameter.Length];
            foreach (DeviceBuffer<float> buffer in (ReadOnlySpan<DeviceBuffer<float>>)[_values, _mean, _square])
            {
                StateStream.Read<float>(reader, values);
                buffer.Upload(values, _first[parameter.Index]);
            }
        }
    }

    public void Dispose()
    {
        _values.Dispose();
        _gradient.Dispose();
        _mean.Dispose();
        _square.Dispose();
    }

    private ArrayView<float> Of(DeviceBuffer<float> buffer, ParameterProgram parameter) =>
        buffer.View.SubView(_first[parameter.Index], (long)RowsOf(parameter) * RowLength);

    private void Save(DeviceBuffer<float> buffer, NetworkWeights target)
    {
        foreach (ParameterProgram parameter in _program.Parameters)
        {
            buffer.Download(target[parameter.Index], _first[parameter.Index]);
        }
    }
}
