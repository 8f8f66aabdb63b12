using System;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Reads one output population step by step, and drives its adjoint with the loss.</summary>
internal sealed unsafe class OutputReader<TLane>(PopulationPass<TLane> population, float* weights)
    where TLane : struct, ISimdLane<TLane>
{
    private readonly bool _isMaximum = population.Program.Readout == ReadoutKind.Maximum;
    private readonly bool _keepsSteps = population.Program.KeepsSteps;

    public PopulationPass<TLane> Population { get; } = population;

    public void Begin(OutputRecord readout)
    {
        for (int j = 0; j < Population.Stride; j++)
        {
            readout.Readout[j] = _isMaximum ? float.NegativeInfinity : 0;
        }
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

        if (!_isMaximum)
        {
            SegmentLoops<TLane>.AddScaled(v, weights[step], y, Population.Stride);
            return;
        }

        for (int k = 0; k < Population.Stride; k++)
        {
            if (v[k] > y[k])
            {
                float slope = Population.TotalCurrent(k) - Population.Coefficients.Leak * v[k];
                (y[k], readout.MaximumStep[k], readout.MaximumSlope[k]) = (v[k], step, slope);
            }
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

        if (!_isMaximum)
        {
            SegmentLoops<TLane>.AddScaled(readout.LossByReadout, weights[step], Population.V, Population.Stride);
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
        if (!_isMaximum || Population.Program.Loss.IsEveryStep)
        {
            return;
        }

        bool any = false;
        for (int k = 0; k < Population.Stride; k++)
        {
            bool ended = readout.MaximumStep[k] == step - 1;
            Population.MovedErrors[k] = ended
                ? ReadoutEquations.MovedMaximum(
                    readout.LossByReadout[k], readout.MaximumSlope[k], Population.Coefficients.MembraneTime[k])
                : 0;
            any |= ended;
        }

        Population.HasMovedErrors = any;
    }
}
