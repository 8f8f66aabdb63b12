using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The lane of 8 floats.</summary>
internal readonly unsafe struct Vector256Lane(Vector256<float> value) : ISimdLane<Vector256Lane>
{
    private readonly Vector256<float> _value = value;

    public static int Width => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Vector256Lane(float value) => Splat(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane operator +(Vector256Lane a, Vector256Lane b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane operator -(Vector256Lane a, Vector256Lane b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane operator -(Vector256Lane a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane operator *(Vector256Lane a, Vector256Lane b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane operator /(Vector256Lane a, Vector256Lane b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane Splat(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane Sqrt(Vector256Lane a) => new(Vector256.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane Exp(Vector256Lane a) => new(Vector256.Exp(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane Max(Vector256Lane a, Vector256Lane b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane Min(Vector256Lane a, Vector256Lane b) => new(Vector256.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane SelectGreaterOrEqual(Vector256Lane a, Vector256Lane b, Vector256Lane yes, Vector256Lane no)
    {
        Vector256<float> isGreaterOrEqual = Vector256.GreaterThanOrEqual(a._value, b._value);

        // A general choice by bits takes three instructions where the mask is used more than once.
        return new(Avx.IsSupported
            ? Avx.BlendVariable(no._value, yes._value, isGreaterOrEqual)
            : Vector256.ConditionalSelect(isGreaterOrEqual, yes._value, no._value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256Lane lane, float* target) => lane._value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaskGreaterOrEqual(Vector256Lane a, Vector256Lane b) =>
        (uint)Vector256.GreaterThanOrEqual(a._value, b._value).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lane ZeroUnlessGreaterOrEqual(Vector256Lane a, Vector256Lane b, Vector256Lane value) =>
        new(Vector256.GreaterThanOrEqual(a._value, b._value) & value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256Lane a) => Vector256.Sum(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pack(Vector256Lane lane, uint mask, float* target) => Packing.Of(mask, lane._value).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackIndices(uint mask, int first, int* target) => (Packing.Order(mask) + Vector256.Create(first)).Store(target);
}
