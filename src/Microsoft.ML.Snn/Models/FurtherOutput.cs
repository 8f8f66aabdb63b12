using System.Collections.Generic;

namespace Microsoft.ML.Snn.Models;

/// <summary>An output of a graph, beside the first, that was trained on a label of its own.</summary>
/// <param name="Index">Its place among the outputs of the network, from 1.</param>
/// <param name="Name">Its name, which its columns begin with.</param>
/// <param name="LabelColumn">The column that it was trained on.</param>
/// <param name="Task">What it was trained for.</param>
/// <param name="Scales">How its label was standardised; empty where it was not.</param>
internal sealed record FurtherOutput(int Index, string Name, string LabelColumn, SnnTask Task, IReadOnlyList<LabelScale> Scales);
