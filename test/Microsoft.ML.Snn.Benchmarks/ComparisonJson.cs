using System.Text.Json.Serialization;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Writes a <see cref="Comparison"/> with keys like peer_seconds_per_epoch.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Comparison))]
internal sealed partial class ComparisonJson : JsonSerializerContext;
