namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>How large a drawn graph is: what a failure is shrunk by.</summary>
/// <param name="Populations">Hidden populations.</param>
/// <param name="Extra">Connections beside those from one population to the next.</param>
/// <param name="Units">The largest population whose size is free.</param>
/// <param name="Steps">Steps of a trial.</param>
/// <param name="Examples">Examples of the batch.</param>
/// <param name="Seed">All else.</param>
internal sealed record GraphSize(int Populations, int Extra, int Units, int Steps, int Examples, int Seed);
