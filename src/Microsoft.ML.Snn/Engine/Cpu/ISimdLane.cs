
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

    static abstract float Sum(TLane a);
}
