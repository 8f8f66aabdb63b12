using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.Snn.Networks;

/// <summary>The synapses between two populations, or from an input to a population.</summary>
/// <param name="Index">Place of the connection in <see cref="NetworkProgram.Connections"/> and of its weights in <see cref="NetworkWeights"/>.</param>
/// <param name="Name">What a person calls it, for messages and model summaries.</param>
/// <param name="Rows">Number of presynaptic neurons or input channels.</param>
/// <param name="Columns">Number of postsynaptic neurons.</param>
/// <param name="Initial">How its weights begin.</param>
internal sealed record ConnectionProgram(int Index, string Name, int Rows, int Columns, Weights Initial)
{
    /// <summary>Population whose spikes arrive, or the complement (~) of the index of an input.</summary>
    public int Source { get; init; }

    /// <summary>Population where they arrive.</summary>
    public int Target { get; init; }

    /// <summary>Current group of the target that the weights add to.</summary>
    public int Group { get; init; }

    /// <summary>Which synapses there are, or null for all: then the weights have the shape [row, column].</summary>
    public SynapseTable? Table { get; init; }

    /// <summary>How the table changes while the network learns, or null.</summary>
    public RewiringProgram? Rewiring { get; init; }

    /// <summary>The value of every weight where they are not learned, else null.</summary>
    public float? FixedWeight { get; init; }

    /// <summary>What initial weights are multiplied with.</summary>
    public float InitialScale { get; init; } = 1;

    /// <summary>Columns of the matrix that the weights are, row by row; 0 where they are no matrix.</summary>
    public int MatrixColumns { get; init; }

    /// <summary>The connectivity in words.</summary>
    public string Kind { get; init; } = "dense";

    public DelayProgram Delay { get; init; } = DelayProgram.None;

    [MemberNotNullWhen(false, nameof(Table))]
    public bool IsDense => Table == null;

    /// <summary>Whether the engine may treat the weights as a matrix of which whole rows arrive at once.</summary>
    public bool IsMatrix => IsDense && Delay.IsUniform;

    public bool IsFromInput => Source < 0;

    /// <summary>Number of synapses, shared weights counted as often as they are used.</summary>
    public long SynapseCount => Table?.SynapseCount ?? (long)Rows * Columns;

    /// <summary>Number of weights.</summary>
    public int WeightCount => Table?.WeightCount ?? Rows * Columns;
}
