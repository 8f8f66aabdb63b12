namespace Microsoft.ML.Snn.Learning.Recording;

/// <summary>When something was recorded in a training; both null outside of one.</summary>
/// <param name="Epoch">Number of completed epochs.</param>
/// <param name="Update">Number of updates so far.</param>
internal readonly record struct RecordingMoment(int? Epoch, long? Update);
