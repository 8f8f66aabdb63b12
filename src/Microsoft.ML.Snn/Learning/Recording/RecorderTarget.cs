namespace Microsoft.ML.Snn.Learning.Recording;

/// <summary>Some neurons of one population, or channels of one input.</summary>
/// <param name="Index">Index of the population, or the complement of that of an input.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="Units">Number of its neurons.</param>
/// <param name="FirstNeuron">The first that is wanted.</param>
/// <param name="Neurons">How many are wanted.</param>
internal sealed record RecorderTarget(int Index, string Name, int Units, int FirstNeuron, int Neurons)
{
    public bool Wants(int neuron) => neuron >= FirstNeuron && neuron < FirstNeuron + Neurons;
}
