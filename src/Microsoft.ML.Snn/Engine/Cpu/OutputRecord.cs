using System;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What was read from one output in one trial, and its loss.</summary>
internal sealed unsafe class OutputRecord : IDisposable
{
    private readonly NativeBuffer<float> _outputs;
    private readonly NativeBuffer<int> _maximumStep;
    private readonly NativeBuffer<float> _stepReadout;
    private readonly int _units;
    private readonly int _mostSteps;
    private readonly int _stride;

    /// <summary>Allocates a record.</summary>
    /// <param name="units">Number of outputs.</param>
    /// <param name="steps">Number of steps that are kept, or 0 where none is read on its own.</param>
    /// <param name="laneWidth">Width of the lanes.</param>
    /// <param name="firstSpike">The loss of first spikes, where they are read.</param>
    public OutputRecord(int units, int steps, int laneWidth, FirstSpikeEquations? firstSpike = null)
    {
        FirstSpikes = firstSpike is { } equations ? new FirstSpikeRecord(equations, units, CpuWeights.Padded(units, laneWidth)) : null;
        (_units, _mostSteps, Steps, _stride) = (units, steps, steps, CpuWeights.Padded(units, laneWidth));
        _outputs = new NativeBuffer<float>(3L * _stride);
        _maximumStep = new NativeBuffer<int>(_stride);
        _stepReadout = new NativeBuffer<float>((long)steps * _stride);
    }

    /// <summary>Readouts Y. Shape [output], padded.</summary>
    public float* Readout => _outputs.Pointer;

    /// <summary>∂L/∂Y. Shape [output]; the padding is 0.</summary>
    public float* LossByReadout => _outputs.Pointer + _stride;

    /// <summary>Slope I - V at the maximum of each output, or τm·dV/dt at its first spike. Shape [output], padded.</summary>
    public float* MaximumSlope => _outputs.Pointer + 2 * _stride;

    /// <summary>Step that ended at the maximum of each output, or above its threshold for the first time. Shape [output], padded.</summary>
    public int* MaximumStep => _maximumStep.Pointer;

    /// <summary>The first spikes, where they are what is read.</summary>
    public FirstSpikeRecord? FirstSpikes { get; }

    /// <summary>V at the end of every step, then ∂L/∂V. Shape [step, output], padded; null where no step is read.</summary>
    public float* StepReadout => _mostSteps == 0 ? null : _stepReadout.Pointer;

    public Span<float> Readouts => new(Readout, _units);

    /// <summary>Number of steps of the trial, where they are kept.</summary>
    public int Steps { get; set; }

    /// <summary>The weighted loss.</summary>
    public float Loss { get; private set; }

    /// <summary>Number of right decisions.</summary>
    public int Correct { get; private set; }

    /// <summary>V at the end of a step. Shape [output].</summary>
    public Span<float> AtStep(int step) => new(_stepReadout.Pointer + (long)step * _stride, _units);

    /// <summary>Takes the loss of the forward pass; leaves its derivative for the backward pass.</summary>
    /// <param name="readout">What is read.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="target">What the example should give.</param>
    /// <param name="weight">Weight of the example.</param>
    /// <param name="batchSize">Number of examples of the batch, over which the loss is a mean.</param>
    public void TakeLoss(ReadoutKind readout, LossEquations loss, Target target, float weight, int batchSize)
    {
        if (FirstSpikes != null)
        {
            (Loss, Correct) = FirstSpikes.TakeLoss(target, weight, weight / batchSize, new Span<float>(LossByReadout, _units));
            return;
        }

        Correct = readout == ReadoutKind.EveryStep ? CorrectSteps(loss, target) : loss.Correct(target, 0, Readouts);
        float scale = weight / batchSize;
        Loss = weight * (loss.IsEveryStep
            ? loss.OfSteps(target, new Span<float>(StepReadout, Steps * _stride), _stride, _units, scale)
            : loss.OfTrial(target, Readouts, scale, new Span<float>(LossByReadout, _units)));
    }

    /// <summary>Copies the scores of the forward pass. Shape [output], or [step, output] for the readout of every step.</summary>
    public void CopyScores(ReadoutKind readout, LossEquations loss, Span<float> scores)
    {
        if (FirstSpikes != null)
        {
            FirstSpikes.ToProbabilities(scores);
            return;
        }

        for (int row = 0; row < scores.Length / _units; row++)
        {
            Span<float> target = scores.Slice(row * _units, _units);
            (readout == ReadoutKind.EveryStep ? AtStep(row) : Readouts).CopyTo(target);
            loss.ToScores(target);
        }
    }

    public void Dispose()
    {
        FirstSpikes?.Dispose();
        _outputs.Dispose();
        _stepReadout.Dispose();
        _maximumStep.Dispose();
    }

    private int CorrectSteps(LossEquations loss, Target target)
    {
        int correct = 0;
        for (int step = 0; step < Steps; step++)
        {
            correct += target.HasLoss(step) ? loss.Correct(target, step, AtStep(step)) : 0;
        }

        return correct;
    }
}
