using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What was read from one output, and what its loss needs.</summary>
internal readonly struct LossViews
{
    public required BatchViews Batch { get; init; }

    public required TargetViews Target { get; init; }

    /// <summary>Readouts; then scores, or ∂L/∂Y where the loss is of the trial. Shape [slot, output].</summary>
    public required ArrayView<float> Readout { get; init; }

    /// <summary>
    /// V at the end of every step where steps are read or learned from; then scores or ∂L/∂V. Shape [slot, step, output]. May before
    /// have been the scratch memory of what arrived.
    /// </summary>
    public required ArrayView<float> StepReadout { get; init; }

    public required int Classes { get; init; }

    public required int Steps { get; init; }

    public required LossKind Loss { get; init; }

    /// <summary>1 if the output is V of every step, else 0.</summary>
    public required int ReadsEveryStep { get; init; }

    /// <summary>1 if the loss is of V of every step, else 0.</summary>
    public required int LearnsEveryStep { get; init; }

    /// <summary>1 for training; 0 to score, without targets.</summary>
    public required int Learns { get; init; }

    /// <summary>What the loss counts for beside those of other outputs.</summary>
    public required float LossWeight { get; init; }

    /// <summary>1 for the first output, which reports right decisions; the others add to its loss.</summary>
    public required int IsFirst { get; init; }
}
