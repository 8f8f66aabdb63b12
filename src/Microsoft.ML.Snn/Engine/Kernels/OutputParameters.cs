using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="OutputKernel"/>.</summary>
internal readonly struct OutputParameters
{
    public required Arrivals Input { get; init; }

    public required MembraneEquations Membrane { get; init; }

    public required BatchViews Batch { get; init; }

    public required TraceViews Trace { get; init; }

    /// <summary>∂Y/∂V at the end of each step, shape [step]; unused for the maximum.</summary>
    public required ArrayView<float> ReadoutWeight { get; init; }

    public required TargetViews Target { get; init; }

    /// <summary>Receives readouts, then scores, shape [slot, class].</summary>
    public required ArrayView<float> Probability { get; init; }

    /// <summary>Step of the maximum of each output, shape [slot, class].</summary>
    public required ArrayView<int> MaximumStep { get; init; }

    /// <summary>Slope I - V at the maximum of each output, then ∂L/∂t of a spike that ends its rise. Shape [slot, class]; only for the maximum.</summary>
    public required ArrayView<float> MaximumSlope { get; init; }

    /// <summary>Receives ∂L/∂t of a spike that arrives at a step and so moves maxima, shape [slot, step]; only for the maximum.</summary>
    public required ArrayView<float> MovedMaxima { get; init; }

    /// <summary>
    /// Scratch memory, shape [slot, step, class]: what arrives at every step; where steps are read, then V, and then scores or ∂L/∂V.
    /// </summary>
    public required ArrayView<float> Arrived { get; init; }

    public required int Classes { get; init; }

    public required int Steps { get; init; }

    /// <summary>1 if the readout is the maximum, else 0.</summary>
    public required int IsMaximum { get; init; }

    public required LossKind Loss { get; init; }

    /// <summary>1 if the output is V of every step, else 0.</summary>
    public required int ReadsEveryStep { get; init; }

    /// <summary>1 if the loss is of V of every step, else 0.</summary>
    public required int LearnsEveryStep { get; init; }

    /// <summary>1 for training; 0 to score, without labels and backward pass.</summary>
    public required int Learns { get; init; }
}
