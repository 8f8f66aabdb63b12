namespace Microsoft.ML.Snn.Reference;

/// <summary>The largest value of an output membrane in a trial.</summary>
/// <param name="Value">Threshold units.</param>
/// <param name="Time">Milliseconds since the start of the trial.</param>
/// <param name="Event">
/// Index of the event whose arrival ended the rise, or -1 where V turned by itself or the trial ended.
/// </param>
/// <param name="Slope">dV/dt just before that arrival, per millisecond; 0 where there is none.</param>
public readonly record struct MembraneMaximum(double Value, double Time, int Event, double Slope);
