using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="GraphBackwardKernel"/>.</summary>
internal readonly struct GraphBackwardParameters
{
    public required GraphViews Graph { get; init; }

    public required GraphStateViews State { get; init; }

    public required BatchViews Batch { get; init; }

    /// <summary>Regularisation of each population, shape [population]; read where <see cref="HasPush"/> says so.</summary>
    public required ArrayView<SpikeCountEquations> SpikeCounts { get; init; }

    /// <summary>1 if regularisation acts on some population, else 0.</summary>
    public required int HasPush { get; init; }

    public required float GrazingLimit { get; init; }

    /// <summary>1 where the input is a constant current, else 0.</summary>
    public required int IsConstant { get; init; }

    /// <summary>1 where spikes receive errors, as EventProp has it; 0 for e-prop.</summary>
    public required int SendsErrors { get; init; }

    /// <summary>Number of threads that share the sum of one spike, at most <see cref="GraphErrors.MaximumLanes"/>.</summary>
    public required int Lanes { get; init; }
}
