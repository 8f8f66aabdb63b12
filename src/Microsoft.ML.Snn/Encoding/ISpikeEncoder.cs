namespace Microsoft.ML.Snn.Encoding;

/// <summary>Turns the features of an example into spikes.</summary>
/// <remarks>
/// An encoder is a function: equal features give equal spikes, whichever thread asks, in whatever order. It keeps
/// no state; the caller owns the raster.
/// </remarks>
internal interface ISpikeEncoder
{
    /// <summary>Gets the number of steps that spikes fall into.</summary>
    int StepCount { get; }

    /// <summary>Adds the spikes of one example, channel by channel.</summary>
    /// <param name="row">Features from 0 to 1, shape [channel].</param>
    /// <param name="raster">Receives the spikes; it was reset to <see cref="StepCount"/> steps.</param>
    void Encode(in FeatureRow row, SpikeRaster raster);
}
