using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The lane of 16 floats.</summary>
internal readonly unsafe struct Vector512Lane(Vector512<float> value) : ISimdLane<Vector512Lane>
{
    private readonly Vector512<float> _value = value;

    public static int Width => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Vector512Lane(float value) => Splat(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane operator +(Vector512Lane a, Vector512Lane b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane operator -(Vector512Lane a, Vector512Lane b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane operator -(Vector512Lane a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane operator *(Vector512Lane a, Vector512Lane b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane operator /(Vector512Lane a, Vector512Lane b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane Splat(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane Sqrt(Vector512Lane a) => new(Vector512.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane Exp(Vector512Lane a) => new(Vector512.Exp(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane Max(Vector512Lane a, Vector512Lane b) => new(Vector512.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane Min(Vector512Lane a, Vector512Lane b) => new(Vector512.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane SelectGreaterOrEqual(Vector512Lane a, Vector512Lane b, Vector512Lane yes, Vector512Lane no) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(a._value, b._value), yes._value, no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512Lane lane, float* target) => lane._value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaskGreaterOrEqual(Vector512Lane a, Vector512Lane b) =>
        (uint)Vector512.GreaterThanOrEqual(a._value, b._value).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lane ZeroUnlessGreaterOrEqual(Vector512Lane a, Vector512Lane b, Vector512Lane value) =>
        new(Vector512.GreaterThanOrEqual(a._value, b._value) & value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512Lane a) => Vector512.Sum(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pack(Vector512Lane lane, uint mask, float* target)
    {
        Packing.Of(mask & 0xff, lane._value.GetLower()).Store(target);
        Packing.Of(mask >> 8, lane._value.GetUpper()).Store(target + BitOperations.PopCount(mask & 0xff));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackIndices(uint mask, int first, int* target)
    {
        (Packing.Order(mask & 0xff) + Vector256.Create(first)).Store(target);
        (Packing.Order(mask >> 8) + Vector256.Create(first + 8)).Store(target + BitOperations.PopCount(mask & 0xff));
    }
}
