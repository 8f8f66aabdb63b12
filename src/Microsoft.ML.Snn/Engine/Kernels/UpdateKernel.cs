using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Clips a gathered gradient and applies the optimiser. A block is one row, a thread every n-th column of it.</summary>
internal static class UpdateKernel
{
    public static void Run(UpdateParameters connection)
    {
        if (connection.Batch.HasOverflow)
        {
            return;
        }

        float scale = connection.Clipping.Scale(Interop.IntAsFloat((uint)connection.Batch.Norm[0]));
        for (int column = Group.IdxX; column < connection.Columns; column += Group.DimX)
        {
            long at = (long)Grid.IdxX * connection.Columns + column;
            Apply(
                connection.Update, scale * connection.Gradient[at], at,
                connection.Weights, connection.Mean, connection.Square);
        }
    }

    /// <summary>Updates one weight.</summary>
    public static void Apply(
        in UpdateEquations update, float gradient, long at, ArrayView<float> weights, ArrayView<float> first, ArrayView<float> second)
    {
        var m = new FloatLane(first[at]);
        var s = new FloatLane(second[at]);
        weights[at] = update.Update(new FloatLane(weights[at]), new FloatLane(gradient), ref m, ref s).Value;
        first[at] = m.Value;
        second[at] = s.Value;
    }
}
