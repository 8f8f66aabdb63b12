using System;
using System.IO;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>What a stream remembers of its output potentials: enough for the readout at any moment.</summary>
internal sealed class OutputMemory
{
    private readonly NetworkProgram _program;
    private readonly StreamReadout _readout;
    private readonly ReadoutKind _kind;
    private readonly float[] _sum;
    private readonly float[] _ring;
    private readonly double _keep;
    private readonly double _scale;
    private long _steps;

    public OutputMemory(NetworkProgram program, StreamReadout readout)
    {
        (_program, _readout, _kind) = (program, readout, program.Output.Readout);
        _sum = new float[program.Output.Units];
        bool keepsSteps = readout.WindowSteps > 0 && !IsMomentary;
        _ring = new float[keepsSteps ? checked(readout.WindowSteps * program.Output.Units) : 0];
        if (readout.FadingTime > 0)
        {
            _keep = Math.Exp(-program.TimeStep / readout.FadingTime);
            _scale = _kind == ReadoutKind.Maximum || IsMomentary ? 1 : TotalWeight();
        }

        Clear();
    }

    /// <summary>Whether only the potential of the last step counts.</summary>
    private bool IsMomentary => _kind is ReadoutKind.Final or ReadoutKind.EveryStep;

    public void Clear()
    {
        _steps = 0;
        Array.Clear(_ring);
        _sum.AsSpan().Fill(_kind == ReadoutKind.Maximum && _readout.FadingTime == 0 ? float.NegativeInfinity : 0);
    }

    /// <summary>Takes in the potentials at the end of a step.</summary>
    public void Take(ReadOnlySpan<float> potentials)
    {
        if (IsMomentary)
        {
            potentials.CopyTo(_sum);
        }
        else if (_ring.Length > 0)
        {
            potentials.CopyTo(Slot(_steps));
        }
        else if (_readout.FadingTime > 0)
        {
            float keep = (float)_keep, add = (float)(1 - _keep);
            for (int k = 0; k < _sum.Length; k++)
            {
                _sum[k] = Denormal.Flush(new FloatLane(keep * _sum[k] + add * potentials[k])).Value;
            }
        }
        else
        {
            Add(potentials, WeightOf(_steps, _program.Steps), _sum);
        }

        _steps++;
    }

    /// <summary>Gives the readout Y of the steps so far; 0 before the first.</summary>
    public void Read(Span<float> readout)
    {
        if (_steps == 0)
        {
            readout.Clear();
            return;
        }

        _sum.CopyTo(readout);
        if (_ring.Length > 0)
        {
            ReadWindow(readout);
        }
        else if (_readout.FadingTime > 0 && !IsMomentary)
        {
            // The mean began at 0: what is missing of its weights at the beginning is made good.
            Scale(readout, (float)(_scale / (1 - Math.Pow(_keep, _steps))));
        }
        else if (_kind == ReadoutKind.Average && _steps != _program.Steps)
        {
            Scale(readout, (float)((double)_program.Steps / _steps));
        }
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_steps);
        StateStream.Write<float>(writer, _sum);
        StateStream.Write<float>(writer, _ring);
    }

    public void Read(BinaryReader reader)
    {
        _steps = reader.ReadInt64();
        StateStream.Read<float>(reader, _sum);
        StateStream.Read<float>(reader, _ring);
    }

    private static void Scale(Span<float> values, float factor)
    {
        foreach (ref float value in values)
        {
            value *= factor;
        }
    }

    private void ReadWindow(Span<float> readout)
    {
        int count = (int)Math.Min(_steps, _readout.WindowSteps);
        readout.Fill(_kind == ReadoutKind.Maximum ? float.NegativeInfinity : 0);
        for (int n = 0; n < count; n++)
        {
            Add(Slot(_steps - count + n), WeightOf(n, count), readout);
        }
    }

    private void Add(ReadOnlySpan<float> potentials, float weight, Span<float> readout)
    {
        if (_kind == ReadoutKind.Maximum)
        {
            for (int k = 0; k < readout.Length; k++)
            {
                readout[k] = potentials[k] > readout[k] ? potentials[k] : readout[k];
            }

            return;
        }

        for (int k = 0; k < readout.Length; k++)
        {
            readout[k] += weight * potentials[k];
        }
    }

    /// <summary>Weight of a step in a trial of so many steps; a stream may go on beyond them.</summary>
    private float WeightOf(long step, int steps) => _kind == ReadoutKind.Maximum
        ? 0
        : (float)ReadoutEquations.Weight(_kind, (int)Math.Min(step, int.MaxValue), steps, _program.TimeStep);

    private double TotalWeight()
    {
        double total = 0;
        for (int step = 0; step < _program.Steps; step++)
        {
            total += ReadoutEquations.Weight(_kind, step, _program.Steps, _program.TimeStep);
        }

        return total;
    }

    private Span<float> Slot(long step) => _ring.AsSpan((int)(step % _readout.WindowSteps) * _sum.Length, _sum.Length);
}
