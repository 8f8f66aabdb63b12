using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Draws an orthogonal matrix of a known number of columns.</summary>
internal sealed record OrthogonalMatrix(int Columns, double Gain) : DrawnWeights
{
    public override double Mean => 0;

    /// <summary>That of the elements if the matrix is square; a longer one has smaller elements.</summary>
    public override double StandardDeviation => Gain / Math.Sqrt(Columns);

    public override void Fill(Span<float> weights, RandomStream random)
    {
        int rows = weights.Length / Columns;
        int height = Math.Max(rows, Columns), width = Math.Min(rows, Columns);

        // Column k of the tall matrix is the row k of this array, so that the loops below run along memory.
        var matrix = new double[width][];
        for (int k = 0; k < width; k++)
        {
            matrix[k] = new double[height];
            foreach (ref double element in matrix[k].AsSpan())
            {
                element = random.NextNormal();
            }
        }

        double[] signs = Reflect(matrix);
        double[][] q = Expand(matrix, height);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                (int k, int n) = rows >= Columns ? (column, row) : (row, column);
                weights[row * Columns + column] = (float)(Gain * signs[k] * q[k][n]);
            }
        }
    }

    /// <summary>Householder's QR: leaves the unit vectors of the reflections, and returns the signs of R's diagonal.</summary>
    private static double[] Reflect(double[][] columns)
    {
        var signs = new double[columns.Length];
        for (int k = 0; k < columns.Length; k++)
        {
            Span<double> vector = columns[k].AsSpan(k);
            double norm = Math.Sqrt(Dot(vector, vector));

            // Away from the axis, so that the difference is not of two nearly equal numbers.
            double diagonal = vector[0] > 0 ? -norm : norm;
            signs[k] = diagonal < 0 ? -1 : 1;
            vector[0] -= diagonal;
            double length = Math.Sqrt(Dot(vector, vector));
            foreach (ref double element in vector)
            {
                element /= length;
            }

            for (int other = k + 1; other < columns.Length; other++)
            {
                Mirror(vector, columns[other].AsSpan(k));
            }

            columns[k].AsSpan(0, k).Clear();
        }

        return signs;
    }

    /// <summary>The first columns of the product of the reflections.</summary>
    private static double[][] Expand(double[][] vectors, int height)
    {
        var q = new double[vectors.Length][];
        for (int k = 0; k < q.Length; k++)
        {
            q[k] = new double[height];
            q[k][k] = 1;
            for (int n = vectors.Length - 1; n >= 0; n--)
            {
                Mirror(vectors[n].AsSpan(n), q[k].AsSpan(n));
            }
        }

        return q;
    }

    private static void Mirror(ReadOnlySpan<double> unit, Span<double> vector)
    {
        double twice = 2 * Dot(unit, vector);
        for (int n = 0; n < vector.Length; n++)
        {
            vector[n] -= twice * unit[n];
        }
    }

    private static double Dot(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double sum = 0;
        for (int n = 0; n < first.Length; n++)
        {
            sum += first[n] * second[n];
        }

        return sum;
    }
}
