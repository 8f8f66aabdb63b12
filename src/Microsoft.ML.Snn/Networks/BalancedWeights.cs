using System;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Chooses a normal distribution from the number of spikes that arrive at a neuron.</summary>
/// <remarks>
/// <para>If S spikes arrive in a trial of length T at even rates, a membrane without threshold has at the end of the
/// trial the mean w̄·(S/T)·∫ε and the variance E[w²]·(S/T)·∫ε², with ε the potential after one spike of weight 1
/// (Campbell's theorem). The mean and the deviation are set to fixed multiples of the threshold.</para>
/// <para>Source of the idea: Rossbroich, Gygax and Zenke, Neuromorph. Comput. Eng. 2:044016 (2022).</para>
/// </remarks>
internal sealed record BalancedWeights : Weights
{
    // With these a fresh layer of 64 to 1024 neurons sends about one spike per neuron and trial on latency-coded
    // images, and about as many on constant currents.
    private const double InputMean = 1.0;
    private const double InputDeviation = 0.5;
    private const double RecurrentDeviation = 0.2;
    private const double OutputDeviation = 0.5;
    private const double SpikesPerHiddenNeuron = 1.0;

    /// <summary>The distribution of a connection: its own where it has one, else the balanced one.</summary>
    public static DrawnWeights Resolve(ConnectionProgram connection, NetworkProgram program, InputStatistics input)
    {
        if (connection.Initial is DrawnWeights drawn)
        {
            return drawn;
        }

        for (int layer = 0; layer < program.Hidden.Count; layer++)
        {
            HiddenProgram hidden = program.Hidden[layer];
            if (hidden.Input == connection)
            {
                InputStatistics arriving = layer == 0 ? input : SpikesOf(connection.Rows);
                return Balance(program, hidden.Membrane, arriving, InputMean * hidden.Spike.Threshold, InputDeviation * hidden.Spike.Threshold);
            }

            if (hidden.Recurrent == connection)
            {
                return Balance(program, hidden.Membrane, SpikesOf(connection.Rows), 0, RecurrentDeviation * hidden.Spike.Threshold);
            }
        }

        InputStatistics last = program.Hidden.Count == 0 ? input : SpikesOf(connection.Rows);
        return Balance(program, program.Output.Membrane, last, 0, OutputDeviation);
    }

    private static InputStatistics SpikesOf(int neurons) =>
        new(neurons * SpikesPerHiddenNeuron, neurons * SpikesPerHiddenNeuron, IsConstantCurrent: false);

    private static NormalWeights Balance(
        NetworkProgram program, MembraneEquations membrane, InputStatistics input, double mean, double deviation)
    {
        double duration = program.Steps * program.TimeStep;
        var (response, square) = Response(program, membrane);
        (double perMean, double perVariance) = input.IsConstantCurrent
            ? (response / membrane.SynapseTime, response * response / (membrane.SynapseTime * membrane.SynapseTime))
            : (response / duration, square / duration);

        // An input that is always silent leaves nothing to balance: any finite weights will do.
        double weightMean = mean / Math.Max(1e-6, input.Sum * perMean);
        double weightSquare = deviation * deviation / Math.Max(1e-6, input.SumOfSquares * perVariance);
        return new NormalWeights(weightMean, Math.Sqrt(weightSquare));
    }

    /// <summary>∫ε dt and ∫ε² dt over the trial, for ε the membrane potential after one spike of weight 1.</summary>
    private static (double Response, double Square) Response(NetworkProgram program, MembraneEquations membrane)
    {
        double response = 0, square = 0;
        var v = new FloatLane(0);
        var i = new FloatLane(1);
        for (int n = 0; n < program.Steps; n++)
        {
            membrane.Step(ref v, ref i);
            response += v.Value * program.TimeStep;
            square += v.Value * v.Value * program.TimeStep;
        }

        return (response, square);
    }
}
