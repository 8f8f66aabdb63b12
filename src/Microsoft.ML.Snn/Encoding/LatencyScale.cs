namespace Microsoft.ML.Snn;

/// <summary>How a latency encoder turns a feature from 0 to 1 into the time of its spike.</summary>
public enum LatencyScale
{
    /// <summary>step = round((1 - x) (T - 1)): equal differences of the feature are equal differences of time.</summary>
    Linear = 0,

    /// <summary>
    /// t = τ ln(x / (x - ϑ)): the time at which a leaky neuron with time constant τ and threshold ϑ spikes when the
    /// feature x is its constant input.
    /// </summary>
    Logarithmic = 1,
}
