namespace Microsoft.ML.Snn.Equations;

/// <summary>A bundle of numbers that a formula treats as one: a single float on a GPU, a SIMD vector on a CPU.</summary>
/// <remarks>
/// Every formula of the library is generic over its lane, so that it is written once. Each operation is one
/// correctly rounded IEEE operation per element: the same formula gives the same bits whatever the lane.
/// </remarks>
/// <typeparam name="TLane">The lane itself.</typeparam>
internal interface ILane<TLane>
    where TLane : struct, ILane<TLane>
{
    static abstract TLane operator +(TLane a, TLane b);

    static abstract TLane operator -(TLane a, TLane b);

    static abstract TLane operator *(TLane a, TLane b);

    static abstract TLane operator /(TLane a, TLane b);

    /// <summary>The same value in every element.</summary>
    static abstract TLane Splat(float value);

    static abstract TLane Sqrt(TLane a);

    /// <summary>Per element: <paramref name="yes"/> where <paramref name="a"/> ≥ <paramref name="b"/>, else <paramref name="no"/>.</summary>
    static abstract TLane SelectGreaterOrEqual(TLane a, TLane b, TLane yes, TLane no);
}
