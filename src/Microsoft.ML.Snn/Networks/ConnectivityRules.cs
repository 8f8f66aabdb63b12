using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Checks of shapes that several connectivities share.</summary>
internal static class ConnectivityRules
{
    /// <summary>The given target, for connectivities from which its size does not follow.</summary>
    public static Shape NeedTarget(Shape? target, string connectivity) => target ?? throw new ArgumentException(
        $"{connectivity} needs the shape of the population that it leads to, but there was none. "
        + "State the number of neurons.", nameof(target));

    /// <summary>The target that follows from the connectivity; a given one must be the same or flat and of the same size.</summary>
    public static Shape AgreedTarget(Shape? target, Shape found, string connectivity, Shape input)
    {
        if (target is not null && !target.Equals(found) && !(target.Rank == 1 && target.Size == found.Size))
        {
            throw new ArgumentException(
                $"{connectivity} makes shape {found} of shape {input}, but the population that it leads to has shape {target}. "
                + $"Leave that shape out or state {found}.", nameof(target));
        }

        return target ?? found;
    }

    /// <summary>Fails unless the input has the number of dimensions.</summary>
    public static void NeedRank(Shape input, int rank, string connectivity)
    {
        if (input.Rank != rank)
        {
            (string form, string example) = rank == 3 ? ("[height, width, channels]", "[28, 28, 1]") : ("[length, channels]", "[128, 1]");
            throw new ArgumentException(
                $"{connectivity} needs an input of shape {form}, but its input has shape {input}. "
                + $"State the shape of the population that it comes from, for example {example}.", nameof(input));
        }
    }

    /// <summary>Fails where a kernel or a pool does not fit into its input once.</summary>
    public static void NeedRoom(bool fits, Shape input, string connectivity)
    {
        if (!fits)
        {
            throw new ArgumentException(
                $"{connectivity} does not fit into an input of shape {input}. Use a smaller kernel or pool, or Padding.Same.",
                nameof(input));
        }
    }

    /// <summary>The number of weights as an Int32.</summary>
    public static int WeightCount(long weights, string connectivity)
    {
        if (weights > Array.MaxLength)
        {
            Fail(weights, connectivity);
        }

        return (int)weights;
    }

    [DoesNotReturn]
    private static void Fail(long weights, string connectivity) => throw new ArgumentException(string.Create(
        CultureInfo.InvariantCulture,
        $"{connectivity} has at most {Array.MaxLength} weights, but would have {weights} here. Use smaller layers or sparse connections."));
}
