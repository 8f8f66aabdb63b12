namespace Microsoft.ML.Snn;

/// <summary>A bundle of numbers that a formula treats as one: a single float on a GPU, a SIMD vector on a CPU.</summary>
/// <remarks>
/// <para>Every formula of the library, and of a user's own neuron, is generic over its lane, so that it is written once.
/// A <see cref="float"/> converts to a lane by itself: <c>0.04f * v * v + 5f * v + 140f</c> is a formula of lanes.
/// There is no <c>if</c> on a lane, whose elements may differ: use <see cref="SelectGreaterOrEqual"/>.</para>
/// <para>Each operation but <see cref="Exp"/> is one correctly rounded IEEE operation per element: the same formula gives
/// the same bits whatever the lane. <see cref="Exp"/> is good to about two units in the last place.</para>
/// </remarks>
/// <typeparam name="TLane">The lane itself.</typeparam>
public interface ILane<TLane>
    where TLane : struct, ILane<TLane>
{
    /// <summary>The same value in every element.</summary>
    /// <param name="value">The value.</param>
    static abstract implicit operator TLane(float value);

    /// <summary>Adds element by element.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    static abstract TLane operator +(TLane a, TLane b);

    /// <summary>Subtracts element by element.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    static abstract TLane operator -(TLane a, TLane b);

    /// <summary>Changes the sign of every element.</summary>
    /// <param name="a">The operand.</param>
    static abstract TLane operator -(TLane a);

    /// <summary>Multiplies element by element.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    static abstract TLane operator *(TLane a, TLane b);

    /// <summary>Divides element by element.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    static abstract TLane operator /(TLane a, TLane b);

    /// <summary>The same value in every element.</summary>
    /// <param name="value">The value.</param>
    static abstract TLane Splat(float value);

    /// <summary>Square root of every element.</summary>
    /// <param name="a">The operand, 0 or more.</param>
    static abstract TLane Sqrt(TLane a);

    /// <summary>e to the power of every element.</summary>
    /// <param name="a">The operand.</param>
    static abstract TLane Exp(TLane a);

    /// <summary>The larger of two elements.</summary>
    /// <param name="a">First operand, taken where both are equal.</param>
    /// <param name="b">Second operand.</param>
    static abstract TLane Max(TLane a, TLane b);

    /// <summary>The smaller of two elements.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand, taken where both are equal.</param>
    static abstract TLane Min(TLane a, TLane b);

    /// <summary>Per element: <paramref name="yes"/> where <paramref name="a"/> ≥ <paramref name="b"/>, else <paramref name="no"/>.</summary>
    /// <param name="a">What is compared.</param>
    /// <param name="b">What it is compared with.</param>
    /// <param name="yes">Taken where <paramref name="a"/> is not below <paramref name="b"/>.</param>
    /// <param name="no">Taken elsewhere.</param>
    static abstract TLane SelectGreaterOrEqual(TLane a, TLane b, TLane yes, TLane no);
}
