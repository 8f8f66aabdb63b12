using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="EPropOnlineKernel"/>.</summary>
internal readonly struct EPropOnlineParameters
{
    public required BatchViews Batch { get; init; }

    public required EPropViews EProp { get; init; }

    /// <summary>Where the spikes come from.</summary>
    public required ArrivalTrace Source { get; init; }

    /// <summary>1 where the spikes are values of a constant current, else 0.</summary>
    public required int IsConstant { get; init; }

    public required int Columns { get; init; }

    public required int Steps { get; init; }

    /// <summary>The membrane behind the connection.</summary>
    public required MembraneEquations Membrane { get; init; }

    /// <summary>The membrane of the output.</summary>
    public required MembraneEquations Output { get; init; }

    /// <summary>The spikes of the neurons behind the connection; unused of the output.</summary>
    public required EPropEquations Equations { get; init; }

    /// <summary>1 for a connection to the output, else 0.</summary>
    public required int IsOutput { get; init; }

    /// <summary>First neuron behind the connection, among those of the graph.</summary>
    public required int FirstNeuron { get; init; }

    /// <summary>Number of neurons of the graph, with what lies between populations.</summary>
    public required int Neurons { get; init; }

    /// <summary>∂L/∂V of the output, shape [slot, step, column].</summary>
    public required ArrayView<float> Errors { get; init; }

    /// <summary>Receives the gradient, shape [row, column].</summary>
    public required ArrayView<float> Gradient { get; init; }
}
