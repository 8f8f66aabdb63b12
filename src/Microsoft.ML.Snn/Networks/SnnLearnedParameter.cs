using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>Numbers that a network has learned beside its weights.</summary>
/// <param name="Name">The connection of delays, the layer or population of all else.</param>
/// <param name="Kind">What the numbers are; delays and time constants are in milliseconds.</param>
/// <param name="Values">One per neuron; of delays one per connection, presynaptic neuron or weight.</param>
public sealed record SnnLearnedParameter(string Name, ParameterKind Kind, IReadOnlyList<float> Values);
