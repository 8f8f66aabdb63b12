using System;
using System.IO;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What the worker and the connections see of a population in the trial that a worker runs, whatever its neurons.</summary>
internal abstract unsafe class CellPass<TLane>(PopulationCoefficients coefficients) : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    public PopulationCoefficients Coefficients { get; } = coefficients;

    public PopulationProgram Program => Coefficients.Program;

    public int Stride => Coefficients.Stride;

    /// <summary>The spikes of the trial.</summary>
    public GraphTape Tape { get; set; } = null!;

    /// <summary>
    /// Potential and currents at the beginning of every step, shape [step, 1 + 2·groups, neuron]; null unless a time
    /// constant is learned: then what it does to a step depends on the state there.
    /// </summary>
    public float* Trace { get; set; }

    /// <summary>Number of steps of the trial.</summary>
    public int Steps { get; set; }

    /// <summary>How many spikes were so close to grazing the threshold that the limit acted.</summary>
    public int Grazing { get; set; }

    /// <summary>Smallest slope that a spike's gradient is divided by.</summary>
    public float GrazingLimit { get; set; }

    /// <summary>What regularisation takes from λV at each spike, shape [neuron], or null.</summary>
    public float* Push { get; set; }

    /// <summary>∂L/∂t of an arrival of any weight at the step that was gone back over last, where it ended the rise of a maximum. Shape [neuron].</summary>
    public virtual float* MovedErrors => null;

    /// <summary>Whether some of <see cref="MovedErrors"/> is not 0.</summary>
    public bool HasMovedErrors { get; set; }

    /// <summary>
    /// Whether all is 0 and stays so until <see cref="Wake"/>: nothing has arrived yet, or backward no loss and no spike
    /// has been met. Then a step would give the same bits and is left out.
    /// </summary>
    public bool IsAtRest { get; protected set; }

    /// <summary>Called before anything is added to the state.</summary>
    public void Wake() => IsAtRest = false;

    /// <summary>What spikes of one group add to: the current, the first stage, or what is added to the potential. Backward its derivative: ∂L/∂w of an arrival with weight w.</summary>
    public abstract float* Arrivals(int group);

    /// <summary>∂L/∂t of the arrival of a weight of 1 at each neuron, at the step that was gone back over last. Shape [neuron].</summary>
    public abstract float* ArrivalErrors(int group, int step);

    public abstract void BeginForward();

    /// <summary>Moves the population one step forward, with the arrivals of the step already added, and records its spikes.</summary>
    public abstract void Advance(int step);

    /// <summary>Told that the tape of a stream has forgotten its first spikes.</summary>
    public virtual void Forget(int count)
    {
    }

    /// <summary>Writes the state of every neuron between two steps.</summary>
    public abstract void WriteState(BinaryWriter writer);

    /// <summary>Takes over what <see cref="WriteState"/> wrote; the tape holds the latest spikes.</summary>
    public abstract void ReadState(BinaryReader reader);

    /// <summary>Whether <see cref="CopyState"/> knows a variable.</summary>
    public abstract bool Has(StateVariable variable);

    /// <summary>Copies a variable of all neurons, as it is between two steps of the forward pass.</summary>
    public abstract void CopyState(StateVariable variable, Span<float> state);

    public abstract void BeginBackward();

    /// <summary>Goes back over the spikes at the end of a step and then over the step itself.</summary>
    public abstract void StepBack(int step);

    /// <summary>Where the gradient of the population's own numbers goes, if any of them is learned.</summary>
    public virtual void SetGradient(GraphParameters parameters, float* gradient)
    {
    }

    /// <summary>Told that the first step has been gone back over: the state is the adjoint of the state that a trial begins with.</summary>
    public virtual void EndBackward()
    {
    }

    /// <summary>Adds what a constant current brings to the gradient of the time constants.</summary>
    public virtual void AddGainGradient(int group, int neuron, float derivatives, float current)
    {
    }

    public abstract void Dispose();
}
