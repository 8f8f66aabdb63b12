using System;
using System.Linq;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>The data set as augmentations see it: examples, and which of them are of one class.</summary>
internal sealed class AugmentationSource
{
    private readonly int[] _labels;
    private readonly int[][] _ofClass;

    /// <summary>Sorts the examples by class.</summary>
    /// <param name="trains">The examples.</param>
    /// <param name="labels">Class of each example, or empty if there are none and no augmentation needs them.</param>
    public AugmentationSource(SpikeTrains trains, int[] labels)
    {
        Trains = trains;
        _labels = labels;
        _ofClass = new int[labels.Length == 0 ? 0 : labels.Max() + 1][];
        for (int label = 0; label < _ofClass.Length; label++)
        {
            _ofClass[label] = [.. Enumerable.Range(0, labels.Length).Where(example => labels[example] == label)];
        }

        Partner = new SpikeEdit(trains.Steps, trains.Channels);
    }

    public SpikeTrains Trains { get; }

    /// <summary>Room for a second example.</summary>
    public SpikeEdit Partner { get; }

    /// <summary>The examples of the same class, itself included.</summary>
    public ReadOnlySpan<int> SameClass(int example) => _ofClass[_labels[example]];
}
