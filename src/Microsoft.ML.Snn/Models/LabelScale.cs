namespace Microsoft.ML.Snn.Models;

/// <summary>How a label was standardised for training: target = (label - mean)/deviation.</summary>
/// <param name="Mean">Mean of the label over the training data.</param>
/// <param name="Deviation">Its standard deviation, above 0.</param>
internal readonly record struct LabelScale(double Mean, double Deviation)
{
    public float ToTarget(float label) => (float)((label - Mean) / Deviation);

    public float ToLabel(float output) => (float)(output * Deviation + Mean);
}
