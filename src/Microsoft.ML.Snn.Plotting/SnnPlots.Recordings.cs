using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ScottPlot;

namespace Microsoft.ML.Snn;

public static partial class SnnPlots
{
    internal const int MostNeuronsWithNames = 10;

    /// <summary>Draws the spikes of one trial, layer above layer: time against neuron.</summary>
    /// <param name="recordings">What a <see cref="SpikeRecorder"/> kept of one row, the lowest layer first; for example <c>recorder.Recordings</c>.</param>
    /// <exception cref="ArgumentException">There is none, or they are of several rows or moments.</exception>
    public static SnnPlot Raster(params IReadOnlyList<RecordedSpikes> recordings)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        if (recordings.Select(r => (r.Example, r.Epoch, r.Update)).Distinct().Count() != 1)
        {
            throw new ArgumentException(
                $"The recordings must be those of one row at one moment, but are {recordings.Count} of {recordings.Select(r => (r.Example, r.Epoch, r.Update)).Distinct().Count()}. "
                + "Pick them by Example, Epoch and Update.", nameof(recordings));
        }

        RecordedSpikes first = recordings[0];
        return DrawRaster(
            $"Spikes of row {first.Example.ToString(CultureInfo.InvariantCulture)}{Moment(first.Epoch, first.Update)}", first.Duration, first.TimeStep,
            [.. recordings.Select(r => (r.Layer, r.NumberOfNeurons, r.Spikes))]);
    }

    /// <summary>Draws a state variable over time, one line per neuron; spikes as bars at the threshold, the threshold as a broken line.</summary>
    /// <param name="states">What a <see cref="StateRecorder"/> kept of one row. Up to ten neurons can be told apart.</param>
    /// <param name="spikes">The spikes of the same layer and row, or null.</param>
    /// <param name="threshold">A recording of <see cref="StateVariable.Threshold"/> of the same neurons and times, or null.</param>
    /// <exception cref="ArgumentException">The recordings are of different layers or rows.</exception>
    public static SnnPlot Traces(RecordedStates states, RecordedSpikes? spikes = null, RecordedStates? threshold = null)
    {
        ArgumentNullException.ThrowIfNull(states);
        if ((spikes != null && (spikes.Layer, spikes.Example) != (states.Layer, states.Example))
            || (threshold != null && (threshold.Layer, threshold.Example, threshold.Variable) != (states.Layer, states.Example, StateVariable.Threshold)))
        {
            throw new ArgumentException(
                $"The recordings must be of layer '{states.Layer}' and row {states.Example}, the threshold of StateVariable.Threshold, but are not. Record them with one call.",
                nameof(spikes));
        }

        string name = states.Variable == StateVariable.Membrane ? "Membrane potential" : states.Variable.ToString();
        Plot plot = New($"{name}: {states.Layer}, row {states.Example.ToString(CultureInfo.InvariantCulture)}{Moment(states.Epoch, states.Update)}", "Time (ms)", name);
        double[] times = [.. Enumerable.Range(0, states.NumberOfSamples).Select(states.TimeOf)];
        double low = 0, high = 0;
        foreach (float value in states.Values.Span)
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        for (int neuron = states.FirstNeuron; neuron < states.FirstNeuron + states.NumberOfNeurons; neuron++)
        {
            var line = plot.Add.Scatter(times, Array.ConvertAll(states.Trace(neuron), v => (double)v));
            line.MarkerSize = 0;
            line.LineWidth = 1.6f;
            Color color = Color.FromHex(s_colors[(neuron - states.FirstNeuron) % s_colors.Length]);
            line.Color = color;
            if (states.NumberOfNeurons <= MostNeuronsWithNames)
            {
                line.LegendText = $"neuron {neuron.ToString(CultureInfo.InvariantCulture)}";
            }

            double top = DrawThreshold(plot, threshold, neuron, color, times, neuron - states.FirstNeuron, states.NumberOfNeurons);
            high = Math.Max(high, top);
            foreach (RecordedSpike spike in spikes?.Spikes.Where(spike => spike.Neuron == neuron) ?? [])
            {
                double bar = threshold == null ? 1 : ThresholdAt(threshold, neuron, spike.Time);
                var mark = plot.Add.Line(spike.Time, bar, spike.Time, bar + SpikeHeight);
                (mark.LineColor, mark.LineWidth, mark.MarkerSize) = (color, 2, 0);
                high = Math.Max(high, bar + SpikeHeight);
            }
        }

        double margin = 0.05 * Math.Max(high - low, 1e-6);
        plot.Axes.SetLimits(Math.Max(0, states.FirstTime - states.TimeStep), states.TimeOf(Math.Max(0, states.NumberOfSamples - 1)), low - margin, high + margin);
        Legend(plot);
        return new SnnPlot(plot);
    }

    /// <summary>Draws how the weights of a connection moved in a training: their median, and where 50 %, 90 % and all of them lie.</summary>
    /// <param name="recordings">What a <see cref="WeightRecorder"/> kept of one connection, at two moments at least.</param>
    /// <exception cref="ArgumentException">They are of several connections, or fewer than two, or of no training.</exception>
    public static SnnPlot WeightCourse(IReadOnlyList<RecordedWeights> recordings)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        if (recordings.Count < 2 || recordings.Any(r => r.Update is null) || recordings.Select(r => r.Weights.Name).Distinct().Count() > 1)
        {
            throw new ArgumentException(
                $"The recordings must be at least two of one connection in a training, but are {recordings.Count} of "
                + $"{string.Join(", ", recordings.Select(r => $"'{r.Weights.Name}'").Distinct())}. Name the connection in the WeightRecorder.", nameof(recordings));
        }

        double[] updates = [.. recordings.Select(r => (double)r.Update!.Value)];
        float[][] sorted = [.. recordings.Select(r =>
        {
            float[] values = r.Weights.Values.ToArray();
            Array.Sort(values);
            return values;
        })];
        Plot plot = New($"Weights: {recordings[0].Weights.Name}", "Update", "Weight");
        foreach ((double share, byte alpha, string name) in new (double, byte, string)[] { (0, 40, "all"), (0.05, 70, "90 %"), (0.25, 110, "50 %") })
        {
            var band = plot.Add.FillY(updates, [.. sorted.Select(v => Quantile(v, share))], [.. sorted.Select(v => Quantile(v, 1 - share))]);
            band.FillColor = Color.FromHex(s_colors[0]).WithAlpha(alpha);
            band.LineWidth = 0;
            band.MarkerSize = 0;
            band.LegendText = name;
        }

        var median = plot.Add.Scatter(updates, [.. sorted.Select(v => Quantile(v, 0.5))]);
        (median.Color, median.LineWidth, median.MarkerSize, median.LegendText) = (Color.FromHex(s_colors[1]), 2, 0, "median");
        Legend(plot);
        return new SnnPlot(plot);
    }

    /// <summary>Draws how much of the work of a network without spikes each epoch did: synaptic events over synapses times steps, in percent.</summary>
    /// <param name="history">The course of a training; epochs of models saved before operations were counted are left out.</param>
    public static SnnPlot Operations(TrainingHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return Curves("Share of dense work (%)", history, epoch => 100 * epoch.SynapticEvents / epoch.DenseEquivalent, _ => null);
    }

    /// <summary>In units of the threshold: higher than a line is wide, lower than the way from rest to threshold.</summary>
    private const double SpikeHeight = 0.25;

    private static SnnPlot DrawRaster(string title, double duration, double timeStep, IReadOnlyList<(string Name, int Neurons, IReadOnlyList<RecordedSpike> Spikes)> layers)
    {
        Plot plot = New(title, "Time (ms)", layers.Count == 1 ? layers[0].Name : "");
        double total = layers.Sum(layer => (double)layer.Neurons);

        // A layer of few neurons beside one of many would be a hair: each has at least a share of the height.
        double[] heights = [.. layers.Select(layer => Math.Max(layer.Neurons / total, 0.6 / (layers.Count + 2)))];
        double unit = layers.Count == 1 ? total : 1 / heights.Sum();
        double bottom = 0;
        List<double> places = [];
        for (int n = 0; n < layers.Count; n++)
        {
            (string name, int neurons, IReadOnlyList<RecordedSpike> spikes) = layers[n];
            double height = layers.Count == 1 ? neurons : heights[n] * unit, row = height / neurons, from = bottom;
            var marks = plot.Add.Markers(
                spikes.Select(spike => spike.Time).ToArray(), spikes.Select(spike => from + ((spike.Neuron + (layers.Count == 1 ? 0 : 0.5)) * row)).ToArray());
            marks.MarkerShape = MarkerShape.VerticalBar;
            marks.MarkerSize = spikes.Count > 4000 ? 3 : 7;
            marks.MarkerLineWidth = spikes.Count > 4000 ? 1 : 2;
            places.Add(bottom + (height / 2));
            bottom += height;
            if (n + 1 < layers.Count)
            {
                plot.Add.HorizontalLine(bottom, 1, Ink.WithAlpha(.5));
            }
        }

        plot.Axes.SetLimits(-0.5 * timeStep, duration + (0.5 * timeStep), layers.Count == 1 ? -1 : 0, bottom);
        if (layers.Count > 1)
        {
            plot.Axes.Left.SetTicks([.. places], [.. layers.Select(layer => string.Create(CultureInfo.InvariantCulture, $"{layer.Name} ({layer.Neurons})"))]);
            plot.Axes.Left.MajorTickStyle.Length = 0;
            plot.Grid.YAxisStyle.IsVisible = false;
        }

        return new SnnPlot(plot);
    }

    /// <summary>Draws the threshold of a neuron; returns its largest value. One line serves all neurons where it is the same.</summary>
    private static double DrawThreshold(Plot plot, RecordedStates? threshold, int neuron, Color color, double[] times, int number, int of)
    {
        if (threshold == null)
        {
            return 0;
        }

        double[] values = Array.ConvertAll(threshold.Trace(neuron), v => (double)v);
        bool isShared = Array.TrueForAll(threshold.Values.ToArray(), v => v == threshold.Values.Span[0]);
        if (!isShared || number == of - 1)
        {
            var line = plot.Add.Scatter(times, values);
            line.MarkerSize = 0;
            line.LineWidth = 1.2f;
            line.LinePattern = LinePattern.Dashed;
            line.Color = isShared ? Ink : color.WithAlpha(.6);
            line.LegendText = number == of - 1 ? "threshold" : "";
        }

        return values.Max();
    }

    /// <summary>The threshold that a spike crossed is that of the sample before it, which was taken before the spike raised it.</summary>
    private static double ThresholdAt(RecordedStates threshold, int neuron, double time)
    {
        int sample = (int)Math.Round((time - threshold.FirstTime) / threshold.TimeStep) - 1;
        return threshold[Math.Clamp(sample, 0, threshold.NumberOfSamples - 1), neuron];
    }

    private static double Quantile(float[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)Math.Round(share * (sorted.Length - 1))];

    private static string Moment(int? epoch, long? update) => update == null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" after {epoch} epochs, {update} updates");
}
