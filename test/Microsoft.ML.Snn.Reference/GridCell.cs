namespace Microsoft.ML.Snn.Reference;

/// <summary>One neuron of a <see cref="GridGraph"/>. Between two grid indices a linear system x' = f(x), solved by its Taylor series.</summary>
internal sealed class GridCell
{
    private const int Terms = 20;

    private readonly GridPopulation _population;
    private readonly int _neuron;

    // x = V, then two stages of every current, then 1: column c of the matrix is what x[c] = 1 has become after a step.
    private readonly Moving[,] _step;
    private Moving[] _x;

    public GridCell(GridPopulation population, int neuron, double timeStep)
    {
        (_population, _neuron) = (population, neuron);
        int size = 2 + 2 * population.Groups.Count;
        _step = new Moving[size, size];
        for (int column = 0; column < size; column++)
        {
            var x = new Moving[size];
            x[column] = 1;
            Moving[] term = [.. x];
            for (int n = 1; n <= Terms; n++)
            {
                term = Derivative(term);
                for (int k = 0; k < size; k++)
                {
                    term[k] *= timeStep / n;
                    x[k] += term[k];
                }
            }

            for (int k = 0; k < size; k++)
            {
                _step[k, column] = x[k];
            }
        }

        _x = new Moving[size];
        _x[^1] = 1;
    }

    public Moving Adaptation { get; set; }

    /// <summary>What arrives by delta synapses in this step.</summary>
    public Moving Jump { get; set; }

    /// <summary>Σ of weight times the rate of the arrival's time, over the arrivals by delta synapses in this step.</summary>
    public double JumpTimeRate { get; set; }

    /// <summary>First grid index from which the potential moves again.</summary>
    public int ReleaseStep { get; set; }

    /// <summary>How fast the time of the last spike changes.</summary>
    public double SpikeTimeRate { get; set; }

    public Moving V
    {
        get => _x[0];
        set => _x[0] = value;
    }

    public Moving Leak => _population.IsLeaky ? 1 : 0;

    public Moving MembraneTime => _population.MembraneTimes[_neuron];

    public Moving Threshold => _population.Thresholds[_neuron];

    /// <summary>Sum of all currents.</summary>
    public Moving Current
    {
        get
        {
            Moving sum = _population.Biases[_neuron];
            for (int g = 0; g < _population.Groups.Count; g++)
            {
                sum += _x[1 + 2 * g];
            }

            return sum;
        }
    }

    /// <summary>dV/dt as it is now.</summary>
    public double Slope => ((Current - Leak * V) / MembraneTime).Value;

    /// <summary>What a constant current of 1 adds to V in one step.</summary>
    public Moving DriveOfCurrent
    {
        get
        {
            // The Taylor series of x' = (1 - leak x)/τm from x = 0.
            Moving x = 0, term = 1 / MembraneTime * TimeStep;
            for (int n = 2; n <= Terms; n++)
            {
                x += term;
                term = -1 * Leak * term / MembraneTime * (TimeStep / n);
            }

            return x;
        }
    }

    public required double TimeStep { get; init; }

    /// <summary>Lets a spike arrive.</summary>
    /// <param name="group">The group that it adds to.</param>
    /// <param name="weight">By how much.</param>
    /// <param name="timeRate">How fast its time changes: later by δ, the neuron was without it for δ longer.</param>
    /// <param name="isHeld">Whether the potential is held.</param>
    public void Arrive(int group, Moving weight, double timeRate, bool isHeld)
    {
        ExactSynapseKind kind = _population.Groups[group].Kind;
        double late = weight.Value * timeRate;
        if (kind == ExactSynapseKind.Delta)
        {
            Jump += weight;
            JumpTimeRate += late;
            return;
        }

        int current = 1 + 2 * group;
        int arriving = kind == ExactSynapseKind.Alpha ? current + 1 : current;
        double time = _population.Groups[group].Times[_neuron].Value;
        _x[arriving] = (_x[arriving] + weight).Pushed(late / time);
        if (kind == ExactSynapseKind.Alpha)
        {
            _x[current] = _x[current].Pushed(-late / time);
        }
        else if (!isHeld)
        {
            V = V.Pushed(-late / MembraneTime.Value);
        }
    }

    /// <summary>What a feature's current, on for a whole step, adds at its beginning.</summary>
    public Moving Kick(int group) => _population.Groups[group].Kind == ExactSynapseKind.Delta
        ? DriveOfCurrent
        : TimeStep / _population.Groups[group].Times[_neuron];

    /// <summary>Moves one step; a held potential stays.</summary>
    public void Step(bool isHeld)
    {
        var next = new Moving[_x.Length];
        for (int k = 0; k < next.Length; k++)
        {
            for (int c = 0; c < next.Length; c++)
            {
                next[k] += _step[k, c] * _x[c];
            }
        }

        next[0] = isHeld ? V : next[0];
        _x = next;
    }

    private Moving[] Derivative(Moving[] x)
    {
        var d = new Moving[x.Length];
        Moving current = _population.Biases[_neuron] * x[^1];
        for (int g = 0; g < _population.Groups.Count; g++)
        {
            if (_population.Groups[g].Kind == ExactSynapseKind.Delta)
            {
                continue;
            }

            int at = 1 + 2 * g;
            Moving time = _population.Groups[g].Times[_neuron];
            current += x[at];
            d[at] = (x[at + 1] - x[at]) / time;
            d[at + 1] = -1 * x[at + 1] / time;
        }

        d[0] = (current - Leak * x[0]) / MembraneTime;
        return d;
    }
}
