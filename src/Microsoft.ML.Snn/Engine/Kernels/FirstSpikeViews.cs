using System;
using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The first spikes of the outputs of one trial in device memory. Shape [output, number].</summary>
/// <param name="numbers">The numbers of all trials.</param>
/// <param name="first">Where the trial begins among them, counted in outputs.</param>
internal readonly struct FirstSpikeViews(ArrayView<float> numbers, long first) : IOutputTimes<FloatLane>
{
    private const int FractionPlace = 0;
    private const int MaximumPlace = 1;
    private const int TimePlace = 2;
    private const int DerivativePlace = 3;

    private readonly ArrayView<float> _numbers = numbers;
    private readonly long _first = first;

    public static FloatLane Log(FloatLane value) => MathF.Log(value.Value);

    public FloatLane TimeOf(int output) => _numbers[At(output, TimePlace)];

    public FloatLane DerivativeOf(int output) => _numbers[At(output, DerivativePlace)];

    public void SetDerivative(int output, FloatLane value) => _numbers[At(output, DerivativePlace)] = value.Value;

    public void SetTime(int output, float time) => _numbers[At(output, TimePlace)] = time;

    /// <summary>The part of the step before the crossing.</summary>
    public float FractionOf(int output) => _numbers[At(output, FractionPlace)];

    public void SetFraction(int output, float fraction) => _numbers[At(output, FractionPlace)] = fraction;

    /// <summary>The largest V of an output that stayed silent.</summary>
    public float MaximumOf(int output) => _numbers[At(output, MaximumPlace)];

    public void SetMaximum(int output, float maximum) => _numbers[At(output, MaximumPlace)] = maximum;

    public bool IsSilent(int output) => FractionOf(output) < 0;

    /// <summary>No crossing yet: no part of a step is below 0.</summary>
    public void Silence(int output) => SetFraction(output, -1);

    private long At(int output, int place) => (_first + output) * GraphStateViews.FirstSpikeNumbers + place;
}
