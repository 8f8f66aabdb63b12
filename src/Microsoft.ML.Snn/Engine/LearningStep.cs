using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The numbers of one update.</summary>
/// <param name="Adam">The optimiser at this update.</param>
/// <param name="SpikeCount">Regularisation of the hidden layers.</param>
/// <param name="GrazingLimit">Smallest slope I - ϑ that a spike's gradient is divided by.</param>
internal readonly record struct LearningStep(AdamEquations Adam, SpikeCountEquations SpikeCount, float GrazingLimit);
