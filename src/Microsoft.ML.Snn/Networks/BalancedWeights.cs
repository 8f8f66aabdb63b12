using System;
using System.Linq;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Chooses a normal distribution from the number of spikes that arrive at a neuron.</summary>
/// <remarks>
/// <para>If S spikes arrive in a trial of length T at even rates, a membrane without threshold has at the end of the
/// trial the mean w̄·(S/T)·∫ε and the variance E[w²]·(S/T)·∫ε², with ε the potential after one spike of weight 1
/// (Campbell's theorem). The mean and the deviation are set to fixed multiples of the threshold.</para>
/// <para>Spikes of a hidden layer come late in the trial. What arrives at a later layer is therefore found by running
/// stand-ins for the neurons before it, see <see cref="LayerActivity"/>.</para>
/// <para>Source of the idea: Rossbroich, Gygax and Zenke, Neuromorph. Comput. Eng. 2:044016 (2022).</para>
/// </remarks>
internal sealed record BalancedWeights : Weights
{
    // With these a fresh layer of 64 to 1024 neurons sends about one spike per neuron and trial on latency-coded
    // images, and about as many on constant currents.
    public const double InputMean = 1.0;
    public const double InputDeviation = 0.5;
    public const double RecurrentDeviation = 0.2;
    public const double OutputDeviation = 0.5;
    public const double SpikesPerHiddenNeuron = 1.0;

    // What the numbers above make a first layer send.
    private const double SpikesPerLaterNeuron = 0.6;
    private const double MaximumScale = 32;
    private const double MaximumCustomScale = 1e6;

    /// <summary>The distribution of every connection: its own where it has one, else the balanced one.</summary>
    public static DrawnWeights[] Resolve(NetworkProgram program, InputStatistics input)
    {
        if (!program.Description.IsSequential)
        {
            return GraphBalance.Resolve(program, input);
        }

        var resolved = new DrawnWeights[program.Connections.Count];
        LayerActivity? arriving = null;
        for (int layer = 0; layer < program.Hidden.Count; layer++)
        {
            HiddenProgram hidden = program.Hidden[layer];
            double threshold = hidden.Spike.Threshold;
            DrawnWeights weights = Own(program, hidden.Input, layer == 0, hidden.Membrane, threshold, input)
                ?? (hidden.Cell != null ? BalanceCustom(program, hidden, arriving ?? LayerActivity.Of(input, program.Steps))
                    : layer == 0 ? BalanceInput(program, hidden, input)
                    : BalanceLater(program, hidden, arriving!));
            resolved[hidden.Input.Index] = weights;
            if (hidden.Recurrent is { } recurrent)
            {
                resolved[recurrent.Index] = Own(program, recurrent, false, hidden.Membrane, threshold, input)
                    ?? Balance(program, hidden.Membrane, SpikesOf(recurrent.Rows), 0, RecurrentDeviation * UnitOf(program, hidden, weights));
            }

            if (layer < program.Hidden.Count - 1)
            {
                arriving = (arriving ?? LayerActivity.Of(input, program.Steps)).After(hidden, weights.Mean, weights.StandardDeviation);
            }
        }

        ConnectionProgram output = program.Output.Input;
        resolved[output.Index] = Own(
            program, output, program.Hidden.Count == 0, program.Output.Membrane, 1, input) ?? Balance(
            program, program.Output.Membrane, program.Hidden.Count == 0 ? input : SpikesOf(output.Rows), 0, OutputDeviation);
        return resolved;
    }

    /// <summary>The distribution that the description states, or null where it leaves it to be balanced.</summary>
    /// <param name="program">The network.</param>
    /// <param name="connection">One of its connections.</param>
    /// <param name="isFromInput">Whether it comes from the input.</param>
    /// <param name="membrane">The postsynaptic membrane behind the synapse.</param>
    /// <param name="threshold">The postsynaptic threshold; 1 where there is none.</param>
    /// <param name="input">What one example brings.</param>
    public static DrawnWeights? Own(
        NetworkProgram program, ConnectionProgram connection, bool isFromInput, MembraneEquations membrane, double threshold, InputStatistics input)
    {
        if (connection.Initial is not ScaledWeights scaled)
        {
            return connection.Initial as DrawnWeights;
        }

        // A constant current is as many kicks as there are steps.
        double kicks = input.IsConstantCurrent ? program.Steps * membrane.CurrentGain : 1;
        double spikes = isFromInput ? kicks * input.Sum / program.Channels : SpikesPerHiddenNeuron;
        return scaled.For(new InitialContext(
            connection.Rows, connection.Columns, connection.Columns, membrane, threshold, spikes / (program.Steps * program.TimeStep)));
    }

