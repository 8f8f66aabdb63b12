using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What the host says about each example of a batch, and what it reads back. One buffer, copied once each way.</summary>
internal readonly struct BatchViews
{
    /// <summary>Index into the data set, shape [slot].</summary>
    public required ArrayView<int> Example { get; init; }

    /// <summary>Bits of the weight in the loss, a float; shape [slot].</summary>
    public required ArrayView<int> Weight { get; init; }

    /// <summary>Number of steps of the example; shape [slot].</summary>
    public required ArrayView<int> Steps { get; init; }

    /// <summary>Receives the bits of the weighted loss, a float; shape [slot].</summary>
    public required ArrayView<int> Loss { get; init; }

    /// <summary>Receives the bits of what of the loss is not that of the first output, counted fully, a float; shape [slot].</summary>
    public required ArrayView<int> FurtherLoss { get; init; }

    /// <summary>Receives the number of right decisions; shape [slot].</summary>
    public required ArrayView<int> Correct { get; init; }

    /// <summary>Receives the number of spikes whose slope was under the grazing limit; shape [slot], 0 before.</summary>
    public required ArrayView<int> Grazing { get; init; }

    /// <summary>
    /// Receives the largest count above each hidden layer's tape, shape [hidden layer], 0 before. Of a graph: that of its one tape,
    /// and a <see cref="RunawayState"/>.
    /// </summary>
    public required ArrayView<int> Overflow { get; init; }

    /// <summary>Receives the bits of the norm of the gradient, a float, where it is clipped; shape [1].</summary>
    public required ArrayView<int> Norm { get; init; }

    /// <summary>Number of examples.</summary>
    public required int Size { get; init; }

    /// <summary>Whether a tape was too short, so that the forward pass is repeated, or a state ran away: nothing that follows is used.</summary>
    public bool HasOverflow
    {
        get
        {
            for (int layer = 0; layer < Overflow.IntLength; layer++)
            {
                if (Overflow[layer] != 0)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
