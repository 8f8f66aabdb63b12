using Microsoft.ML.Snn.Trainers.Events;

namespace Microsoft.ML.Snn;

/// <content>Raw events as columns, in and out.</content>
public sealed partial class SnnOperations
{
    /// <summary>Encodes raw events, held by columns of times, channels and perhaps polarities, as spike trains: slots count events.</summary>
    /// <param name="outputColumnName">The new column: a spike train of T steps by N channels, 2 N with polarities.</param>
    /// <param name="channels">The number N of channels that events may have, from 0 on; 1 or more. For a camera y · width + x.</param>
    /// <param name="timesColumnName">The times of the events of a row, ascending: a vector of any numbers, of any length.</param>
    /// <param name="channelsColumnName">The channels of the events: a vector of any numbers, as long as that of the times.</param>
    /// <param name="polaritiesColumnName">
    /// The polarities of the events: a vector of Booleans, or of the numbers 1 and 0 or -1, as long as that of the times; or null.
    /// </param>
    /// <param name="timeSteps">The number T of steps of an example, 1 to 65536. The default is 100.</param>
    /// <param name="timeStep">The length of a step in milliseconds, above 0. The default is 1.</param>
    /// <param name="timeUnit">The milliseconds per unit of the times, above 0: 0.001 for microseconds, 1000 for seconds. The default is 1.</param>
    /// <param name="startsAtFirstEvent">Whether the first event of a row is at time 0. The default is false: times are taken as they are.</param>
    /// <param name="outOfRange">What to do with events before time 0 and after the last step: an error, the default, or to leave them out.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public EventEncodingEstimator EncodeEvents(
        string outputColumnName, int channels, string timesColumnName = "Times", string channelsColumnName = "Channels",
        string? polaritiesColumnName = null, int timeSteps = 100, float timeStep = 1, double timeUnit = 1,
        bool startsAtFirstEvent = false, OutOfRange outOfRange = OutOfRange.Error) =>
        new(_env, new EventEncoding
        {
            Channels = channels,
            TimeSteps = timeSteps,
            TimeStep = timeStep,
            TimeUnit = timeUnit,
            StartsAtFirstEvent = startsAtFirstEvent,
            SeparatePolarities = polaritiesColumnName is not null,
            OutOfRange = outOfRange,
        }, outputColumnName, new EventColumns(timesColumnName, channelsColumnName, polaritiesColumnName));

    /// <summary>Gives back the events of a spike train, to within half a step: columns of times, channels and perhaps polarities.</summary>
    /// <param name="inputColumnName">A spike train whose slots count events, as <see cref="EncodeEvents"/> and the loaders make it.</param>
    /// <param name="timesColumnName">The new column of times: a vector of Double, one per event, ascending.</param>
    /// <param name="channelsColumnName">The new column of channels: a vector of Int32, one per event.</param>
    /// <param name="polaritiesColumnName">The new column of polarities: a vector of Boolean, one per event; or null where the spike train has none.</param>
    /// <param name="timeUnit">The milliseconds per unit of the times, above 0. The default is 1.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">The unit is not above 0.</exception>
    public EventDecodingEstimator DecodeEvents(
        string inputColumnName, string timesColumnName = "Times", string channelsColumnName = "Channels",
        string? polaritiesColumnName = null, double timeUnit = 1) =>
        new(_env, inputColumnName, new EventColumns(timesColumnName, channelsColumnName, polaritiesColumnName), timeUnit);
}
