using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="OutputKernel"/>.</summary>
internal readonly struct OutputParameters
{
    public required Arrivals Input { get; init; }

    public required MembraneEquations Membrane { get; init; }

    public required TraceViews Trace { get; init; }

    /// <summary>∂Y/∂V at the end of each step, shape [step]; unused for the maximum.</summary>
    public required ArrayView<float> ReadoutWeight { get; init; }

    /// <summary>Step of the maximum of each output, shape [slot, class].</summary>
    public required ArrayView<int> MaximumStep { get; init; }

    /// <summary>Slope I - V at the maximum of each output, then ∂L/∂t of a spike that ends its rise. Shape [slot, class]; only for the maximum.</summary>
    public required ArrayView<float> MaximumSlope { get; init; }

    /// <summary>Receives ∂L/∂t of a spike that arrives at a step and so moves maxima, shape [slot, step]; only for the maximum.</summary>
    public required ArrayView<float> MovedMaxima { get; init; }

    /// <summary>1 if the readout is the maximum, else 0.</summary>
    public required int IsMaximum { get; init; }

    /// <summary>Where readouts, and what arrives at every step, go; and the loss of them.</summary>
    public required LossViews Loss { get; init; }
}
