using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Reads one output population step by step, and drives its adjoint with the loss.</summary>
internal sealed unsafe class OutputReader<TLane>(PopulationPass<TLane> population, float* weights)
    where TLane : struct, ISimdLane<TLane>
{
    private readonly bool _isMaximum = population.Program.Readout == ReadoutKind.Maximum;

    public PopulationPass<TLane> Population { get; } = population;

    public void Begin(GraphReadout readout)
    {
        for (int j = 0; j < Population.Stride; j++)
        {
            readout.Values[j] = _isMaximum ? float.NegativeInfinity : 0;
        }
    }

    /// <summary>Takes in the potential at the end of a step.</summary>
    public void Read(int step, GraphReadout readout)
    {
        float* v = Population.V;
        float* y = readout.Values;
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

    /// <summary>Adds ∂L/∂V of the potential at the end of a step, given ∂L/∂Y.</summary>
    public void Drive(int step, GraphReadout readout)
    {
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
    public void MoveMaxima(int step, GraphReadout readout)
    {
        if (!_isMaximum)
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
