using System;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>The data set as augmentations see it: examples, and which of them are of one class.</summary>
internal sealed class AugmentationSource
{
    private readonly int[] _labels;
    private readonly int[][] _ofClass;

    /// <summary>Sorts the examples by class.</summary>
    /// <param name="trains">The examples.</param>
    /// <param name="labels">Class of each example, or empty if no augmentation needs them.</param>
    public AugmentationSource(SpikeTrains trains, ReadOnlySpan<int> labels)
    {
        Trains = trains;
        _labels = labels.ToArray();
        int classes = labels.IsEmpty ? 0 : TensorPrimitives.Max(labels) + 1;
        _ofClass = [.. Enumerable.Range(0, classes).Select(label =>
            Enumerable.Range(0, _labels.Length).Where(example => _labels[example] == label).ToArray())];
        Partner = new SpikeEdit(trains.Steps, trains.Channels);
    }

    public SpikeTrains Trains { get; }

    /// <summary>Room for a second example.</summary>
    public SpikeEdit Partner { get; }

    /// <summary>The examples of the same class, itself included.</summary>
    public ReadOnlySpan<int> SameClass(int example) => _ofClass[_labels[example]];
}
