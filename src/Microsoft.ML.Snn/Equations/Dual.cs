using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn;

// The operations of a lane are static members of its type: that is what ILane asks of it.
#pragma warning disable CA1000

/// <summary>A number with its derivative along one direction: run a formula on it, and its derivative comes out beside its value.</summary>
/// <remarks>
/// (a + a'ε)(b + b'ε) = ab + (a'b + ab')ε with ε² = 0, and the chain rule for every other operation. Comparisons look at
/// the value alone. It is a lane itself, so that any formula of lanes can be differentiated without a word about
/// derivatives in it. Source: Griewank and Walther, Evaluating Derivatives (2008), chapter 3.
/// </remarks>
/// <typeparam name="TLane">The lane of the value and of the derivative.</typeparam>
/// <param name="value">The value.</param>
/// <param name="derivative">Its derivative.</param>
public readonly struct Dual<TLane>(TLane value, TLane derivative) : ILane<Dual<TLane>>
    where TLane : struct, ILane<TLane>
{
    /// <summary>Gets the value.</summary>
    public TLane Value { get; } = value;

    /// <summary>Gets the derivative.</summary>
    public TLane Derivative { get; } = derivative;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Dual<TLane>(float value) => Splat(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> operator +(Dual<TLane> a, Dual<TLane> b) => new(a.Value + b.Value, a.Derivative + b.Derivative);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> operator -(Dual<TLane> a, Dual<TLane> b) => new(a.Value - b.Value, a.Derivative - b.Derivative);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> operator -(Dual<TLane> a) => new(-a.Value, -a.Derivative);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> operator *(Dual<TLane> a, Dual<TLane> b) =>
        new(a.Value * b.Value, a.Derivative * b.Value + a.Value * b.Derivative);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> operator /(Dual<TLane> a, Dual<TLane> b)
    {
        TLane quotient = a.Value / b.Value;
        return new(quotient, (a.Derivative - quotient * b.Derivative) / b.Value);
    }

    /// <summary>A constant: the derivative is 0.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> Splat(float value) => new(TLane.Splat(value), TLane.Splat(0));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> Sqrt(Dual<TLane> a)
    {
        TLane root = TLane.Sqrt(a.Value);
        return new(root, a.Derivative / (root + root));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> Exp(Dual<TLane> a)
    {
        TLane power = TLane.Exp(a.Value);
        return new(power, power * a.Derivative);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> Max(Dual<TLane> a, Dual<TLane> b) => SelectGreaterOrEqual(a, b, a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> Min(Dual<TLane> a, Dual<TLane> b) => SelectGreaterOrEqual(a, b, b, a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<TLane> SelectGreaterOrEqual(Dual<TLane> a, Dual<TLane> b, Dual<TLane> yes, Dual<TLane> no) => new(
        TLane.SelectGreaterOrEqual(a.Value, b.Value, yes.Value, no.Value),
        TLane.SelectGreaterOrEqual(a.Value, b.Value, yes.Derivative, no.Derivative));
}
