using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>A graph in device memory: what is the same for every example.</summary>
/// <remarks>
/// Neurons of all populations are counted through, and so are currents: a current is one group of one neuron. Populations
/// begin at multiples of 32; what lies between is no neuron.
/// </remarks>
internal readonly struct GraphViews
{
    /// <summary>Place of τm among the coefficients by neuron.</summary>
    public const int MembraneTimeArray = 5;

    // Coefficients by neuron.
    private const int DecayArray = 0;
    private const int DriveArray = 1;
    private const int BiasArray = 2;
    private const int ThresholdArray = 3;
    private const int ResetArray = 4;
    private const int AdaptationDecayArray = 6;
    private const int AdaptationStrengthArray = 7;
    private const int AdaptationRateArray = 8;
    private const int BiasGainArray = 9;

    // Coefficients by current.
    private const int RateArray = 4;
    private const int RateIntoNextArray = 5;

    public required ArrayView<GraphPopulation> Populations { get; init; }

    /// <summary>Connections, sorted by the population that they lead to.</summary>
    public required ArrayView<GraphLink> Links { get; init; }

    /// <summary>Indices into <see cref="Links"/>, sorted by the population that they leave from.</summary>
    public required ArrayView<int> Senders { get; init; }

    /// <summary>The population of each 32 neurons, shape [word].</summary>
    public required ArrayView<int> PopulationOfWord { get; init; }

    /// <summary>The <see cref="Networks.SynapseKind"/> of each group.</summary>
    public required ArrayView<int> GroupKind { get; init; }

    /// <summary>Where the synaptic time constants of each group are among what neurons learn, or -1.</summary>
    public required ArrayView<int> LearnedSynapseTime { get; init; }

    /// <summary>Where learned numbers of users' neurons are among what neurons learn, or -1 where a variable is none. Shape [population][variable].</summary>
    public required ArrayView<int> LearnedNumber { get; init; }

    /// <summary>Their values, in the places of their gradients. Shape [learned number].</summary>
    public required ArrayView<float> Numbers { get; init; }

    /// <summary>Coefficients of shape [array, neuron], in the order of the CPU's.</summary>
    public required ArrayView<float> OfNeuron { get; init; }

    /// <summary>Coefficients of shape [array, current], in the order of the CPU's.</summary>
    public required ArrayView<float> OfCurrent { get; init; }

    /// <summary>Derivatives of coefficients by time constants, shape [array, neuron]; unused where none is learned.</summary>
    public required ArrayView<float> DerivativeOfNeuron { get; init; }

    /// <summary>Derivatives of coefficients by time constants, shape [array, current]; unused where none is learned.</summary>
    public required ArrayView<float> DerivativeOfCurrent { get; init; }

    /// <summary>All weights.</summary>
    public required ArrayView<float> Weights { get; init; }

    /// <summary>Delays of all connections in steps.</summary>
    public required ArrayView<int> Delays { get; init; }

    public required SynapseViews Synapses { get; init; }

    /// <summary>The numbers of users' cells.</summary>
    public required ArrayView<byte> Cells { get; init; }

    /// <summary>∂Y/∂V at the end of each step of a trial of all steps, a row for each output.</summary>
    public required ArrayView<float> ReadoutWeight { get; init; }

    /// <summary>Number of neurons, with what lies between populations: the distance between two arrays.</summary>
    public required int Neurons { get; init; }

    /// <summary>Number of currents.</summary>
    public required int Currents { get; init; }

    /// <summary>Number of steps of the longest trial: the distance between two trials in memory. <see cref="BatchViews.Steps"/> says how many one has.</summary>
    public required int Steps { get; init; }

    /// <summary>dt in milliseconds.</summary>
    public required float TimeStep { get; init; }

    /// <summary>How many numbers neurons learn.</summary>
    public required int Learned { get; init; }

    /// <summary>Length of the rings of one slot.</summary>
    public required int RingLength { get; init; }

    /// <summary>How many numbers of users' cells are kept of a step, for the backward pass.</summary>
    public required int Kept { get; init; }

    public int Words => Neurons / 32;

    /// <summary>∂Y/∂V at the end of a step, of an output whose readout is a weighted sum.</summary>
    public float ReadoutWeightOf(in GraphPopulation output, int step, int steps) => steps == Steps
        ? ReadoutWeight[output.ReadoutWeights + step]
        : ReadoutEquations.Weight<FloatLane>(output.Readout, step, steps, TimeStep).Value;

    public float Decay(int neuron) => OfNeuron[(long)DecayArray * Neurons + neuron];

    public float Drive(int neuron) => OfNeuron[(long)DriveArray * Neurons + neuron];

    public float Bias(int neuron) => OfNeuron[(long)BiasArray * Neurons + neuron];

    public float Threshold(int neuron) => OfNeuron[(long)ThresholdArray * Neurons + neuron];

    public float Reset(int neuron) => OfNeuron[(long)ResetArray * Neurons + neuron];

    public float MembraneTime(int neuron) => OfNeuron[(long)MembraneTimeArray * Neurons + neuron];

    public float AdaptationDecay(int neuron) => OfNeuron[(long)AdaptationDecayArray * Neurons + neuron];

    public float AdaptationStrength(int neuron) => OfNeuron[(long)AdaptationStrengthArray * Neurons + neuron];

    public float AdaptationRate(int neuron) => OfNeuron[(long)AdaptationRateArray * Neurons + neuron];

    /// <summary>γ.</summary>
    public float BiasGain(int neuron) => OfNeuron[(long)BiasGainArray * Neurons + neuron];

    /// <summary>What a step does to the synapses of a current.</summary>
    public SynapseStep StepOf(int current) => new(
        OfCurrent[current], OfCurrent[Currents + current], OfCurrent[2L * Currents + current], OfCurrent[3L * Currents + current]);

    /// <summary>What a constant current of 1 adds at each step.</summary>
    public float Gain(int current) => OfCurrent[3L * Currents + current];

    public float Rate(int current) => OfCurrent[(long)RateArray * Currents + current];

    public float RateIntoNext(int current) => OfCurrent[(long)RateIntoNextArray * Currents + current];

    /// <summary>∂α/∂τm.</summary>
    public float DecayByTime(int neuron) => DerivativeOfNeuron[neuron];

    /// <summary>∂γ/∂τm.</summary>
    public float BiasGainByTime(int neuron) => DerivativeOfNeuron[Neurons + neuron];

    /// <summary>∂κ/∂τm.</summary>
    public float IntoByMembraneTime(int current) => DerivativeOfCurrent[current];

    /// <summary>∂κ₂/∂τm.</summary>
    public float FirstIntoByMembraneTime(int current) => DerivativeOfCurrent[Currents + current];

    /// <summary>What τs does to a step.</summary>
    public SynapseStep StepByTime(int current) => new(
        DerivativeOfCurrent[2L * Currents + current], DerivativeOfCurrent[3L * Currents + current],
        DerivativeOfCurrent[4L * Currents + current], DerivativeOfCurrent[5L * Currents + current]);

    public SpikingCell CellOf(in GraphPopulation population, int neuron) => new()
    {
        Leak = population.Leak,
        Threshold = Threshold(neuron),
        MembraneTime = MembraneTime(neuron),
        JumpCurrent = MembraneTime(neuron) / TimeStep,
        AdaptationRate = AdaptationRate(neuron),
        IsAdaptive = population.IsAdaptive,
        ResetBySubtraction = population.ResetBySubtraction,
        RefractorySteps = population.RefractorySteps,
    };
}
