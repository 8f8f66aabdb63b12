using System;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Softmax cross-entropy of the readout values Y with one label.</summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>Gives -ln softmax(Y)[label].</summary>
    public static double Loss(double[] outputs, int label)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        double largest = outputs.Max();
        return Math.Log(outputs.Sum(y => Math.Exp(y - largest))) + largest - outputs[label];
    }

    /// <summary>Gives dL/dY = softmax(Y) - onehot(label), shape [output].</summary>
    public static double[] Derivative(double[] outputs, int label)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        double largest = outputs.Max();
        double[] exponentials = [.. outputs.Select(y => Math.Exp(y - largest))];
        double sum = exponentials.Sum();
        return [.. exponentials.Select((e, k) => e / sum - (k == label ? 1 : 0))];
    }
}
