using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Encoding.Rows;

/// <summary>Bins the events of rows into spike trains. Immutable.</summary>
/// <param name="encoding">The settings.</param>
/// <param name="timesColumn">Name of the column of times, for messages.</param>
/// <param name="channelsColumn">Name of the column of channels.</param>
/// <param name="polaritiesColumn">Name of the column of polarities, or null.</param>
internal sealed class EventRow(EventEncoding encoding, string timesColumn, string channelsColumn, string? polaritiesColumn)
{
    private readonly TimeGrid _grid = new(encoding.TimeStep, encoding.TimeUnit);

    /// <summary>Adds the events of a row to a spike train.</summary>
    /// <param name="times">Times, ascending. Shape [event].</param>
    /// <param name="channels">Channels. Shape [event].</param>
    /// <param name="polarities">Polarities, shape [event]; not read without a column of them.</param>
    /// <param name="row">The number of the row, for messages.</param>
    /// <param name="output">Receives one per event; it was cleared.</param>
    /// <exception cref="InvalidOperationException">The columns do not fit together, or an event is not allowed.</exception>
    public void Encode(
        ReadOnlySpan<double> times, ReadOnlySpan<double> channels, ReadOnlySpan<double> polarities, UInt128 row, SignalWriter output)
    {
        CheckLength(channelsColumn, channels.Length, times.Length, row);
        if (polaritiesColumn != null)
        {
            CheckLength(polaritiesColumn, polarities.Length, times.Length, row);
        }

        double begin = encoding.StartsAtFirstEvent && !times.IsEmpty ? times[0] : 0;
        for (int n = 0; n < times.Length; n++)
        {
            double time = times[n];
            if (!double.IsFinite(time))
            {
                throw Error(timesColumn, "hold finite times", n, row, time, "Leave such events out.");
            }

            if (n > 0 && time < times[n - 1])
            {
                throw Error(timesColumn, "hold ascending times", n, row, time, Text($"It comes after {times[n - 1]}: sort the events of each row."));
            }

            int channel = ChannelOf(channels[n], n, row);
            int upper = polaritiesColumn != null && IsOn(polarities[n], n, row) ? encoding.Channels : 0;
            double step = _grid.StepOf(time - begin);
            if (step >= 0 && step < encoding.TimeSteps)
            {
                output.Add((int)step * encoding.SpikeChannels + upper + channel);
            }
            else if (encoding.OutOfRange == OutOfRange.Error)
            {
                throw Error(
                    timesColumn, Text($"hold times within the {encoding.TimeSteps} steps of {encoding.TimeStep} ms"), n, row, time,
                    "Use more time steps, check timeUnit, or set outOfRange to OutOfRange.Clip to leave out what lies outside.");
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void CheckLength(string column, int length, int expected, UInt128 row)
    {
        if (length != expected)
        {
            throw new InvalidOperationException(Text(
                $"Column '{column}' must have a value for each of the {expected} events of row {row}, but has {length}. Drop such rows, or correct them."));
        }
    }

    private static InvalidOperationException Error(string column, string rule, int n, UInt128 row, double value, string wayOut) =>
        new(Text($"Column '{column}' must {rule}, but event {n} of row {row} was {value}. {wayOut}"));

    private int ChannelOf(double channel, int n, UInt128 row) => channel >= 0 && channel < encoding.Channels && channel == Math.Floor(channel)
        ? (int)channel
        : throw Error(
            channelsColumn, Text($"hold channels of 0 to {encoding.Channels - 1}"), n, row, channel, "Correct the number of channels, or leave such events out.");

    private bool IsOn(double polarity, int n, UInt128 row) => polarity switch
    {
        1 => true,
        0 or -1 => false,
        _ => throw Error(polaritiesColumn!, "hold polarities of 1 and either 0 or -1", n, row, polarity, "Leave such events out."),
    };
}
