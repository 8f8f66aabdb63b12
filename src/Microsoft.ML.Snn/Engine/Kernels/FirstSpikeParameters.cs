using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="FirstSpikeKernel"/>.</summary>
internal readonly struct FirstSpikeParameters
{
    /// <summary>The output; its readouts are the largest V, then scores or ∂L/∂t, or ∂L/∂(max V) of silent ones.</summary>
    public required LossViews Output { get; init; }

    /// <summary>What <see cref="FirstSpikeViews"/> says, shape [slot, output, number].</summary>
    public required ArrayView<float> FirstSpikes { get; init; }

    /// <summary>The steps of the first spikes, shape [slot, output].</summary>
    public required ArrayView<int> Step { get; init; }

    /// <summary>τm in milliseconds, shape [output].</summary>
    public required ArrayView<float> MembraneTime { get; init; }

    public required FirstSpikeLosses<FloatLane> Losses { get; init; }

    /// <summary>dt in milliseconds.</summary>
    public required float TimeStep { get; init; }

    /// <summary>Number of trials.</summary>
    public required int Slots { get; init; }
}
