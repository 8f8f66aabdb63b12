
namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>A lane that the CPU loops can move to and from memory.</summary>
internal unsafe interface ISimdLane<TLane> : ILane<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>Number of floats in the lane; every row of the engine's memory is a multiple of it.</summary>
    static abstract int Width { get; }

    static abstract TLane Load(float* source);

    static abstract void Store(TLane lane, float* target);

    /// <summary>Bit n is set where element n of <paramref name="a"/> ≥ that of <paramref name="b"/>.</summary>
    static abstract uint MaskGreaterOrEqual(TLane a, TLane b);

    /// <summary>Per element: <paramref name="value"/> where <paramref name="a"/> ≥ <paramref name="b"/>, else 0. One instruction less than a choice of two.</summary>
    static abstract TLane ZeroUnlessGreaterOrEqual(TLane a, TLane b, TLane value);

    static abstract float Sum(TLane a);

    /// <summary>Writes those elements whose bits are set one behind the other; what follows them, up to a whole lane, is overwritten.</summary>
    static abstract void Pack(TLane lane, uint mask, float* target);

    /// <summary>Writes the numbers of the bits that are set, counted from <paramref name="first"/>, as <see cref="Pack"/> does.</summary>
    static abstract void PackIndices(uint mask, int first, int* target);
}
