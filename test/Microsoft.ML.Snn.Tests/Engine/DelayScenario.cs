namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>What delays differ by.</summary>
internal enum DelayScenario
{
    None,
    PerConnection,
    PerNeuron,
    PerSynapse,
}
