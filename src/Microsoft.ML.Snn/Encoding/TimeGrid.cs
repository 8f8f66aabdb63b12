using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Says into which step of a trial an event falls.</summary>
/// <remarks>
/// Times of whole units that lie on the boundary of two steps belong to the later one. So the number of units per step is worked
/// out in decimal: 0.7 ms are 7 units of 0.1 ms, while the quotient of the two doubles is a little less.
/// </remarks>
internal readonly struct TimeGrid
{
    private readonly double _unitsPerStep;

    /// <param name="timeStep">Length of a step in milliseconds, above 0.</param>
    /// <param name="timeUnit">Milliseconds per unit of the times, above 0: 0.001 for microseconds.</param>
    public TimeGrid(float timeStep, double timeUnit) =>
        _unitsPerStep = timeStep is > 1e-12f and < 1e12f && timeUnit is > 1e-12 and < 1e12
            ? (double)(Decimal(timeStep.ToString("R", CultureInfo.InvariantCulture)) / Decimal(timeUnit.ToString("R", CultureInfo.InvariantCulture)))
            : timeStep / timeUnit;

    /// <summary>The step of an event, from 0; no number where the time is none.</summary>
    /// <param name="time">Time since the beginning of step 0, in the unit.</param>
    public double StepOf(double time) => Math.Floor(time / _unitsPerStep);

    /// <summary>The time of the middle of a step, in the unit.</summary>
    public double MiddleOf(int step) => (step + 0.5) * _unitsPerStep;

    private static decimal Decimal(string number) => decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
}
