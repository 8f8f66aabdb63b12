namespace Microsoft.ML.Snn.Tests.Reference;

/// <summary>The networks that the reference tests draw.</summary>
public enum NetworkKind
{
    OneHiddenLayer,
    TwoHiddenLayers,
    Recurrent,
    Refractory,
    RecurrentRefractory,
    EqualTimeConstants,
    NonZeroReset,
}
