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
    private readonly DelayForm _kind;
    private readonly double _low;
    private readonly double _high;
    private readonly int _seed;

    private Delay(DelayForm kind, double[] times, double low = 0, double high = 0, int seed = 0) =>
        (_kind, _times, _low, _high, _seed) = (kind, times, low, high, seed);

    /// <summary>Gets no delay.</summary>
    public static Delay None { get; } = new(DelayForm.Uniform, [0]);

    /// <summary>One delay for all synapses.</summary>
    /// <param name="milliseconds">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative or not finite.</exception>
    public static Delay Of(double milliseconds)
    {
        Require.NotNegative(milliseconds, "Use for example 5.");
        return new Delay(DelayForm.Uniform, [milliseconds]);
    }

    /// <summary>A delay for each presynaptic neuron.</summary>
    /// <param name="milliseconds">0 or more each, as many as there are neurons.</param>
    /// <exception cref="ArgumentOutOfRangeException">A delay is negative or not finite.</exception>
    public static Delay PerNeuron(IEnumerable<double> milliseconds) => Listed(DelayForm.PerRow, milliseconds);

    /// <summary>A delay for each weight, in the order of the weights.</summary>
    /// <param name="milliseconds">0 or more each, as many as there are weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">A delay is negative or not finite.</exception>
    public static Delay PerSynapse(IEnumerable<double> milliseconds) => Listed(DelayForm.PerWeight, milliseconds);

    /// <summary>A delay for each presynaptic neuron, drawn evenly from a range.</summary>
    /// <param name="minimum">Shortest delay in milliseconds, 0 or more.</param>
    /// <param name="maximum">Longest delay in milliseconds, not below the shortest.</param>
    /// <param name="seed">Which draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Delay PerNeuronUniform(double minimum, double maximum, int seed = 0) => Drawn(DelayForm.PerRow, minimum, maximum, seed);

    /// <summary>A delay for each weight, drawn evenly from a range.</summary>
    /// <param name="minimum">Shortest delay in milliseconds, 0 or more.</param>
    /// <param name="maximum">Longest delay in milliseconds, not below the shortest.</param>
    /// <param name="seed">Which draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Delay PerSynapseUniform(double minimum, double maximum, int seed = 0) => Drawn(DelayForm.PerWeight, minimum, maximum, seed);

    /// <summary>Gets the longest delay that learning may reach, in milliseconds; 0 where delays are not learned.</summary>
    internal double LearnedMaximum { get; private init; }

    /// <summary>The same delays, to be learned beside the weights.</summary>
    /// <remarks>A number in milliseconds is kept for each, and rounded to whole time steps where it is used.</remarks>
    /// <param name="maximum">Longest delay in milliseconds that learning may reach, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not above 0, or a delay is longer.</exception>
    public Delay Learn(double maximum)
    {
        Require.Positive(maximum, "Use for example 30; the state of the connection grows with it.");
        double longest = _times.Length == 0 ? _high : _times.Max();
        Require.InRange(longest, 0.0, maximum, "Learning may not begin beyond its range: use a longer maximum.", "The longest delay of the connection");
        return this with { LearnedMaximum = maximum };
    }

    /// <summary>The delay in words.</summary>
    public override string ToString() => _kind switch
    {
        DelayForm.Uniform => Text($"delay {_times[0]} ms"),
        DelayForm.PerRow => "a delay per neuron" + Range(),
        _ => "a delay per synapse" + Range(),
    };

    /// <summary>Delays in steps.</summary>
    /// <exception cref="ArgumentException">Their number does not fit, or one is too long.</exception>
    internal DelayProgram ToProgram(string connection, int rows, int weights, double timeStep)
    {
        int needed = _kind == DelayForm.Uniform ? 1 : _kind == DelayForm.PerRow ? rows : weights;
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
                $"Connection {connection} must have {needed} delays, one per {(_kind == DelayForm.PerRow ? "presynaptic neuron" : "weight")}, but was given {times.Length}."));
        }

        int[] steps = [.. times.Select(time => Steps(connection, time, timeStep))];
        DelayProgram program = DelayProgram.Of(_kind, steps);
        return LearnedMaximum == 0
            ? program
            : program with { Times = times, Maximum = Math.Max(program.Maximum, Steps(connection, LearnedMaximum, timeStep)) };
    }

    private static int Steps(string connection, double time, double timeStep)
    {
        double steps = Math.Round(time / timeStep);
        return steps <= MaximumSteps
            ? (int)steps
            : throw new ArgumentException(Text(
                $"The delays of connection {connection} must be at most {MaximumSteps} steps, but one is {time} ms of {timeStep} ms steps."));
    }

    private static Delay Listed(DelayForm kind, IEnumerable<double> milliseconds)
    {
        ArgumentNullException.ThrowIfNull(milliseconds);
        double[] times = [.. milliseconds];
        foreach (double time in times)
        {
            Require.NotNegative(time, "Use for example 5.");
        }

        return times.Length > 0 ? new Delay(kind, times) : throw new ArgumentException("There must be a delay, but there is none.", nameof(milliseconds));
    }

    private static Delay Drawn(DelayForm kind, double minimum, double maximum, int seed)
    {
        Require.NotNegative(minimum, "Use for example 0.");
        Require.NotNegative(maximum - minimum, "The maximum must not be below the minimum.");
        return new Delay(kind, [], minimum, maximum, seed);
    }

    private string Range() => _times.Length == 0
        ? Text($", {_low} to {_high} ms")
        : Text($", {_times.Min()} to {_times.Max()} ms");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