    private static NormalWeights BalanceInput(NetworkProgram program, HiddenProgram hidden, InputStatistics input) => Balance(
        program, hidden.Membrane, input, InputMean * hidden.Spike.Threshold, InputDeviation * hidden.Spike.Threshold);

    /// <summary>The weights of even arrivals, scaled until the layer spikes as often as the first one on what really arrives.</summary>
    private static NormalWeights BalanceLater(NetworkProgram program, HiddenProgram hidden, LayerActivity arriving)
    {
        NormalWeights even = BalanceInput(program, hidden, SpikesOf(hidden.Input.Rows));
        if (arriving.Total < 1e-3)
        {
            return even;
        }

        return Scale(hidden, arriving, even, SpikesPerLaterNeuron, MaximumScale, halvings: 16);
    }

    /// <summary>A user's neuron has units of its own: its weights are found by trying, over many orders of magnitude.</summary>
    private static NormalWeights BalanceCustom(NetworkProgram program, HiddenProgram hidden, LayerActivity arriving) => Scale(
        hidden, arriving, BalanceInput(program, hidden, SpikesOf(hidden.Input.Rows)), SpikesPerHiddenNeuron, MaximumCustomScale, halvings: 24);

    /// <summary>Scales weights until a neuron sends so many spikes.</summary>
    private static NormalWeights Scale(
        HiddenProgram hidden, LayerActivity arriving, NormalWeights even, double spikes, double maximumScale, int halvings)
    {
        double low = 1.0 / maximumScale, high = maximumScale;
        for (int n = 0; n < halvings; n++)
        {
            double scale = Math.Sqrt(low * high);
            bool isEnough = arriving.SpikesOf(hidden, scale * even.Mean, scale * even.StandardDeviation).Sum() >= spikes;
            (low, high) = isEnough ? (low, scale) : (scale, high);
        }

        return new NormalWeights(high * even.Mean, high * even.StandardDeviation);
    }

    /// <summary>What a threshold of 1 is in the units of a user's neuron, for a connection of a graph.</summary>
    public static double UnitOf(
        NetworkProgram program, PopulationProgram target, ConnectionProgram c, InputStatistics arriving, NormalWeights even)
    {
        var membrane = new MembraneEquations(program.TimeStep, target.Neuron.MembraneTime[0], target.Groups[c.Group].Time);
        var layer = new HiddenProgram(target.Units, membrane, default, default, c, null) { Cell = target.Cell };
        LayerActivity activity = LayerActivity.Of(arriving, program.Steps);
        return Scale(layer, activity, even, SpikesPerHiddenNeuron, MaximumCustomScale, halvings: 24).StandardDeviation
            / even.StandardDeviation;
    }

    /// <summary>What a threshold of 1 is in the units of a layer's weights.</summary>
    private static double UnitOf(NetworkProgram program, HiddenProgram hidden, DrawnWeights weights) => hidden.Cell == null
        ? hidden.Spike.Threshold
        : Math.Max(weights.StandardDeviation, Math.Abs(weights.Mean))
            / BalanceInput(program, hidden, SpikesOf(hidden.Input.Rows)).StandardDeviation;

    private static InputStatistics SpikesOf(int neurons) =>
        new(neurons * SpikesPerHiddenNeuron, neurons * SpikesPerHiddenNeuron, IsConstantCurrent: false);

    private static NormalWeights Balance(
        NetworkProgram program, MembraneEquations membrane, InputStatistics input, double mean, double deviation)
    {
        double duration = program.Steps * program.TimeStep;
        double gain = membrane.CurrentGain / program.TimeStep;
        var (response, square) = Response(program, membrane);
        return Fit(input, response, square, gain, duration, mean, deviation);
    }

    /// <summary>The weights that give a potential this mean and deviation.</summary>
    /// <param name="input">What arrives.</param>
    /// <param name="response">∫ε dt.</param>
    /// <param name="square">∫ε² dt.</param>
    /// <param name="gain">What a constant current of 1 adds per millisecond.</param>
    /// <param name="duration">Length of the trial in milliseconds.</param>
    /// <param name="mean">Mean of the potential at the end.</param>
    /// <param name="deviation">Its standard deviation.</param>
    public static NormalWeights Fit(
        InputStatistics input, double response, double square, double gain, double duration, double mean, double deviation)
    {
        (double perMean, double perVariance) = input.IsConstantCurrent
            ? (response * gain, response * response * gain * gain)
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
