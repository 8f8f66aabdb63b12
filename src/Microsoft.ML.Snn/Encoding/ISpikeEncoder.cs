namespace Microsoft.ML.Snn.Encoding;

/// <summary>Turns the features of an example into spikes.</summary>
/// <remarks>
/// An encoder is a function: equal features give equal spikes, in whatever order they are asked for. It keeps
/// nothing from one row to the next, and belongs to one thread; the caller owns the raster.
/// </remarks>
internal interface ISpikeEncoder
{
    /// <summary>Gets the number of steps that spikes fall into.</summary>
    int StepCount { get; }

    /// <summary>Adds the spikes of one example, channel by channel.</summary>
    /// <param name="row">Features in their range, shape [channel], or [frame, channel] for an encoder of frames.</param>
    /// <param name="raster">Receives the spikes; it was reset to <see cref="StepCount"/> steps.</param>
    void Encode(in FeatureRow row, SpikeRaster raster);
}
