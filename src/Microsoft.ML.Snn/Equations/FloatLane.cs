using System;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>The lane of one number: what ILGPU compiles, and what host code uses for a single neuron.</summary>
internal readonly struct FloatLane(float value) : ILane<FloatLane>
{
    public readonly float Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator FloatLane(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane operator +(FloatLane a, FloatLane b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane operator -(FloatLane a, FloatLane b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane operator -(FloatLane a) => new(-a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane operator *(FloatLane a, FloatLane b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane operator /(FloatLane a, FloatLane b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane Splat(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane Sqrt(FloatLane a) => new(MathF.Sqrt(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane Exp(FloatLane a) => new(MathF.Exp(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane Max(FloatLane a, FloatLane b) => SelectGreaterOrEqual(a, b, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane Min(FloatLane a, FloatLane b) => SelectGreaterOrEqual(a, b, b, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLane SelectGreaterOrEqual(FloatLane a, FloatLane b, FloatLane yes, FloatLane no) =>
        a.Value >= b.Value ? yes : no;
}
