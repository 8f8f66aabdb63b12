using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Learning.Recording;

/// <summary>Which layer, neurons, examples and times a recorder wants.</summary>
internal sealed class RecorderFilter
{
    /// <summary>A step may end at a limit itself: rounding must not lose it.</summary>
    private const double TimeRounding = 1e-6;

    private readonly string? _layer;
    private readonly Range _neurons;

    public RecorderFilter(string? layer, Range? neurons, Range? examples, double from, double to)
    {
        (_layer, _neurons) = (layer, neurons ?? Range.All);
        Range rows = examples ?? 0..1;
        bool isOpen = rows.End.Equals(Index.End);
        if (rows.Start.IsFromEnd || (rows.End.IsFromEnd && !isOpen))
        {
            throw new ArgumentException(
                $"examples must be counted from the first row, but is {rows}. Use a range as 3..5, or .. for all rows.", nameof(examples));
        }

        Examples = (rows.Start.Value, isOpen ? long.MaxValue : rows.End.Value);
        if (!(from >= 0 && to > from))
        {
            throw new ArgumentOutOfRangeException(nameof(from), from, string.Create(
                CultureInfo.InvariantCulture, $"from must be 0 or more and less than to, but from is {from} and to is {to}. Use milliseconds from the beginning of the trial."));
        }

        (From, To) = (from, to);
    }

    public (long First, long End) Examples { get; }

    public double From { get; }

    public double To { get; }

    /// <summary>The parts of the network that are wanted.</summary>
    /// <param name="program">The network.</param>
    /// <param name="what">What is recorded, for the message.</param>
    /// <param name="offers">Whether a population, or the complement of the index of an input, can be recorded.</param>
    /// <exception cref="ArgumentException">None of that name can, or the neurons are outside of it.</exception>
    public IReadOnlyList<RecorderTarget> Resolve(NetworkProgram program, string what, Func<int, bool> offers)
    {
        RecorderTarget[] all =
        [
            .. program.Inputs.Select((input, n) => new RecorderTarget(~n, input.Name, input.Channels, 0, input.Channels)),
            .. program.Populations.Select(p => new RecorderTarget(p.Index, p.Name, p.Units, 0, p.Units)),
        ];
        RecorderTarget[] able = [.. all.Where(target => offers(target.Index))];
        RecorderTarget[] named = _layer == null ? able : Named(able, _layer);
        if (named.Length == 0)
        {
            throw new ArgumentException(
                $"A recorder of {what} must name a layer that has it: {(able.Length == 0 ? "none of this network" : string.Join(", ", able.Select(target => $"'{target.Name}'")))}"
                + $", but names {(_layer == null ? "none" : $"'{_layer}'")}.", nameof(program));
        }

        return [.. named.Select(Narrowed)];
    }

    public bool Holds(double time) => time >= From - TimeRounding && time <= To + TimeRounding;

    /// <summary>Where the steps lie that end between <see cref="From"/> and <see cref="To"/>.</summary>
    public (int First, int Count) Steps(NetworkProgram program)
    {
        int first = (int)Math.Clamp(Math.Ceiling((From / program.TimeStep) - TimeRounding) - 1, 0, program.Steps);
        int end = (int)Math.Clamp(Math.Floor((To / program.TimeStep) + TimeRounding), first, program.Steps);
        return (first, end - first);
    }

    /// <summary>By the whole name, else by the name without its number: 'hidden' stands for 'hidden 1' and 'hidden 2'.</summary>
    private static RecorderTarget[] Named(RecorderTarget[] able, string layer)
    {
        RecorderTarget[] exact = [.. able.Where(target => string.Equals(target.Name, layer, StringComparison.OrdinalIgnoreCase))];
        return exact.Length > 0 ? exact : [.. able.Where(target => target.Name.Length > layer.Length + 1
            && target.Name.StartsWith(layer + " ", StringComparison.OrdinalIgnoreCase)
            && target.Name.AsSpan(layer.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0)];
    }

    private RecorderTarget Narrowed(RecorderTarget target)
    {
        int first = _neurons.Start.GetOffset(target.Units), end = _neurons.End.GetOffset(target.Units);
        return first >= 0 && first < end && end <= target.Units
            ? target with { FirstNeuron = first, Neurons = end - first }
            : throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"neurons must lie within the {target.Units} of '{target.Name}', but is {_neurons}. Use a range as 0..{target.Units}, or name another layer."), nameof(target));
    }
}
