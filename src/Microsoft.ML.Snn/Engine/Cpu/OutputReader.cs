using System;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Reads one output population step by step, and drives its adjoint with the loss.</summary>
internal sealed unsafe class OutputReader<TLane>(PopulationPass<TLane> population, float* weights, int mostSteps, double timeStep)
    where TLane : struct, ISimdLane<TLane>
{
    private readonly bool _isMaximum = population.Program.Readout == ReadoutKind.Maximum;
    private readonly bool _isFirstSpike = population.Program.Readout == ReadoutKind.FirstSpikeTime;
    private readonly bool _keepsSteps = population.Program.KeepsSteps;

    public PopulationPass<TLane> Population { get; } = population;

    private int Steps => Population.Steps;

    public void Begin(OutputRecord readout)
    {
        for (int j = 0; j < Population.Stride; j++)
        {
            readout.Readout[j] = _isMaximum || _isFirstSpike ? float.NegativeInfinity : 0;
        }

        readout.FirstSpikes?.Begin(Steps * timeStep);
        readout.Steps = Steps;
    }

    /// <summary>Takes in the potential at the end of a step.</summary>
    public void Read(int step, OutputRecord readout)
    {
        float* v = Population.V;
        float* y = readout.Readout;
        if (_keepsSteps)
        {
            new ReadOnlySpan<float>(v, Population.Stride).CopyTo(
                new Span<float>(readout.StepReadout + (nint)step * Population.Stride, Population.Stride));
        }

        if (_isFirstSpike)
        {
            ReadFirstSpikes(step, readout, readout.FirstSpikes!);
            return;
        }

        if (!_isMaximum)
        {
            SegmentLoops<TLane>.AddScaled(v, WeightOf(step), y, Population.Stride);
            return;
        }

        for (int k = 0; k < Population.Stride; k++)
        {
            KeepMaximum(k, step, readout);
        }
    }

    /// <summary>Adds ∂L/∂V of the potential at the end of a step, given ∂L/∂Y or that of every step.</summary>
    public void Drive(int step, OutputRecord readout)
    {
        Population.Wake();
        if (Population.Program.Loss.IsEveryStep)
        {
            SegmentLoops<TLane>.AddScaled(
                readout.StepReadout + (nint)step * Population.Stride, 1, Population.V, Population.Stride);
            return;
        }

        if (_isFirstSpike)
        {
            DriveFirstSpikes(step, readout, readout.FirstSpikes!);
            return;
        }

        if (!_isMaximum)
        {
            SegmentLoops<TLane>.AddScaled(readout.LossByReadout, WeightOf(step), Population.V, Population.Stride);
            return;
        }

        for (int k = 0; k < Population.Stride; k++)
        {
            Population.V[k] += readout.MaximumStep[k] == step ? readout.LossByReadout[k] : 0;
        }
    }

    /// <summary>Tells the population which of its arrivals at a step ended the rise of a maximum, and so move it.</summary>
    public void MoveMaxima(int step, OutputRecord readout)
    {
        if (!(_isMaximum || _isFirstSpike) || Population.Program.Loss.IsEveryStep)
        {
            return;
        }

        bool any = false;
        for (int k = 0; k < Population.Stride; k++)
        {
            bool ended = readout.MaximumStep[k] == step - 1 && readout.FirstSpikes?.IsSilent(k) != false;
            Population.MovedErrors[k] = ended
                ? ReadoutEquations.MovedMaximum(
                    readout.LossByReadout[k], readout.MaximumSlope[k], Population.Coefficients.MembraneTime[k])
                : 0;
            any |= ended;
        }

        Population.HasMovedErrors = any;
    }

    /// <summary>∂Y/∂V at the end of a step, for an example of its own length.</summary>
    private float WeightOf(int step) => Steps == mostSteps
        ? weights[step]
        : Population.Program.Readout == ReadoutKind.EveryStep ? 0
        : (float)ReadoutEquations.Weight(Population.Program.Readout!.Value, step, Steps, timeStep);

    private void KeepMaximum(int output, int step, OutputRecord readout)
    {
        float v = Population.V[output];
        if (v > readout.Readout[output])
        {
            float slope = Population.TotalCurrent(output) - Population.Coefficients.Leak * v;
            (readout.Readout[output], readout.MaximumStep[output], readout.MaximumSlope[output]) = (v, step, slope);
        }
    }

    private void ReadFirstSpikes(int step, OutputRecord readout, FirstSpikeRecord first)
    {
        for (int k = 0; k < Population.Program.Units; k++)
        {
            (float before, float v) = (first.Before[k], Population.V[k]);
            first.Before[k] = v;
            if (!first.IsSilent(k))
            {
                continue;
            }

            if (v >= OutputLayer.Threshold)
            {
                first.Fraction[k] = SpikeEquations.Crossing(before, v, OutputLayer.Threshold);
                first.Times[k] = FirstSpikeEquations.SpikeTime<DoubleLane>(step, first.Fraction[k], new(timeStep)).Value;
                readout.MaximumStep[k] = step;
                readout.MaximumSlope[k] = FirstSpikeEquations.LineSlope(before, v, Population.Coefficients.MembraneTime[k], (float)timeStep);
                continue;
            }

            KeepMaximum(k, step, readout);
            if (step == Steps - 1)
            {
                EndSilent(k, step, readout, first);
            }
        }
    }

    private void EndSilent(int output, int step, OutputRecord readout, FirstSpikeRecord first)
    {
        if (readout.Readout[output] <= 0)
        {
            // Never above rest, which is where it started: what it ends with has a gradient, the start has none.
            (readout.Readout[output], readout.MaximumStep[output]) = (Population.V[output], step);
        }

        first.MembraneTime[output] = Population.Coefficients.MembraneTime[output];
        first.Times[output] = FirstSpikeEquations.SilentTime(
            Steps * timeStep, first.MembraneTime[output], readout.Readout[output], OutputLayer.Threshold);
    }

    private void DriveFirstSpikes(int step, OutputRecord readout, FirstSpikeRecord first)
    {
        for (int k = 0; k < Population.Program.Units; k++)
        {
            int moment = readout.MaximumStep[k];
            if (moment != step && moment != step + 1)
            {
                continue;
            }

            if (first.IsSilent(k))
            {
                DriveSilent(k, step == moment, readout, first);
                continue;
            }

            float limit = Population.GrazingLimit;
            float slope = SpikeEquations.LimitedSlope(readout.MaximumSlope[k], limit);
            Population.Grazing += step == moment && slope == limit ? 1 : 0;
            (float byBefore, float byAfter) = FirstSpikeEquations.LossByLine(
                readout.LossByReadout[k], first.Fraction[k], slope, Population.Coefficients.MembraneTime[k]);
            Population.V[k] += step == moment ? byAfter : byBefore;
        }
    }

    private void DriveSilent(int output, bool isMoment, OutputRecord readout, FirstSpikeRecord first)
    {
        if (isMoment)
        {
            Population.V[output] += readout.LossByReadout[output];
            Population.AddMembraneTimeGradient(output, (float)FirstSpikeEquations.LossByMembraneTime(
                first.LossByTimes[output], readout.Readout[output], OutputLayer.Threshold));
        }
    }
}
