using System;
using System.IO;
using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>A population of a user's neurons: the loops of <see cref="CellEquations{TNeuron, TSynapse}"/>.</summary>
/// <remarks>
/// The adjoint of a nonlinear step needs the state that it began with. The forward pass keeps it, and what arrived, for
/// every step: memory grows with the number of steps. A spike needs no more: the backward pass runs its step again.
/// </remarks>
internal sealed unsafe partial class CustomPass<TLane, TNeuron, TSynapse> : CellPass<TLane>
    where TLane : struct, ISimdLane<TLane>
    where TNeuron : unmanaged, INeuronEquations
    where TSynapse : unmanaged, ISynapseEquations
{
    private readonly CellEquations<TNeuron, TSynapse> _cell;
    private readonly NativeBuffer<float> _state;
    private readonly NativeBuffer<float> _arrivals;
    private readonly NativeBuffer<float> _errors;

    // Forward the steps left in the refractory period; backward 1 within it.
    private readonly NativeBuffer<float> _held;

    // a·f at the release of each neuron that is held.
    private readonly NativeBuffer<float> _release;
    private readonly int _refractory;
    private readonly int _steps;
    private readonly int _stride;
    private readonly int _rows;
    private int _jumpCursor;
    private int _releaseCursor;
    private int _errorStep;

    public CustomPass(PopulationCoefficients coefficients, CellEquations<TNeuron, TSynapse> cell, int steps)
        : base(coefficients)
    {
        (_cell, _steps, _stride) = (cell, steps, Stride);
        _rows = cell.Neuron.StateCount + cell.Synapse.StateCount;
        _state = new NativeBuffer<float>((long)_rows * _stride);
        _arrivals = new NativeBuffer<float>(_stride);
        _errors = new NativeBuffer<float>(_stride);
        _refractory = coefficients.Program.Neuron.RefractorySteps;
        _held = new NativeBuffer<float>(_refractory > 0 ? _stride : 0);
        _release = new NativeBuffer<float>(_held.Length);
    }

    private float TimeConstant => Coefficients.MembraneTime[0];

    public override float* Arrivals(int group) => _arrivals.Pointer;

    public override void BeginForward()
    {
        CellState<TLane> initial = _cell.Initial<TLane>();
        for (int j = 0; j < _stride; j += TLane.Width)
        {
            Store(initial, _state.Pointer + j);
        }

        TakeNumbers();
        ClearArrivals();
        ClearHeld();
        Tape.Clear();
        Tape.States.Grow((long)_steps * (_rows + 1) * _stride);
    }

    public override void Advance(int step)
    {
        float* kept = Kept(step);
        TLane zero = TLane.Splat(0);
        for (int j = 0; j < _stride; j += TLane.Width)
        {
            CellState<TLane> before = Load(_state.Pointer + j);
            TLane weights = TLane.Load(_arrivals.Pointer + j);
            Store(before, kept + j);
            TLane.Store(weights, kept + _rows * _stride + j);

            CellState<TLane> end = _cell.Step(_cell.Arrive(before, weights), out _, out _);
            TLane threshold = _cell.Neuron.Threshold(end.Neuron);
            NeuronState<TLane> after = CellState<TLane>.SelectNotNegative(
                threshold, _cell.Neuron.Reset(end.Neuron), end.Neuron);
            uint spikes = TLane.MaskGreaterOrEqual(threshold, zero);
            if (_refractory > 0)
            {
                TLane held = TLane.Load(_held.Pointer + j) - TLane.Splat(1);
                after = CellState<TLane>.SelectNotNegative(held, before.Neuron, after);
                spikes &= ~TLane.MaskGreaterOrEqual(held, zero);
                TLane.Store(TLane.SelectGreaterOrEqual(held, zero, held, zero), _held.Pointer + j);
            }

            Store(new(after, end.Synapse), _state.Pointer + j);
            Record(step + 1, j, spikes);
        }

        ClearArrivals();
        EndStep(step);
        if (_steps == 1 || step == Steps - 1)
        {
            RequireFinite();
        }
    }

    public override void WriteState(BinaryWriter writer)
    {
        for (int row = 0; row < _rows; row++)
        {
            StateStream.Write<float>(writer, new Span<float>(_state.Pointer + (nint)row * _stride, Program.Units));
        }

        StateStream.Write<float>(writer, new Span<float>(_held.Pointer, _refractory > 0 ? Program.Units : 0));
    }

    public override void ReadState(BinaryReader reader)
    {
        for (int row = 0; row < _rows; row++)
        {
            StateStream.Read(reader, new Span<float>(_state.Pointer + (nint)row * _stride, Program.Units));
        }

        StateStream.Read(reader, new Span<float>(_held.Pointer, _refractory > 0 ? Program.Units : 0));
    }

    public override bool Has(StateVariable variable) => RowOf(variable) >= 0;

    public override void CopyState(StateVariable variable, Span<float> state) =>
        new ReadOnlySpan<float>(_state.Pointer + RowOf(variable) * _stride, state.Length).CopyTo(state);

    public override void BeginBackward()
    {
        Unsafe.InitBlock(_state.Pointer, 0, (uint)(_state.Length * sizeof(float)));
        ClearHeld();
        _jumpCursor = _releaseCursor = Tape.Count;
        _errorStep = -1;
        Grazing = 0;
    }

    public override void StepBack(int step)
    {
        Release(step + 1);
        Jump(step);
        for (int j = 0; j < _stride; j += TLane.Width)
        {
            CellState<TLane> arrived = _cell.Arrive(Load(Kept(step) + j), KeptArrivals(step, j));
            CellState<TLane> after = Load(_state.Pointer + j);
            CellState<TLane> adjoint = _cell.StepBack(arrived, Moving(after, j));
            if (_refractory > 0)
            {
                adjoint = new(CellState<TLane>.SelectNotNegative(HeldOf(j), after.Neuron, adjoint.Neuron), adjoint.Synapse);
            }

            Store(adjoint, _state.Pointer + j);
            TLane.Store(_cell.LossByWeight(adjoint), _arrivals.Pointer + j);
        }

        EndStep(step);
    }

    public override float* ArrivalErrors(int group, int step)
    {
        if (_errorStep != step)
        {
            _errorStep = step;
            for (int j = 0; j < _stride; j += TLane.Width)
            {
                CellState<TLane> before = Load(Kept(step) + j);
                TLane error = _cell.LossByArrivalTime(before, KeptArrivals(step, j), Moving(Load(_state.Pointer + j), j));
                TLane.Store(error, _errors.Pointer + j);
            }
        }

        return _errors.Pointer;
    }

    public override void Dispose()
    {
        _state.Dispose();
        _arrivals.Dispose();
        _errors.Dispose();
        _held.Dispose();
        _release.Dispose();
    }

    /// <summary>State at the begin of a step, before its arrivals, and then the arrivals. Shape [variable, neuron]. A stream keeps one step only.</summary>
    private float* Kept(int step) => Tape.States.Pointer + (nint)(_steps == 1 ? 0 : step) * (_rows + 1) * _stride;

    private TLane KeptArrivals(int step, int j) => TLane.Load(Kept(step) + _rows * _stride + j);

    private void Record(int index, int j, uint spikes)
    {
        // The neurons of the padding have no input, but may spike all the same.
        int neurons = Program.Units - j;
        spikes &= neurons < TLane.Width ? (1u << neurons) - 1 : uint.MaxValue;
        if (spikes == 0)
        {
            return;
        }

        Tape.Reserve(TLane.Width);
        int at = Tape.Count;
        for (; spikes != 0; spikes &= spikes - 1)
        {
            Tape.Time[at] = index;
            Tape.Neuron[at] = j + BitOperations.TrailingZeroCount(spikes);
            Tape.Error[at] = 0;
            if (_refractory > 0)
            {
                _held.Pointer[Tape.Neuron[at]] = _refractory;
            }

            at++;
        }

        Tape.Count = at;
    }

    /// <summary>Below 0 where the neuron moves, 0 where it is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane HeldOf(int j) => TLane.Load(_held.Pointer + j) - TLane.Splat(1);

    /// <summary>The adjoint of what moves: of a held neuron its synapses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CellState<TLane> Moving(CellState<TLane> adjoint, int j) => _refractory == 0
        ? adjoint
        : new(CellState<TLane>.SelectNotNegative(HeldOf(j), default, adjoint.Neuron), adjoint.Synapse);

    /// <summary>Goes back over the ends of refractory periods: before them x was held.</summary>
    private void Release(int index)
    {
        // Spikes whose release lies beyond the trial were never released: nothing comes back to them.
        for (; _refractory > 0 && _releaseCursor > 0 && Tape.Time[_releaseCursor - 1] + _refractory >= index; _releaseCursor--)
        {
            int neuron = Tape.Neuron[_releaseCursor - 1];
            bool isInTrial = Tape.Time[_releaseCursor - 1] + _refractory == index && index < _steps;
            _held.Pointer[neuron] = 1;
            _release.Pointer[neuron] = isInTrial
                ? _cell.AlongMovement(LoadOne(Kept(index) + neuron), LoadOne(_state.Pointer + neuron)).Value
                : 0;
        }
    }

    /// <summary>Takes every spike at the end of a step back to just before it.</summary>
    private void Jump(int step)
    {
        float limit = GrazingLimit / TimeConstant;
        for (; _jumpCursor > 0 && Tape.Time[_jumpCursor - 1] == step + 1; _jumpCursor--)
        {
            int k = _jumpCursor - 1;
            int neuron = Tape.Neuron[k];
            float* kept = Kept(step) + neuron;
            CellState<FloatLane> arrived = _cell.Arrive(LoadOne(kept), new FloatLane(kept[_rows * _stride]));
            _cell.Step(arrived, out CellState<FloatLane> before, out CellState<FloatLane> after);
            CellState<FloatLane> spike = _cell.AtSpike(before, after);
            float slope = _cell.Slope(spike).Value;
            bool isGrazing = !(slope > limit);
            Grazing += isGrazing ? 1 : 0;
            CellState<FloatLane> behind = LoadOne(_state.Pointer + neuron);
            FloatLane alongMovement = _refractory > 0
                ? new FloatLane(_release.Pointer[neuron])
                : _cell.AlongMovement(_cell.AfterReset(spike), behind);
            CellState<FloatLane> adjoint = _cell.AdjointBeforeSpike(
                spike, behind, alongMovement, new FloatLane(Tape.Error[k]), new FloatLane(isGrazing ? limit : slope),
                new FloatLane(Push == null ? 0 : TimeConstant * Push[neuron]));
            StoreOne(adjoint, _state.Pointer + neuron);
            if (_refractory > 0)
            {
                _held.Pointer[neuron] = 0;
            }
        }
    }

    private void EndStep(int step)
    {
        if (step % Denormal.StepsBetweenFlushes == 0)
        {
            RowLoops<TLane>.Flush(_state.Pointer, _rows * _stride);
        }
    }

    private void ClearHeld()
    {
        Unsafe.InitBlock(_held.Pointer, 0, (uint)(_held.Length * sizeof(float)));
        Unsafe.InitBlock(_release.Pointer, 0, (uint)(_release.Length * sizeof(float)));
    }

    private void ClearArrivals() => Unsafe.InitBlock(_arrivals.Pointer, 0, (uint)(_stride * sizeof(float)));

    /// <summary>What is no number never becomes one again, and never spikes: it would look like a silent neuron.</summary>
    private void RequireFinite()
    {
        for (int row = 0; row < _rows; row++)
        {
            for (int neuron = 0; neuron < Program.Units; neuron++)
            {
                float value = _state.Pointer[row * _stride + neuron];
                if (!float.IsFinite(value))
                {
                    throw RunawayState.Error(typeof(TNeuron), row, neuron, Program.Name, value);
                }
            }
        }
    }

    // Written out, not as a loop over the variables: so the compiler keeps them in registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CellState<TLane> Load(float* source)
    {
        int neuron = _cell.Neuron.StateCount;
        TLane zero = TLane.Splat(0);
        float* synapse = source + neuron * _stride;
        return new(
            new(
                TLane.Load(source),
                neuron > 1 ? TLane.Load(source + _stride) : zero,
                neuron > 2 ? TLane.Load(source + 2 * _stride) : zero,
                neuron > 3 ? TLane.Load(source + 3 * _stride) : zero),
            new(TLane.Load(synapse), _cell.Synapse.StateCount > 1 ? TLane.Load(synapse + _stride) : zero));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(CellState<TLane> state, float* target)
    {
        int neuron = _cell.Neuron.StateCount;
        TLane.Store(state.Neuron.First, target);
        if (neuron > 1)
        {
            TLane.Store(state.Neuron.Second, target + _stride);
        }

        if (neuron > 2)
        {
            TLane.Store(state.Neuron.Third, target + 2 * _stride);
        }

        if (neuron > 3)
        {
            TLane.Store(state.Neuron.Fourth, target + 3 * _stride);
        }

        TLane.Store(state.Synapse.First, target + neuron * _stride);
        if (_cell.Synapse.StateCount > 1)
        {
            TLane.Store(state.Synapse.Second, target + (neuron + 1) * _stride);
        }
    }

    private CellState<FloatLane> LoadOne(float* source)
    {
        CellState<FloatLane> state = default;
        for (int row = 0; row < _rows; row++)
        {
            state = state.With(SlotOf(row), new FloatLane(source[row * _stride]));
        }

        return state;
    }

    private void StoreOne(CellState<FloatLane> state, float* target)
    {
        for (int row = 0; row < _rows; row++)
        {
            target[row * _stride] = state[SlotOf(row)].Value;
        }
    }

    /// <summary>Where a variable lies in the state, or -1 where the cell has none of that name.</summary>
    private int RowOf(StateVariable variable)
    {
        int row = variable switch
        {
            StateVariable.Membrane => 0,
            StateVariable.SecondVariable => 1,
            StateVariable.ThirdVariable => 2,
            StateVariable.FourthVariable => 3,
            _ => int.MaxValue,
        };
        return variable == StateVariable.Current ? _cell.Neuron.StateCount : row < _cell.Neuron.StateCount ? row : -1;
    }

    private int SlotOf(int row) =>
        row < _cell.Neuron.StateCount ? row : CellState<FloatLane>.SynapseSlot + row - _cell.Neuron.StateCount;
}
