using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Trainers.Experiments;

/// <summary>Decides what to train next and for how many epochs: many settings briefly, the better third of them longer.</summary>
/// <remarks>
/// The first trial is the default with all epochs, so that a search is never worse than no search. The second, for plain features, is
/// wide and trains for long on noisy features, which is the surest gain on tables whose new rows are unlike the old ones. The third is
/// as wide and trains three times as long as the first, without noise. Then come brackets of nine settings with a ninth of the epochs, of which
/// three go on to a third and one to all epochs.
/// Source: Jamieson and Talwalkar, AISTATS (2016), Algorithm 1.
/// </remarks>
/// <param name="sampler">Draws the settings.</param>
/// <param name="epochs">The number of epochs of the default.</param>
/// <param name="rows">The number of rows to train on.</param>
internal sealed class SuccessiveHalving(TrialSampler sampler, int epochs, int rows)
{
    private const int Reduction = 3;
    private const int Rungs = 2;

    /// <summary>Noise needs so many epochs where they are cheap: with a third of them most of the gain is lost.</summary>
    private const int NoisyEpochs = 180;

    /// <summary>How many rows the noisy epochs may come to; many rows fill their neighbourhood by themselves.</summary>
    private const int NoisyRows = 600_000;

    private readonly Queue<SnnTrialSettings> _waiting = new(
    [
        sampler.Default with { NumberOfEpochs = epochs },
        .. sampler.Smooth is { } smooth ? [smooth with { NumberOfEpochs = Math.Max(Reduction * epochs, Math.Min(NoisyEpochs, NoisyRows / rows)) }] : (SnnTrialSettings[])[],
        sampler.Thorough with { NumberOfEpochs = Reduction * epochs },
    ]);

    private readonly List<(SnnTrialSettings Settings, double Score)> _done = [];
    private int _rung = Rungs;

    /// <summary>Returns the next settings to train; every earlier one was reported.</summary>
    public SnnTrialSettings Next()
    {
        if (_waiting.Count == 0)
        {
            FillRung();
        }

        return _waiting.Dequeue();
    }

    /// <summary>Reports how good settings were; higher is better, NaN is a failure.</summary>
    public void Report(SnnTrialSettings settings, double score) =>
        _done.Add((settings, double.IsNaN(score) ? double.NegativeInfinity : score));

    private void FillRung()
    {
        if (_rung == Rungs)
        {
            _rung = 0;
            for (int n = 0; n < Power(Rungs); n++)
            {
                _waiting.Enqueue(sampler.Next() with { NumberOfEpochs = EpochsOf(0) });
            }
        }
        else
        {
            _rung++;
            foreach ((SnnTrialSettings settings, double _) in _done.OrderByDescending(trial => trial.Score).Take(Power(Rungs - _rung)))
            {
                _waiting.Enqueue(settings with { NumberOfEpochs = EpochsOf(_rung) });
            }
        }

        _done.Clear();
    }

    private int EpochsOf(int rung) => Math.Max(1, epochs / Power(Rungs - rung));

    private static int Power(int exponent) => (int)Math.Pow(Reduction, exponent);
}
