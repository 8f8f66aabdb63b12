using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>What one step of dt does to the linear part of a neuron, solved exactly.</summary>
/// <remarks>
/// <para>Membrane τm dV/dt = -leak·V + I + bias with leak 1 (leaky) or 0 (integrate and fire); exponential synapse
/// τs dI/dt = -I; alpha synapse τs dJ/dt = -J, τs dI/dt = -I + J, so that a spike of weight w gives the current
/// w·(t/τs)·exp(-t/τs).</para>
/// <para>With a = leak·dt/τm and b = dt/τs the step is V := e^-a·V + κ·I + κ₂·J + γ·bias, I := e^-b·(I + b·J),
/// J := e^-b·J, with κ = (dt/τm)·∫₀¹ e^(-a(1-s) - bs) ds, κ₂ = (dt/τm)·∫₀¹ b·s·e^(-a(1-s) - bs) ds and
/// γ = (dt/τm)·∫₀¹ e^(-a(1-s)) ds. The integrals have removable singularities at a = b and at a = 0; the forms below
/// stay accurate there.</para>
/// </remarks>
internal static class StepCoefficients
{
    /// <summary>e^(-dt/τ).</summary>
    public static double Decay(double timeStep, double time) => Math.Exp(-timeStep / time);

    /// <summary>κ: how much of the current reaches the potential within the step.</summary>
    /// <param name="timeStep">dt in milliseconds.</param>
    /// <param name="membraneTime">τm in milliseconds.</param>
    /// <param name="synapseTime">τs in milliseconds.</param>
    /// <param name="leak">1, or 0 for a membrane without leak.</param>
    public static double CurrentIntoMembrane(double timeStep, double membraneTime, double synapseTime, double leak = 1) =>
        timeStep / membraneTime * Overlap(leak * timeStep / membraneTime, timeStep / synapseTime);

    /// <summary>κ₂: how much of an alpha synapse's first stage reaches the potential within the step.</summary>
    public static double FirstStageIntoMembrane(double timeStep, double membraneTime, double synapseTime, double leak = 1)
    {
        double a = leak * timeStep / membraneTime;
        double b = timeStep / synapseTime;
        return timeStep / membraneTime * b * Math.Exp(-a) * Moment(b - a);
    }

    /// <summary>γ: how much of a constant current reaches the potential within the step.</summary>
    public static double BiasIntoMembrane(double timeStep, double membraneTime, double leak = 1) =>
        timeStep / membraneTime * Overlap(leak * timeStep / membraneTime, 0);

    /// <summary>∫₀¹ e^(-a(1-s) - bs) ds = (e^-a - e^-b)/(b - a), accurate where a = b: the textbook form divides zero by zero there.</summary>
    public static double Overlap(double a, double b) => Math.Exp(-0.5 * (a + b)) * Sinhc(0.5 * (a - b));

    /// <summary>∫₀¹ s·e^(-ds) ds = (1 - (1 + d)·e^-d)/d².</summary>
    private static double Moment(double d)
    {
        if (Math.Abs(d) > 0.5)
        {
            return (1 - (1 + d) * Math.Exp(-d)) / (d * d);
        }

        // Σ (-d)^n/(n!·(n + 2)): the closed form loses all its digits near d = 0.
        double sum = 0, term = 1;
        for (int n = 0; n < 16; n++)
        {
            sum += term / (n + 2);
            term *= -d / (n + 1);
        }

        return sum;
    }

    private static double Sinhc(double x) => x == 0 ? 1 : Math.Sinh(x) / x;
}
