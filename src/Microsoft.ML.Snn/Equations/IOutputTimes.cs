namespace Microsoft.ML.Snn.Equations;

/// <summary>The times at which the outputs of a trial first spiked, and the derivatives by them, wherever they are kept.</summary>
/// <typeparam name="TLane">The lane of one number.</typeparam>
internal interface IOutputTimes<TLane>
    where TLane : struct, ILane<TLane>
{
    /// <summary>The natural logarithm, which lanes do not have.</summary>
    static abstract TLane Log(TLane value);

    /// <summary>t of an output.</summary>
    TLane TimeOf(int output);

    /// <summary>What was last put in the place of an output's derivative.</summary>
    TLane DerivativeOf(int output);

    /// <summary>Puts a number in the place of an output's derivative.</summary>
    void SetDerivative(int output, TLane value);
}
