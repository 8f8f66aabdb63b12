using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>A user's neuron behind a user's synapse: its steps, and their adjoint derived by dual numbers.</summary>
/// <remarks>
/// <para>Forward, with y = (x, s) and F(y) = (dx/dt, ds/dt): order within step n as everywhere. The weights that arrive at
/// n·dt go into s; y moves to (n+1)·dt by one or more equal Runge-Kutta steps of order 4 (Kutta 1901); then the threshold
/// g is tested. Where g reaches 0 in one of several sub-steps, x waits there for the end of the step, so that a
/// potential that runs away does not run far. At a spike x⁺ = R(x⁻).</para>
/// <para>Adjoint: a = ∂L/∂y at a moment, in units of the loss per unit of the variable. Across a step a⁻ = Jᵀ·a⁺, with J the
/// derivative of that very step: the chain rule through its stages, whose ∂F/∂y come from runs on dual numbers. At a spike, with E = ∂L/∂t of its arrivals
/// elsewhere and f⁻, f⁺ the derivatives dx/dt before and after the reset,
/// a⁻ = R'ᵀ·a⁺ - ∇g·(a⁺·(R'·f⁻ - f⁺) + E)/(∇g·f⁻).
/// In a refractory period x is held at R(x⁻) while the synapses go on: then a⁺ and f⁺ are those of its end, where x is
/// released, and an arrival in it moves nothing but s.
/// Of a weight that arrives at t, ∂L/∂w = a·∂s/∂w and ∂L/∂t = a·(F before - F after).</para>
/// <para>The adjoint of the leaky integrate-and-fire engine is the same in other units: a = -τm·λV and -τs·λI.</para>
/// <para>Sources: Galán, Feehery and Barton, Appl. Numer. Math. 31:17 (1999) for the jump; Wunderlich and Pehle,
/// Sci. Rep. 11:12829 (2021) for its use in spiking networks; Griewank and Walther (2008) for the dual numbers.</para>
/// </remarks>
internal readonly struct CellEquations<TNeuron, TSynapse>(TNeuron neuron, TSynapse synapse, double timeStep, int subSteps)
    where TNeuron : unmanaged, INeuronEquations
    where TSynapse : unmanaged, ISynapseEquations
{
    public readonly TNeuron Neuron = neuron;

    public readonly TSynapse Synapse = synapse;

    public readonly float SubStep = (float)(timeStep / subSteps);

    public readonly int SubSteps = subSteps;

    public CellState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => new(Neuron.Initial<TLane>(), default);

    /// <summary>F(y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CellState<TLane> Derivatives<TLane>(CellState<TLane> y)
        where TLane : struct, ILane<TLane> =>
        new(Neuron.Derivatives(y.Neuron, Synapse.Current(y.Synapse)), Synapse.Derivatives(y.Synapse));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CellState<TLane> Arrive<TLane>(CellState<TLane> y, TLane weight)
        where TLane : struct, ILane<TLane> => new(y.Neuron, Synapse.Arrive(y.Synapse, weight));

    /// <summary>One Runge-Kutta step.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public CellState<TLane> Integrate<TLane>(CellState<TLane> y, TLane duration)
        where TLane : struct, ILane<TLane>
    {
        TLane half = TLane.Splat(0.5f) * duration;
        CellState<TLane> first = Derivatives(y);
        CellState<TLane> second = Derivatives(Moved(y, half, first));
        CellState<TLane> third = Derivatives(Moved(y, half, second));
        CellState<TLane> fourth = Derivatives(Moved(y, duration, third));
        TLane sixth = duration / TLane.Splat(6);
        TLane two = TLane.Splat(2);
        return Moved(y, sixth, Moved(Moved(Moved(first, two, second), two, third), TLane.Splat(1), fourth));
    }

    /// <summary>Moves from just after the arrivals of a step to its end, before any reset.</summary>
    /// <param name="y">The state.</param>
    /// <param name="before">The state before the sub-step that crossed the threshold, or before the last one.</param>
    /// <param name="after">The state after that sub-step.</param>
    /// <returns>The state at the end of the step.</returns>
    public CellState<TLane> Step<TLane>(CellState<TLane> y, out CellState<TLane> before, out CellState<TLane> after)
        where TLane : struct, ILane<TLane>
    {
        TLane duration = TLane.Splat(SubStep);
        before = y;
        after = Integrate(y, duration);
        CellState<TLane> end = after;
        for (int n = 1; n < SubSteps; n++)
        {
            TLane threshold = Neuron.Threshold(end.Neuron);
            CellState<TLane> next = Integrate(end, duration);
            before = Select(threshold, before, end);
            after = Select(threshold, after, next);
            end = new(CellState<TLane>.SelectNotNegative(threshold, end.Neuron, next.Neuron), next.Synapse);
        }

        return end;
    }

    /// <summary>Jᵀ·a: moves the adjoint from the end of a step to just after its arrivals.</summary>
    /// <param name="y">The state just after the arrivals.</param>
    /// <param name="adjoint">The adjoint at the end of the step, before any reset.</param>
    /// <remarks>
    /// The states between the sub-steps are found again from the begin: a kernel has no room to keep them, and going
    /// back costs several times what going forward does.
    /// </remarks>
    public CellState<TLane> StepBack<TLane>(CellState<TLane> y, CellState<TLane> adjoint)
        where TLane : struct, ILane<TLane>
    {
        TLane duration = TLane.Splat(SubStep);
        for (int n = SubSteps - 1; n > 0; n--)
        {
            CellState<TLane> start = After(y, n, duration);

            // Where the neuron waits for the end of the step only its synapses move.
            TLane threshold = Neuron.Threshold(start.Neuron);
            NeuronState<TLane> moving = CellState<TLane>.SelectNotNegative(threshold, default, adjoint.Neuron);
            CellState<TLane> moved = IntegrateBack(start, new CellState<TLane>(moving, adjoint.Synapse), duration);
            adjoint = new(CellState<TLane>.SelectNotNegative(threshold, adjoint.Neuron, moved.Neuron), moved.Synapse);
        }

        return IntegrateBack(y, adjoint, duration);
    }

    /// <summary>Jᵀ·a of one Runge-Kutta step: the chain rule through its four stages, last stage first.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public CellState<TLane> IntegrateBack<TLane>(CellState<TLane> y, CellState<TLane> adjoint, TLane duration)
        where TLane : struct, ILane<TLane>
    {
        TLane half = TLane.Splat(0.5f) * duration;
        TLane sixth = duration / TLane.Splat(6);
        TLane third = duration / TLane.Splat(3);
        CellState<TLane> secondPoint = Ahead(in y, half, in y);
        CellState<TLane> thirdPoint = Ahead(in y, half, in secondPoint);
        CellState<TLane> fourthPoint = Ahead(in y, duration, in thirdPoint);

        CellState<TLane> none = default;
        CellState<TLane> pull = Pull(in fourthPoint, Sum(sixth, in adjoint, sixth, in none));
        CellState<TLane> total = Sum(TLane.Splat(1), in adjoint, TLane.Splat(1), in pull);
        pull = Pull(in thirdPoint, Sum(third, in adjoint, duration, in pull));
        total = Sum(TLane.Splat(1), in total, TLane.Splat(1), in pull);
        pull = Pull(in secondPoint, Sum(third, in adjoint, half, in pull));
        total = Sum(TLane.Splat(1), in total, TLane.Splat(1), in pull);
        pull = Pull(in y, Sum(sixth, in adjoint, half, in pull));
        return Sum(TLane.Splat(1), in total, TLane.Splat(1), in pull);
    }

    // The methods below stay methods: all of them in one would be more than the compiler inlines, and it would then make
    // a call of every addition. Runge-Kutta steps are methods too: the compiler of kernels would copy them to every call.

    /// <summary>y + duration·F(at).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private CellState<TLane> Ahead<TLane>(in CellState<TLane> y, TLane duration, in CellState<TLane> at)
        where TLane : struct, ILane<TLane> => Moved(y, duration, Derivatives(at));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CellState<TLane> Sum<TLane>(TLane scaleA, in CellState<TLane> a, TLane scaleB, in CellState<TLane> b)
        where TLane : struct, ILane<TLane> => Moved(Moved(default, scaleA, a), scaleB, b);

    /// <summary>(∂F/∂y)ᵀ·a, a run on dual numbers for each variable and for the current.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private CellState<TLane> Pull<TLane>(in CellState<TLane> y, in CellState<TLane> adjoint)
        where TLane : struct, ILane<TLane>
    {
        TLane zero = TLane.Splat(0), one = TLane.Splat(1);
        TLane current = Synapse.Current(y.Synapse);
        ref readonly NeuronState<TLane> x = ref y.Neuron;
        ref readonly NeuronState<TLane> ax = ref adjoint.Neuron;
        TLane byCurrent = Along(in x, default, current, one, in ax);
        return new(
            new(
                Along(in x, new(one), current, zero, in ax),
                Neuron.StateCount > 1 ? Along(in x, new(zero, one), current, zero, in ax) : zero,
                Neuron.StateCount > 2 ? Along(in x, new(zero, zero, one), current, zero, in ax) : zero,
                Neuron.StateCount > 3 ? Along(in x, new(zero, zero, zero, one), current, zero, in ax) : zero),
            new(
                AlongSynapse(y.Synapse, new(one), byCurrent, adjoint.Synapse),
                Synapse.StateCount > 1 ? AlongSynapse(y.Synapse, new(zero, one), byCurrent, adjoint.Synapse) : zero));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TLane Along<TLane>(
        in NeuronState<TLane> x, in NeuronState<TLane> direction, TLane current, TLane currentDirection, in NeuronState<TLane> adjoint)
        where TLane : struct, ILane<TLane> => Dot(
            Neuron.Derivatives(CellState<TLane>.Along(x, direction), new Dual<TLane>(current, currentDirection)), adjoint);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane AlongSynapse<TLane>(
        SynapseState<TLane> s, SynapseState<TLane> direction, TLane byCurrent, SynapseState<TLane> adjoint)
        where TLane : struct, ILane<TLane>
    {
        SynapseState<Dual<TLane>> moved = CellState<TLane>.Along(s, direction);
        return byCurrent * Synapse.Current(moved).Derivative + Dot(Synapse.Derivatives(moved), adjoint);
    }

    /// <summary>The state after some sub-steps.</summary>
    private CellState<TLane> After<TLane>(CellState<TLane> y, int subSteps, TLane duration)
        where TLane : struct, ILane<TLane>
    {
        CellState<TLane> end = Integrate(y, duration);
        for (int n = 1; n < subSteps; n++)
        {
            TLane threshold = Neuron.Threshold(end.Neuron);
            CellState<TLane> next = Integrate(end, duration);
            end = new(CellState<TLane>.SelectNotNegative(threshold, end.Neuron, next.Neuron), next.Synapse);
        }

        return end;
    }

    /// <summary>A held neuron some time later.</summary>
    public CellState<TLane> Held<TLane>(CellState<TLane> y, TLane duration)
        where TLane : struct, ILane<TLane> => new(y.Neuron, Integrate(y, duration).Synapse);

    /// <summary>The adjoint of a held neuron some time before: that of x stays.</summary>
    public CellState<TLane> HeldBack<TLane>(CellState<TLane> y, CellState<TLane> adjoint, TLane duration)
        where TLane : struct, ILane<TLane> =>
        new(adjoint.Neuron, IntegrateBack(y, new CellState<TLane>(default, adjoint.Synapse), duration).Synapse);

    /// <summary>a·f: what moves the loss where x begins to move later.</summary>
    /// <param name="y">The state where it begins to move: after a reset, or at the end of a refractory period.</param>
    /// <param name="adjoint">The adjoint there.</param>
    public TLane AlongMovement<TLane>(CellState<TLane> y, CellState<TLane> adjoint)
        where TLane : struct, ILane<TLane> => Dot(Derivatives(y).Neuron, adjoint.Neuron);

    /// <summary>The state after a spike.</summary>
    public CellState<TLane> AfterReset<TLane>(CellState<TLane> spike)
        where TLane : struct, ILane<TLane> => new(Neuron.Reset(spike.Neuron), spike.Synapse);

    /// <summary>The moment of a spike inside the sub-step that crossed the threshold, taken on a straight line.</summary>
    /// <remarks>
    /// The slope is positive at a true crossing; at the end of the step it need not be, and would turn the sign of the
    /// gradient.
    /// </remarks>
    public CellState<TLane> AtSpike<TLane>(CellState<TLane> before, CellState<TLane> after)
        where TLane : struct, ILane<TLane>
    {
        TLane from = Neuron.Threshold(before.Neuron);
        TLane to = Neuron.Threshold(after.Neuron);
        TLane zero = TLane.Splat(0);

        // A neuron that was above its threshold already spikes without crossing it.
        TLane fraction = TLane.SelectGreaterOrEqual(from, zero, zero, from / (from - to));
        return CellState<TLane>.Between(before, after, fraction);
    }

    /// <summary>∇g·f: how fast the neuron crosses its threshold, per millisecond.</summary>
    public TLane Slope<TLane>(CellState<TLane> spike)
        where TLane : struct, ILane<TLane> =>
        Neuron.Threshold(CellState<TLane>.Along(spike.Neuron, Derivatives(spike).Neuron)).Derivative;

    /// <summary>The adjoint just before a spike.</summary>
    /// <param name="spike">The state at the spike, before the reset.</param>
    /// <param name="adjoint">The adjoint just after, or after the refractory period.</param>
    /// <param name="alongMovement">a·f where x begins to move again, of <see cref="AlongMovement"/>.</param>
    /// <param name="error">∂L/∂t of the spike's arrivals elsewhere.</param>
    /// <param name="slope">Of <see cref="Slope"/>, kept away from 0.</param>
    /// <param name="push">What regularisation adds along ∇g.</param>
    public CellState<TLane> AdjointBeforeSpike<TLane>(
        CellState<TLane> spike, CellState<TLane> adjoint, TLane alongMovement, TLane error, TLane slope, TLane push)
        where TLane : struct, ILane<TLane>
    {
        NeuronState<TLane> x = spike.Neuron;
        TLane current = Synapse.Current(spike.Synapse);
        NeuronState<Dual<TLane>> reset = Neuron.Reset(CellState<TLane>.Along(x, Neuron.Derivatives(x, current)));
        TLane later = Dot(reset, adjoint.Neuron) - alongMovement + error;
        TLane alongThreshold = push - later / slope;

        CellState<TLane> result = adjoint;
        for (int slot = 0; slot < Neuron.StateCount; slot++)
        {
            NeuronState<Dual<TLane>> moved = CellState<TLane>.Along(x, Unit<TLane>(slot).Neuron);
            result = result.With(
                slot,
                Dot(Neuron.Reset(moved), adjoint.Neuron) + Neuron.Threshold(moved).Derivative * alongThreshold);
        }

        return result;
    }

    /// <summary>∂L/∂w of a weight that arrives.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane LossByWeight<TLane>(CellState<TLane> adjoint)
        where TLane : struct, ILane<TLane>
    {
        SynapseState<TLane> kick = Kick<TLane>();
        return kick.First * adjoint.Synapse.First + kick.Second * adjoint.Synapse.Second;
    }

    /// <summary>∂L/∂t of an arrival, per unit of its weight.</summary>
    /// <param name="before">The state before all arrivals of the moment.</param>
    /// <param name="weights">The sum of all weights that arrive.</param>
    /// <param name="adjoint">The adjoint after them.</param>
    /// <remarks>
    /// F before - F after is shared among the arrivals by its derivative half way, which is exact where F is at most
    /// quadratic in s.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane LossByArrivalTime<TLane>(CellState<TLane> before, TLane weights, CellState<TLane> adjoint)
        where TLane : struct, ILane<TLane>
    {
        CellState<TLane> middle = Arrive(before, TLane.Splat(0.5f) * weights);
        var direction = new CellState<TLane>(default, Kick<TLane>());
        return -Dot(Derivatives(middle.Along(direction)), adjoint);
    }

    /// <summary>∂s/∂w of an arrival.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SynapseState<TLane> Kick<TLane>()
        where TLane : struct, ILane<TLane>
    {
        SynapseState<Dual<TLane>> arrived = Synapse.Arrive(
            default, new Dual<TLane>(TLane.Splat(0), TLane.Splat(1)));
        return new(arrived.First.Derivative, arrived.Second.Derivative);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CellState<TLane> Unit<TLane>(int slot)
        where TLane : struct, ILane<TLane> => default(CellState<TLane>).With(slot, TLane.Splat(1));

    /// <summary>y + scale·direction, in the slots that are in use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CellState<TLane> Moved<TLane>(CellState<TLane> y, TLane scale, CellState<TLane> direction)
        where TLane : struct, ILane<TLane>
    {
        NeuronState<TLane> x = y.Neuron, dx = direction.Neuron;
        SynapseState<TLane> s = y.Synapse, ds = direction.Synapse;
        return new(
            new(
                x.First + scale * dx.First,
                Neuron.StateCount > 1 ? x.Second + scale * dx.Second : x.Second,
                Neuron.StateCount > 2 ? x.Third + scale * dx.Third : x.Third,
                Neuron.StateCount > 3 ? x.Fourth + scale * dx.Fourth : x.Fourth),
            new(
                s.First + scale * ds.First,
                Synapse.StateCount > 1 ? s.Second + scale * ds.Second : s.Second));
    }

    private static CellState<TLane> Select<TLane>(TLane value, CellState<TLane> yes, CellState<TLane> no)
        where TLane : struct, ILane<TLane>
    {
        TLane zero = TLane.Splat(0);
        return new(
            CellState<TLane>.SelectNotNegative(value, yes.Neuron, no.Neuron),
            new(
                TLane.SelectGreaterOrEqual(value, zero, yes.Synapse.First, no.Synapse.First),
                TLane.SelectGreaterOrEqual(value, zero, yes.Synapse.Second, no.Synapse.Second)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane Dot<TLane>(CellState<Dual<TLane>> a, CellState<TLane> b)
        where TLane : struct, ILane<TLane> => Dot(a.Neuron, b.Neuron) + Dot(a.Synapse, b.Synapse);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane Dot<TLane>(SynapseState<Dual<TLane>> a, SynapseState<TLane> b)
        where TLane : struct, ILane<TLane>
    {
        TLane sum = a.First.Derivative * b.First;
        return Synapse.StateCount > 1 ? sum + a.Second.Derivative * b.Second : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane Dot<TLane>(NeuronState<Dual<TLane>> a, NeuronState<TLane> b)
        where TLane : struct, ILane<TLane> =>
        Dot(new NeuronState<TLane>(a.First.Derivative, a.Second.Derivative, a.Third.Derivative, a.Fourth.Derivative), b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane Dot<TLane>(NeuronState<TLane> a, NeuronState<TLane> b)
        where TLane : struct, ILane<TLane>
    {
        TLane sum = a.First * b.First;
        sum = Neuron.StateCount > 1 ? sum + a.Second * b.Second : sum;
        sum = Neuron.StateCount > 2 ? sum + a.Third * b.Third : sum;
        return Neuron.StateCount > 3 ? sum + a.Fourth * b.Fourth : sum;
    }
}
