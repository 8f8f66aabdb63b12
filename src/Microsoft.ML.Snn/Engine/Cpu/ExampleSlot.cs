using System;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What one example of a batch leaves behind in its forward pass: spikes, readouts, loss.</summary>
internal sealed unsafe class ExampleSlot : IDisposable
{
    private readonly NativeBuffer<float> _outputs;
    private readonly NativeBuffer<int> _maximumStep;
    private readonly NativeBuffer<float> _stepReadout;
    private readonly int _units;
    private readonly int _steps;
    private readonly int _stride;

    public ExampleSlot(NetworkProgram program, int laneWidth)
    {
        _units = program.Output.Units;
        _steps = program.Output.KeepsSteps ? program.Steps : 0;
        _stride = CpuWeights.Padded(_units, laneWidth);
        Tapes = [.. program.Hidden.Select(hidden => new SpikeTape(program.Steps, hidden.Units))];
        _outputs = new NativeBuffer<float>(3L * _stride);
        _maximumStep = new NativeBuffer<int>(_stride);
        _stepReadout = new NativeBuffer<float>((long)_steps * _stride);
    }

    /// <summary>Spikes of each hidden layer.</summary>
    public SpikeTape[] Tapes { get; }

    /// <summary>Readouts Y. Shape [output], padded.</summary>
    public float* Readout => _outputs.Pointer;

    /// <summary>∂L/∂Y. Shape [output]; the padding is 0.</summary>
    public float* LossByReadout => _outputs.Pointer + _stride;

    /// <summary>Slope I - V at the maximum of each output. Shape [output], padded.</summary>
    public float* MaximumSlope => _outputs.Pointer + 2 * _stride;

    /// <summary>Step that ended at the maximum of each output. Shape [output], padded.</summary>
    public int* MaximumStep => _maximumStep.Pointer;

    /// <summary>V at the end of every step, then ∂L/∂V. Shape [step, output], padded; null where no step is read.</summary>
    public float* StepReadout => _steps == 0 ? null : _stepReadout.Pointer;

    public Span<float> Readouts => new(Readout, _units);

    /// <summary>The weighted loss.</summary>
    public float Loss { get; private set; }

    /// <summary>Number of right decisions.</summary>
    public int Correct { get; private set; }

    public int Grazing { get; set; }

    /// <summary>V at the end of a step. Shape [output].</summary>
    public Span<float> AtStep(int step) => new(_stepReadout.Pointer + (long)step * _stride, _units);

    /// <summary>Takes the loss of the forward pass; leaves its derivative for the backward pass.</summary>
    /// <param name="output">The output layer.</param>
    /// <param name="target">What the example should give.</param>
    /// <param name="weight">Weight of the example.</param>
    /// <param name="batchSize">Number of examples of the batch, over which the loss is a mean.</param>
    public void TakeLoss(OutputProgram output, Target target, float weight, int batchSize)
    {
        LossEquations loss = output.Loss;
        Correct = output.Readout == ReadoutKind.EveryStep ? CorrectSteps(loss, target) : loss.Correct(target, 0, Readouts);
        float scale = weight / batchSize;
        Loss = weight * (loss.IsEveryStep
            ? loss.OfSteps(target, new Span<float>(StepReadout, _steps * _stride), _stride, _units, scale)
            : loss.OfTrial(target, Readouts, scale, new Span<float>(LossByReadout, _units)));
    }

    public void Dispose()
    {
        Array.ForEach(Tapes, tape => tape.Dispose());
        _outputs.Dispose();
        _stepReadout.Dispose();
        _maximumStep.Dispose();
    }

    private int CorrectSteps(LossEquations loss, Target target)
    {
        int correct = 0;
        for (int step = 0; step < _steps; step++)
        {
            correct += target.HasLoss(step) ? loss.Correct(target, step, AtStep(step)) : 0;
        }

        return correct;
    }
}
