using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>What a spike means to a readout that is a weighted sum of V, by the step that found it.</summary>
/// <remarks>
/// Everything between a hidden spike and such a readout is linear: a spike of neuron j at the end of step n adds
/// w[j, k]·Response[n] to Y[k], and gets back Σ w[j, k]·(∂L/∂Y[k])·Error[n]. So the output layer needs no pass through time.
/// The numbers are those of <see cref="OutputPass{TLane}"/> for one output with ∂L/∂Y = 1.
/// </remarks>
internal sealed class ReadoutProfile
{
    public ReadoutProfile(NetworkProgram program)
    {
        OutputProgram output = program.Output;
        MembraneEquations membrane = output.Membrane;
        Response = new float[program.Steps];
        Error = new float[program.Steps];
        Trace = new float[program.Steps];
        FloatLane lambdaV = 0, lambdaI = 0, readoutByV = 0, readoutByI = 0;

        // What is found at the end of the last step arrives nowhere: it has 0. Step 0 itself is not needed by the spikes.
        for (int arrival = program.Steps - 1; arrival > 0; arrival--)
        {
            float weight = (float)ReadoutEquations.Weight(output.Readout, arrival, program.Steps, program.TimeStep);
            membrane.StepTransposed(weight, ref readoutByV, ref readoutByI);
            lambdaV += ReadoutEquations.Drive(1, weight, membrane.MembraneTime);
            membrane.StepBack(ref lambdaV, ref lambdaI);
            Response[arrival - 1] = readoutByI.Value;
            Error[arrival - 1] = (lambdaV - lambdaI).Value;
            Trace[arrival - 1] = lambdaI.Value;
        }
    }

    /// <summary>∂Y/∂w of a spike found at the end of a step, in the forward pass. Shape [step].</summary>
    public float[] Response { get; }

    /// <summary>λV - λI of an output at the arrival of that spike, for ∂L/∂Y = 1. Shape [step].</summary>
    public float[] Error { get; }

    /// <summary>λI of an output at the arrival of that spike, for ∂L/∂Y = 1. Shape [step].</summary>
    public float[] Trace { get; }
}
