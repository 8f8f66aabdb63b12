using System;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Derivatives of the step of a population by its time constants, each of shape [neuron].</summary>
/// <remarks>
/// Differences of <see cref="StepCoefficients"/> in double precision: the coefficients stay the one place of the formulas,
/// and the error, about 1e-9 of the value, is far below that of a float.
/// </remarks>
internal sealed unsafe class TimeDerivatives : IDisposable
{
    // By τm: α, γ. Then of each group by τm: κ, κ₂, and by τs: β, κ, κ₂, dt/τs.
    private const int Arrays = 2;
    private const int ArraysOfGroup = 6;
    private const double RelativeStep = 1e-5;

    private readonly PopulationCoefficients _population;
    private readonly double _timeStep;
    private readonly NativeBuffer<float> _values;

    public TimeDerivatives(PopulationCoefficients population, double timeStep)
    {
        (_population, _timeStep) = (population, timeStep);
        _values = new NativeBuffer<float>((long)(Arrays + ArraysOfGroup * population.Groups.Length) * population.Stride);
    }

    /// <summary>∂α/∂τm.</summary>
    public float* Decay => _values.Pointer;

    /// <summary>∂γ/∂τm.</summary>
    public float* BiasGain => _values.Pointer + _population.Stride;

    /// <summary>∂κ/∂τm.</summary>
    public float* IntoByMembrane(int group) => Of(group, 0);

    /// <summary>∂κ₂/∂τm.</summary>
    public float* FirstIntoByMembrane(int group) => Of(group, 1);

    /// <summary>∂β/∂τs.</summary>
    public float* SynapseDecay(int group) => Of(group, 2);

    /// <summary>∂κ/∂τs.</summary>
    public float* IntoBySynapse(int group) => Of(group, 3);

    /// <summary>∂κ₂/∂τs.</summary>
    public float* FirstIntoBySynapse(int group) => Of(group, 4);

    /// <summary>∂(dt/τs)/∂τs.</summary>
    public float* Gain(int group) => Of(group, 5);

    /// <summary>Works the derivatives out for the time constants of now.</summary>
    public void Refresh()
    {
        double dt = _timeStep, leak = _population.Leak;
        for (int n = 0; n < _population.Program.Units; n++)
        {
            double tm = _population.MembraneTimes[n];
            Decay[n] = leak == 0 ? 0 : By(tm, t => StepCoefficients.Decay(dt, t));
            BiasGain[n] = By(tm, t => StepCoefficients.BiasIntoMembrane(dt, t, leak));
            for (int g = 0; g < _population.Groups.Length; g++)
            {
                if (_population.Groups[g].Kind == SynapseKind.Delta)
                {
                    continue;
                }

                double ts = _population.SynapseTimes[g][n];
                IntoByMembrane(g)[n] = By(tm, t => StepCoefficients.CurrentIntoMembrane(dt, t, ts, leak));
                FirstIntoByMembrane(g)[n] = By(tm, t => StepCoefficients.FirstStageIntoMembrane(dt, t, ts, leak));
                SynapseDecay(g)[n] = By(ts, t => StepCoefficients.Decay(dt, t));
                IntoBySynapse(g)[n] = By(ts, t => StepCoefficients.CurrentIntoMembrane(dt, tm, t, leak));
                FirstIntoBySynapse(g)[n] = By(ts, t => StepCoefficients.FirstStageIntoMembrane(dt, tm, t, leak));
                Gain(g)[n] = By(ts, t => dt / t);
            }
        }
    }

    public void Dispose() => _values.Dispose();

    private static float By(double time, Func<double, double> coefficient)
    {
        double step = RelativeStep * time;
        return (float)((coefficient(time + step) - coefficient(time - step)) / (2 * step));
    }

    private float* Of(int group, int array) => _values.Pointer + (Arrays + ArraysOfGroup * group + array) * _population.Stride;
}
