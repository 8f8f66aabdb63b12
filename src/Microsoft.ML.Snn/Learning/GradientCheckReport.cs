using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn;

/// <summary>What a <see cref="GradientCheck"/> found. Immutable.</summary>
public sealed class GradientCheckReport
{
    internal GradientCheckReport(IReadOnlyList<GradientCheckEntry> entries, int trials, int spikes)
    {
        Entries = entries;
        Trials = trials;
        Spikes = spikes;
    }

    /// <summary>Gets every derivative that was compared.</summary>
    public IReadOnlyList<GradientCheckEntry> Entries { get; }

    /// <summary>Gets the number of random trials that were compared.</summary>
    public int Trials { get; }

    /// <summary>Gets the number of spikes that the neuron sent in those trials.</summary>
    public int Spikes { get; }

    /// <summary>Gets the largest relative error of all derivatives.</summary>
    /// <value>Below 1e-6 where the equations are smooth. NaN never: what is not finite is an error of the check.</value>
    public double WorstRelativeError => Entries.Max(entry => entry.RelativeError);

    /// <summary>A table for people: of each kind of derivative the worst one, then the overall result.</summary>
    public override string ToString() => string.Join(Environment.NewLine, (IEnumerable<string>)
    [
        string.Create(CultureInfo.InvariantCulture, $"{"derivative by",-34} {"automatic",16} {"numerical",16} {"rel. error",10}"),
        .. Entries.GroupBy(entry => entry.Name[..entry.Name.LastIndexOf(' ')])
            .Select(kind => kind.MaxBy(entry => entry.RelativeError)!.ToString()),
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Entries.Count} derivatives in {Trials} trials with {Spikes} spikes, worst relative error {WorstRelativeError:E1}"),
    ]);
}
