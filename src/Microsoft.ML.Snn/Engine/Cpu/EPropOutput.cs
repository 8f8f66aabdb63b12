using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The output neurons of e-prop, step by step: each step has its own error.</summary>
internal unsafe struct EPropOutput<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>Number of arrays of shape [output] in <see cref="State"/>.</summary>
    public const int StateArrays = 2;

    public required MembraneEquations Membrane;

    /// <summary>Number of outputs, padded to whole lanes; also the distance between two rows of the weights.</summary>
    public required int Stride;

    /// <summary>Weights from the layer before, shape [row, output].</summary>
    public required float* Input;

    /// <summary>Current added at every step, shape [output], or null.</summary>
    public float* Drive;

    /// <summary>Bias of each output, shape [output], or null where there is none.</summary>
    public float* Bias;

    /// <summary>What a bias of 1 adds to V at every step.</summary>
    public float BiasGain;

    /// <summary>Scratch memory of shape [array, output]: V, I.</summary>
    public required float* State;

    public readonly void Clear() => Unsafe.InitBlock(State, 0, (uint)(StateArrays * Stride * sizeof(float)));

    /// <summary>Runs one step.</summary>
    /// <param name="arrivals">Spikes from the layer before.</param>
    /// <param name="membrane">Receives V, shape [output].</param>
    public readonly void Step(EventSpan arrivals, float* membrane)
    {
        RowLoops<TLane>.AddRows(arrivals, Input, State + Stride, Stride);
        for (int j = 0; j < Stride; j += TLane.Width)
        {
            TLane v = TLane.Load(State + j);
            TLane i = TLane.Load(State + Stride + j);
            if (Drive != null)
            {
                i += TLane.Load(Drive + j);
            }

            Membrane.Step(ref v, ref i);
            if (Bias != null)
            {
                v += TLane.Splat(BiasGain) * TLane.Load(Bias + j);
            }

            TLane.Store(v, State + j);
            TLane.Store(i, State + Stride + j);
            TLane.Store(v, membrane + j);
        }
    }

    /// <summary>Keeps states that only decay out of the denormal range.</summary>
    public readonly void Flush() => RowLoops<TLane>.Flush(State, StateArrays * Stride);
}
