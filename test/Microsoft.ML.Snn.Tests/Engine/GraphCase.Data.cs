using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Reference;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>What the network is shown, and what it should give.</summary>
internal sealed partial class GraphCase
{
    private Loss DrawLoss()
    {
        Loss loss = _random.Next(3) switch
        {
            0 => Loss.SoftmaxCrossEntropy,
            1 => Loss.SigmoidCrossEntropy,
            _ => Loss.MeanSquaredError,
        };
        return loss with { EveryStep = Draw(3) };
    }

    private double[][] DrawTarget()
    {
        bool isSequence = Readout == Readout.MembraneAtEveryStep;
        return [.. Enumerable.Range(0, isSequence ? _size.Steps : 1).Select(_ => isSequence && Draw(4) ? [] : DrawRow())];
    }

    private double[] DrawRow() => Loss.Kind switch
    {
        LossKind.SoftmaxCrossEntropy => [_random.Next(Classes)],
        LossKind.SigmoidCrossEntropy => [.. Enumerable.Range(0, Classes).Select(_ => (double)_random.Next(2))],
        _ => [.. Enumerable.Range(0, Classes).Select(_ => (double)(_random.NextSingle() * 4 - 2))],
    };

    private GridInput DrawInput()
    {
        if (IsConstantCurrent)
        {
            return new GridInput { Constant = [.. Enumerable.Range(0, Channels).Select(_ => Draw(4) ? 0 : (double)_random.NextSingle())] };
        }

        bool graded = Draw(3);
        return new GridInput
        {
            Spikes =
            [
                .. from step in Enumerable.Range(0, _size.Steps)
                   from channel in Enumerable.Range(0, Channels)
                   where Draw(3)
                   select new GridInputSpike(step, channel, graded ? _random.NextSingle() * 2 : 1),
            ],
        };
    }
}
