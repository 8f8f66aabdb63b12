using System;
using System.Linq;
using Microsoft.ML.Snn.Reference;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The loss of one trial of the oracle, and its derivatives, in double precision.</summary>
internal sealed class TrialLoss
{
    private readonly ReferenceLoss _loss;
    private readonly double[,] _membrane;
    private readonly double[][] _target;
    private readonly int _outputs;

    public TrialLoss(Loss loss, Readout readout, GridTrace trace, double[][] target)
        : this(loss, readout, trace.Outputs, trace.OutputMembrane, target)
    {
    }

    /// <summary>Takes the loss of a trial.</summary>
    /// <param name="loss">Which loss.</param>
    /// <param name="readout">What is read.</param>
    /// <param name="outputs">The readouts, shape [output]; not read where the membrane itself is.</param>
    /// <param name="membrane">V, shape [index 0 to N, output].</param>
    /// <param name="target">What the trial should give, shape [row][output].</param>
    public TrialLoss(Loss loss, Readout readout, double[] outputs, double[,] membrane, double[][] target)
    {
        _loss = Enum.Parse<ReferenceLoss>(loss.Kind.ToString());
        (_membrane, _target, _outputs) = (membrane, target, outputs.Length);
        OutputError = new double[_outputs];
        int indices = membrane.GetLength(0);
        MembraneError = new double[indices, _outputs];
        int[] read = [.. Enumerable.Range(1, indices - 1).Where(index => RowOf(index).Length > 0)];
        double[] readoutValue = readout == Readout.FinalMembrane ? MembraneAt(indices - 1) : outputs;
        if (readout == Readout.MembraneAtEveryStep || loss.EveryStep)
        {
            foreach (int index in read)
            {
                Value += _loss.Value(MembraneAt(index), RowOf(index)) / read.Length;
                Put(index, _loss.Derivative(MembraneAt(index), RowOf(index)), 1.0 / read.Length);
            }
        }
        else
        {
            Value = _loss.Value(readoutValue, target[0]);
            double[] derivative = _loss.Derivative(readoutValue, target[0]);
            if (readout == Readout.FinalMembrane)
            {
                Put(indices - 1, derivative, 1);
            }
            else
            {
                OutputError = derivative;
            }
        }

        Correct = readout == Readout.MembraneAtEveryStep
            ? read.Sum(index => CorrectOf(MembraneAt(index), RowOf(index)))
            : CorrectOf(readoutValue, target[0]);
    }

    public double Value { get; }

    /// <summary>Number of right decisions.</summary>
    public int Correct { get; }

    /// <summary>dL/dY, shape [output].</summary>
    public double[] OutputError { get; private set; }

    /// <summary>dL/dV, shape [index, output].</summary>
    public double[,] MembraneError { get; }

    /// <summary>Multiplies both derivatives.</summary>
    public void Scale(double factor)
    {
        OutputError = [.. OutputError.Select(e => e * factor)];
        for (int index = 0; index < MembraneError.GetLength(0); index++)
        {
            for (int k = 0; k < _outputs; k++)
            {
                MembraneError[index, k] *= factor;
            }
        }
    }

    private double[] MembraneAt(int index) => [.. Enumerable.Range(0, _outputs).Select(k => _membrane[index, k])];

    private double[] RowOf(int index) => _target.Length == 1 ? _target[0] : _target[index - 1];

    private void Put(int index, double[] derivative, double factor)
    {
        for (int k = 0; k < _outputs; k++)
        {
            MembraneError[index, k] = factor * derivative[k];
        }
    }

    private int CorrectOf(double[] y, double[] target) => _loss switch
    {
        ReferenceLoss.SoftmaxCrossEntropy => Array.IndexOf(y, y.Max()) == (int)target[0] ? 1 : 0,
        ReferenceLoss.SigmoidCrossEntropy => y.Zip(target, (v, t) => v > 0 == t >= 0.5 ? 1 : 0).Sum(),
        _ => 0,
    };
}
