using System;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Turns each feature into spikes at random, independent of each other.</summary>
/// <remarks>
/// <para>
/// A step spikes with probability p = 1 - exp(-r), r = spikesPerStep · x: the chance of one event or more of a Poisson
/// process. A negative feature spikes as often as its absolute value, and its spikes are negative. The steps between two spikes are then geometric, P(gap ≥ g) = (1 - p)^g = exp(-r g), which floor(E / r)
/// is for an exponential E: the work follows the spikes, not the steps.
/// </para>
/// <para>
/// The random numbers depend on the seed and on the features, not on where the row stands: an example has the same
/// spikes in a shuffled, filtered or cached view and in a prediction engine, which knows no row numbers.
/// </para>
/// </remarks>
internal sealed class PoissonRateEncoder : ISpikeEncoder
{
    private readonly int _stepsPerFrame;
    private readonly double _spikesPerStep;
    private readonly int _seed;

    /// <param name="stepCount">The number of steps of a frame.</param>
    /// <param name="spikesPerStep">The expected events per step of a feature of 1; above 0.</param>
    /// <param name="seed">Another seed gives other spikes.</param>
    /// <param name="frames">The number of frames of a row, shown one after the other.</param>
    public PoissonRateEncoder(int stepCount, double spikesPerStep, int seed, int frames = 1)
    {
        _stepsPerFrame = stepCount;
        StepCount = stepCount * frames;
        _spikesPerStep = spikesPerStep;
        _seed = seed;
    }

    public int StepCount { get; }

    public void Encode(in FeatureRow row, SpikeRaster raster)
    {
        ulong rowKey = KeyOf(row);
        for (int i = 0; i < row.StoredCount; i++)
        {
            float x = row.ValueOf(i);
            double rate = _spikesPerStep * Math.Abs(x);
            if (rate == 0)
            {
                continue;
            }

            // The chance of a step does not depend on the steps before: every frame may begin anew.
            int slot = row.ChannelOf(i);
            (int frame, int channel) = Math.DivRem(slot, raster.ChannelCount);
            CounterRandom random = new(CounterRandom.Mix(rowKey, (uint)slot));
            int step = -1;
            for (double gap = random.NextExponential() / rate;
                 gap < _stepsPerFrame - 1 - step;
                 gap = random.NextExponential() / rate)
            {
                step += 1 + (int)gap;
                raster.Add(channel, frame * _stepsPerFrame + step, x < 0);
            }
        }
    }

    /// <summary>Hashes the seed and every feature but zeros, so that a dense and a sparse row agree.</summary>
    private ulong KeyOf(in FeatureRow row)
    {
        ulong key = CounterRandom.Mix(0, (uint)_seed);
        for (int i = 0; i < row.StoredCount; i++)
        {
            float x = row.ValueOf(i);
            if (x != 0)
            {
                key = CounterRandom.Mix(key, (ulong)row.ChannelOf(i) << 32 | BitConverter.SingleToUInt32Bits(x));
            }
        }

        return key;
    }
}
