using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace Microsoft.ML.Snn.Models;

/// <summary>Epochs as JSON: every property that an epoch has, exactly, also those of later versions.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingEpoch))]
[JsonSerializable(typeof(List<TrainingEpoch>))]
internal sealed partial class EpochJson : JsonSerializerContext;
