using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A random matrix with orthonormal rows or columns, whichever are fewer, times a gain.</summary>
/// <remarks>
/// The Q of a normal matrix, with the signs that make every orthogonal matrix equally likely: Saxe, McClelland and
/// Ganguli, ICLR (2014); Mezzadri, Notices of the AMS 54:592 (2007).
/// </remarks>
internal sealed record OrthogonalWeights(double Gain) : ScaledWeights
{
    public override DrawnWeights For(in InitialContext context)
    {
        if (context.MatrixColumns == 0)
        {
            throw new InvalidOperationException(
                "Weights.Orthogonal needs weights that are a matrix, but those of this connection are not. "
                + "Use it with dense connections and convolutions, or Weights.Glorot() here.");
        }

        return new OrthogonalMatrix(context.MatrixColumns, Gain);
    }
}
