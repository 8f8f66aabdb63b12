using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>How long the spikes of a connection are on their way, beside the one time step that every spike takes. Immutable.</summary>
/// <remarks>Delays are rounded to whole time steps. The state of a connection with different delays grows with the longest of them.</remarks>
public sealed record Delay
{
    /// <summary>The longest delay, in time steps.</summary>
    internal const int MaximumSteps = 65_535;

    private readonly double[] _times;
    private readonly DelayKind _kind;
    private readonly double _low;
    private readonly double _high;
    private readonly int _seed;

    private Delay(DelayKind kind, double[] times, double low = 0, double high = 0, int seed = 0) =>
        (_kind, _times, _low, _high, _seed) = (kind, times, low, high, seed);

    /// <summary>Gets no delay.</summary>
    public static Delay None { get; } = new(DelayKind.Uniform, [0]);

    /// <summary>One delay for all synapses.</summary>
    /// <param name="milliseconds">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative or not finite.</exception>
    public static Delay Of(double milliseconds)
    {
        Require.NotNegative(milliseconds, "Use for example 5.");
        return new Delay(DelayKind.Uniform, [milliseconds]);
    }

    /// <summary>A delay for each presynaptic neuron.</summary>
    /// <param name="milliseconds">0 or more each, as many as there are neurons.</param>
    /// <exception cref="ArgumentOutOfRangeException">A delay is negative or not finite.</exception>
    public static Delay PerNeuron(IEnumerable<double> milliseconds) => Listed(DelayKind.PerRow, milliseconds);

    /// <summary>A delay for each weight, in the order of the weights.</summary>
    /// <param name="milliseconds">0 or more each, as many as there are weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">A delay is negative or not finite.</exception>
    public static Delay PerSynapse(IEnumerable<double> milliseconds) => Listed(DelayKind.PerWeight, milliseconds);

    /// <summary>A delay for each presynaptic neuron, drawn evenly from a range.</summary>
    /// <param name="minimum">Shortest delay in milliseconds, 0 or more.</param>
    /// <param name="maximum">Longest delay in milliseconds, not below the shortest.</param>
    /// <param name="seed">Which draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Delay PerNeuronUniform(double minimum, double maximum, int seed = 0) => Drawn(DelayKind.PerRow, minimum, maximum, seed);

    /// <summary>A delay for each weight, drawn evenly from a range.</summary>
    /// <param name="minimum">Shortest delay in milliseconds, 0 or more.</param>
    /// <param name="maximum">Longest delay in milliseconds, not below the shortest.</param>
    /// <param name="seed">Which draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Delay PerSynapseUniform(double minimum, double maximum, int seed = 0) => Drawn(DelayKind.PerWeight, minimum, maximum, seed);

    /// <summary>The delay in words.</summary>
    public override string ToString() => _kind switch
    {
        DelayKind.Uniform => Text($"delay {_times[0]} ms"),
        DelayKind.PerRow => "a delay per neuron" + Range(),
        _ => "a delay per synapse" + Range(),
    };

    /// <summary>Delays in steps.</summary>
    /// <exception cref="ArgumentException">Their number does not fit, or one is too long.</exception>
    internal DelayProgram ToProgram(string connection, int rows, int weights, double timeStep)
    {
        int needed = _kind == DelayKind.Uniform ? 1 : _kind == DelayKind.PerRow ? rows : weights;
        double[] times = _times;
        if (times.Length == 0)
        {
            var random = new RandomStream(_seed, stream: 0);
            times = new double[needed];
            for (int n = 0; n < needed; n++)
            {
                times[n] = _low + (_high - _low) * random.NextDouble();
            }
        }

        if (times.Length != needed)
        {
            throw new ArgumentException(Text(
                $"Connection {connection} must have {needed} delays, one per {(_kind == DelayKind.PerRow ? "presynaptic neuron" : "weight")}, but was given {times.Length}."));
        }

        int[] steps = [.. times.Select(time => Steps(connection, time, timeStep))];
        return _kind switch
        {
            DelayKind.Uniform => DelayProgram.Uniform(steps[0]),
            DelayKind.PerRow => DelayProgram.PerRow(steps),
            _ => DelayProgram.PerWeight(steps),
        };
    }

    private static int Steps(string connection, double time, double timeStep)
    {
        double steps = Math.Round(time / timeStep);
        return steps <= MaximumSteps
            ? (int)steps
            : throw new ArgumentException(Text(
                $"The delays of connection {connection} must be at most {MaximumSteps} steps, but one is {time} ms of {timeStep} ms steps."));
    }

    private static Delay Listed(DelayKind kind, IEnumerable<double> milliseconds)
    {
        ArgumentNullException.ThrowIfNull(milliseconds);
        double[] times = [.. milliseconds];
        foreach (double time in times)
        {
            Require.NotNegative(time, "Use for example 5.");
        }

        return times.Length > 0 ? new Delay(kind, times) : throw new ArgumentException("There must be a delay, but there is none.", nameof(milliseconds));
    }

    private static Delay Drawn(DelayKind kind, double minimum, double maximum, int seed)
    {
        Require.NotNegative(minimum, "Use for example 0.");
        Require.NotNegative(maximum - minimum, "The maximum must not be below the minimum.");
        return new Delay(kind, [], minimum, maximum, seed);
    }

    private string Range() => _times.Length == 0
        ? Text($", {_low} to {_high} ms")
        : Text($", {_times.Min()} to {_times.Max()} ms");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private enum DelayKind
    {
        Uniform,
        PerRow,
        PerWeight,
    }
}
