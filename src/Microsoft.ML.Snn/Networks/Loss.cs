using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn;

/// <summary>What training makes small: how far the output of a network is from what is wanted. Immutable.</summary>
/// <remarks>
/// Which one suits follows from the task; a trainer chooses it unless <see cref="Layer.Output"/> names one. By default it
/// is taken once per trial, of the readout; <see cref="EveryStep"/> takes it of the output membrane at every time step.
/// </remarks>
public sealed record Loss
{
    private Loss(LossKind kind) => Kind = kind;

    /// <summary>Gets the cross-entropy of one class out of several: <c>-ln softmax(Y)[label]</c>.</summary>
    /// <remarks>Source: Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.108.</remarks>
    public static Loss SoftmaxCrossEntropy { get; } = new(LossKind.SoftmaxCrossEntropy);

    /// <summary>Gets the cross-entropy of outputs that each say yes or no, averaged over the outputs.</summary>
    /// <remarks>Source: Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.90.</remarks>
    public static Loss SigmoidCrossEntropy { get; } = new(LossKind.SigmoidCrossEntropy);

    /// <summary>Gets the squared difference of outputs and wanted numbers, averaged over the outputs.</summary>
    public static Loss MeanSquaredError { get; } = new(LossKind.MeanSquaredError);

    /// <summary>Gets whether the loss is taken of the output membrane at every time step and averaged over them.</summary>
    /// <value>The default is false: it is taken once, of the readout of the trial. A label for the whole trial counts at every step.</value>
    public bool EveryStep { get; init; }

    internal LossKind Kind { get; }

    /// <summary>The equations for what is read from the output.</summary>
    internal LossEquations Of(Readout readout) => new(Kind, EveryStep || readout == Readout.MembraneAtEveryStep);

    /// <summary>The number of the kind, as a model stores it.</summary>
    internal int Number => (int)Kind;

    /// <summary>The loss with the number of a kind, as a model stores it.</summary>
    internal static Loss Of(int kind, bool everyStep)
    {
        Require.InRange(kind, 0, (int)LossKind.MeanSquaredError, "The number is not that of a loss.");
        return new Loss((LossKind)kind) { EveryStep = everyStep };
    }

    /// <summary>The name, for example "MeanSquaredError at every step".</summary>
    public override string ToString() => EveryStep ? $"{Kind} at every step" : $"{Kind}";
}
