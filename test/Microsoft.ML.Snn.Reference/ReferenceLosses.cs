using System;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Values and derivatives of every <see cref="ReferenceLoss"/>.</summary>
public static class ReferenceLosses
{
    /// <summary>Gives the loss of outputs y, shape [output].</summary>
    /// <param name="loss">Which loss.</param>
    /// <param name="y">The outputs.</param>
    /// <param name="target">One number per output; for a class, only its index.</param>
    public static double Value(this ReferenceLoss loss, double[] y, double[] target) => loss switch
    {
        ReferenceLoss.SoftmaxCrossEntropy => SoftmaxCrossEntropy.Loss(y, (int)target[0]),
        ReferenceLoss.SigmoidCrossEntropy => y.Zip(target, (v, t) => -t * LogYes(v) - (1 - t) * LogYes(-v)).Average(),
        _ => y.Zip(target, (v, t) => (v - t) * (v - t)).Average(),
    };

    /// <summary>Gives dL/dy, shape [output].</summary>
    public static double[] Derivative(this ReferenceLoss loss, double[] y, double[] target) => loss switch
    {
        ReferenceLoss.SoftmaxCrossEntropy => SoftmaxCrossEntropy.Derivative(y, (int)target[0]),
        ReferenceLoss.SigmoidCrossEntropy => [.. y.Zip(target, (v, t) => (Yes(v) - t) / y.Length)],
        _ => [.. y.Zip(target, (v, t) => 2 * (v - t) / y.Length)],
    };

    private static double Yes(double y) => 1 / (1 + Math.Exp(-y));

    /// <summary>The logarithm of <see cref="Yes"/>, which itself is 0 below -745.</summary>
    private static double LogYes(double y) => y < 0 ? y - Math.Log(1 + Math.Exp(y)) : -Math.Log(1 + Math.Exp(-y));
}
