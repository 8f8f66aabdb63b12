using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Makes batches of changed examples, in memory that every batch uses again.</summary>
internal sealed class AugmentedBatch
{
    private readonly TrainingData _data;
    private readonly IReadOnlyList<Augmentation> _augmentations;
    private readonly AugmentationSource _source;
    private readonly SpikeEdit _spikes;
    private readonly SpikeTrainsBuilder _builder;
    private readonly int[] _places;
    private readonly float[]? _weights;
    private readonly ulong _seed;

    public AugmentedBatch(TrainingData data, TrainingSettings settings)
    {
        SpikeTrains trains = data.Trains;
        _data = data;
        _augmentations = settings.Augmentations;
        _source = new AugmentationSource(
            trains, _augmentations.Any(a => a.NeedsClasses) ? ClassesOf(data.Targets) : []);
        _spikes = new SpikeEdit(trains.Segments, trains.Channels);
        _builder = new SpikeTrainsBuilder(
            trains.Steps, trains.Channels, trains.IsConstantCurrent, stepsAfterLastSpike: trains.StepsAfterLastSpike);
        _places = [.. Enumerable.Range(0, settings.BatchSize)];
        _weights = data.Weights == null ? null : new float[settings.BatchSize];
        _seed = CounterRandom.Mix((uint)settings.Seed, 0x5EED);
    }

    /// <summary>A batch of these examples, changed; good until the next call.</summary>
    /// <param name="examples">Their indices in the data set.</param>
    /// <param name="epoch">The epoch, which draws its own changes.</param>
    public TrainingBatch Draw(ReadOnlySpan<int> examples, int epoch)
    {
        for (int place = 0; place < examples.Length; place++)
        {
            int example = examples[place];
            Change(example, epoch);
            _spikes.AddTo(_builder);
            if (_weights != null)
            {
                _weights[place] = _data.Weights![example];
            }
        }

        return new TrainingBatch
        {
            Trains = _builder.ToSpikeTrains(),
            Targets = _data.Targets.Select(examples),
            ExampleWeights = _weights,
            Examples = _places.AsSpan(0, examples.Length),
        };
    }

    private static ReadOnlySpan<int> ClassesOf(Targets targets) => targets.AreClasses && targets.Rows == 1
        ? targets.Classes
        : throw new InvalidOperationException(
            "Augmentation.BlendWithSameClass needs labels that are one class per example, but these are numbers or have steps. Leave it out.");

    private void Change(int example, int epoch)
    {
        _spikes.Load(_source.Trains, example);
        ulong key = CounterRandom.Mix(CounterRandom.Mix(_seed, (uint)epoch), (uint)example);
        for (int n = 0; n < _augmentations.Count; n++)
        {
            // A stream for each: how much one of them draws does not matter to the others.
            var random = new CounterRandom(CounterRandom.Mix(key, (uint)n));
            _augmentations[n].Apply(_spikes, example, _source, ref random);
        }
    }
}
