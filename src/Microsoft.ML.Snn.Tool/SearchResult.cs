using System.Collections.Generic;

namespace Microsoft.ML.Snn.Tool;

/// <summary>What a search found.</summary>
internal sealed record SearchResult(ITransformer Model, RunLine Best, IReadOnlyList<RunLine> Runs, bool WasCancelled);
