using System;
using System.IO;

namespace Microsoft.ML.Snn;

/// <summary>What an encoder, decoder or change of spike trains does to a row. Immutable.</summary>
/// <remarks>
/// An operation is a function of its input: equal rows give equal results in every cursor, on every thread and in a
/// prediction engine, also where the operation is random: then the random numbers follow from the seed and the row.
/// </remarks>
public abstract record SignalOperation
{
    private protected SignalOperation()
    {
    }

    /// <summary>Gets whether the input has to be a spike train; else it is a plain vector.</summary>
    internal abstract bool ReadsSpikes { get; }

    /// <summary>Gets whether the output is a spike train; else it is a plain vector.</summary>
    internal abstract bool WritesSpikes { get; }

    /// <summary>Works out the shape of the output.</summary>
    /// <exception cref="ArgumentException">There is none for this input.</exception>
    internal abstract Encoding.Rows.SignalShape OutputOf(Encoding.Rows.SignalShape input);

    /// <summary>Creates the function for one cursor.</summary>
    internal abstract Encoding.Rows.SignalFunction CreateFunction(Encoding.Rows.SignalShape input);

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    internal abstract void Validate();

    /// <summary>Writes the settings in the order in which the operation's reader in <see cref="Encoding.Rows.SignalOperationFormat"/> reads them.</summary>
    internal abstract void Write(BinaryWriter writer);
}
