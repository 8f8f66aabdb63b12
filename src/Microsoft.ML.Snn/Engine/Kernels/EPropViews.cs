using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What e-prop keeps of a forward pass, and by which weights errors come back.</summary>
internal readonly struct EPropViews
{
    /// <summary>Shape [population].</summary>
    public required ArrayView<EPropPopulation> Populations { get; init; }

    /// <summary>All ways of the feedback, sorted by the population that they lead to.</summary>
    public required ArrayView<EPropLink> Links { get; init; }

    /// <summary>Pseudo-derivatives, shape [slot, step, neuron].</summary>
    public required ArrayView<float> PseudoDerivative { get; init; }

    /// <summary>Running rates, shape [slot, neuron].</summary>
    public required ArrayView<float> Rate { get; init; }

    /// <summary>Learning signals of the rates, shape [slot, step, neuron].</summary>
    public required ArrayView<float> RateSignal { get; init; }

    /// <summary>Learning signals of the outputs in the textbook form, shape [slot, step, neuron].</summary>
    public required ArrayView<float> Signal { get; init; }

    /// <summary>The weights of the feedback.</summary>
    public required ArrayView<float> Feedback { get; init; }

    /// <summary>1 where e-prop learns, else 0.</summary>
    public required int IsActive { get; init; }

    /// <summary>1 where rates are regularised, else 0.</summary>
    public required int HasRates { get; init; }
}
