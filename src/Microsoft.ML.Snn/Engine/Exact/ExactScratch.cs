using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>State of the one layer that a worker runs at a time. It stays in the first-level cache.</summary>
internal sealed unsafe class ExactScratch : IDisposable
{
    public ExactScratch(NetworkProgram program, int laneWidth)
    {
        Layer = new LayerScratch(program, laneWidth);
        int largest = CpuWeights.Padded(
            program.Hidden.Select(hidden => hidden.Units).Append(program.Output.Units).Max(), laneWidth);
        (Sure, Turned) = (new CandidateList(largest), new CandidateList(largest));
        V = Layer.V;
        I = Layer.I;
        NextV = Layer.Held;
        NextI = Layer.Drive;
    }

    /// <summary>The memory that the engines have in common.</summary>
    public LayerScratch Layer { get; }

    /// <summary>Potential V at the start of a stretch, or λV at its end in the backward pass.</summary>
    public float* V { get; private set; }

    /// <summary>Current I at the start of a stretch, or λI at its end in the backward pass.</summary>
    public float* I { get; private set; }

    /// <summary>V or λV at the other end of the stretch.</summary>
    public float* NextV { get; private set; }

    /// <summary>I or λI at the other end of the stretch.</summary>
    public float* NextI { get; private set; }

    /// <summary>Neurons that end the stretch above their threshold.</summary>
    public CandidateList Sure { get; }

    /// <summary>Neurons that end it below, and may have been above in between.</summary>
    public CandidateList Turned { get; }

    /// <summary>Spikes of one stretch of time before they are sorted.</summary>
    public SpikeSorter Sorter { get; } = new();

    /// <summary>Sets every neuron of a layer to 0.</summary>
    public void Clear(int stride)
    {
        new Span<float>(V, stride).Clear();
        new Span<float>(I, stride).Clear();
    }

    /// <summary>What was the other end of a stretch is the start of the next.</summary>
    public void Turn()
    {
        float* v = V;
        float* i = I;
        V = NextV;
        I = NextI;
        NextV = v;
        NextI = i;
    }

    public void Dispose()
    {
        Layer.Dispose();
        Sure.Dispose();
        Turned.Dispose();
        Sorter.Dispose();
    }
}
