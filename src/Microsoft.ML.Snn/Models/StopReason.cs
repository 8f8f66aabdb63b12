namespace Microsoft.ML.Snn;

/// <summary>Why a training ended.</summary>
public enum StopReason
{
    /// <summary>All epochs were done.</summary>
    LastEpoch,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>The validation loss had not fallen for as long as <see cref="EarlyStopping"/> waits.</summary>
    EarlyStopping,

    /// <summary>Its time was up.</summary>
    TimeLimit,

    /// <summary>A callback asked for it.</summary>
    Callback,
}
