using System;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <content>The phases of a batch, and how each is cut into parts.</content>
internal sealed unsafe partial class ColumnEngine<TLane>
{
    /// <summary>A part of the work is a run of blocks, each cut into groups of examples or rows so that all parts are equal.</summary>
    private int First(int part) => part * (_memory.Blocks * _groups / _team.Size);

    private int FirstSlot(int group) => group * _count / _groups;

    private void ForwardAndSort(int worker, int part)
    {
        Forward(worker, part);

        // Every part sorts for itself: to sort is cheaper than to read what another core has just written.
        _indexes[part].Build(_events.AsSpan(0, _count), _memory.Segments);
    }

    private void Forward(int worker, int part)
    {
        for (int unit = First(part); unit < First(part + 1); unit++)
        {
            (int block, int group) = Math.DivRem(unit, _groups);
            for (int slot = FirstSlot(group); slot < FirstSlot(group + 1); slot++)
            {
                // To come from memory takes about as long as two passes.
                Prefetch(slot + 2);
                _passes.Forward(worker, block, slot, _events[slot], _trains!.IsConstantCurrent, _step.GrazingLimit);
            }
        }
    }

    private void Prefetch(int slot)
    {
        if (slot < _count)
        {
            _events[slot].Prefetch(_trains!.ChannelsOf(_examples[slot]).Length, _memory.Segments);
        }
    }

    private int FirstRead(int part) => part * _count / _team.Size;

    private void Read(int worker, int part)
    {
        for (int slot = FirstRead(part); slot < FirstRead(part + 1); slot++)
        {
            int example = _examples[slot];
            OutputRecord record = _records[slot];
            _passes.Read(worker, slot, record.Readout);
            record.TakeLoss(
                _program.Output.Readout, _program.Output.Loss, _targets![example], _exampleWeights == null ? 1 : _exampleWeights[example], _count);
        }
    }

    private void Score(int worker, int part)
    {
        int outputs = _program.Output.Units;
        for (int slot = FirstRead(part); slot < FirstRead(part + 1); slot++)
        {
            _passes.Read(worker, slot, _records[slot].Readout);
            _records[slot].CopyScores(_program.Output.Readout, _program.Output.Loss, new Span<float>(_scores + (long)slot * outputs, outputs));
        }
    }

    private void Backward(int worker, int part)
    {
        for (int unit = First(part); unit < First(part + 1); unit++)
        {
            (int block, int group) = Math.DivRem(unit, _groups);
            TakeCounts(block, group, _memory.Push(worker));
            for (int slot = FirstSlot(group); slot < FirstSlot(group + 1); slot++)
            {
                _passes.Backward(
                    worker, block, slot, _records[slot].LossByReadout, _trains!.IsConstantCurrent, _step.GrazingLimit);
            }
        }
    }

    private double RunUpdate()
    {
        _team.Run(_team.Size, _update);
        if (!_step.Clipping.IsActive)
        {
            return 0;
        }

        double squares = 0;
        foreach (double square in _squares)
        {
            squares += square;
        }

        double norm = Math.Sqrt(squares);
        _scale = _step.Clipping.Scale((float)norm);
        _team.Run(_team.Size, _apply);
        return norm;
    }

    private void Update(int worker, int part) => Update(part, isApplying: false);

    private void Apply(int worker, int part) => Update(part, isApplying: true);

    /// <summary>Runs the update of a part with the optimiser of each connection as a type: its loops must not choose.</summary>
    private void Update(int part, bool isApplying)
    {
        for (int unit = First(part); unit < First(part + 1); unit++)
        {
            foreach (ColumnWeights weights in (ReadOnlySpan<ColumnWeights>)[_input, _output])
            {
                UpdateEquations update = _step.Updates[weights.Connection.Index];
                if (update.IsAdam)
                {
                    Update(update.Adam.OnLanes<TLane>(), update.LeavesAtRest, weights, part, unit, isApplying);
                }
                else
                {
                    Update(update.Momentum.OnLanes<TLane>(), update.LeavesAtRest, weights, part, unit, isApplying);
                }
            }
        }
    }

    private void Update<TUpdate>(
        TUpdate optimizer, bool leavesAtRest, ColumnWeights weights, int part, int unit, bool isApplying)
        where TUpdate : struct, IUpdateLanes<TLane>
    {
        (int block, int group) = Math.DivRem(unit, _groups);
        (int first, int end) = weights.Rows(group, _groups);
        var update = new ColumnUpdate<TLane, TUpdate>
        {
            Optimizer = optimizer,
            LeavesAtRest = leavesAtRest,
            GatherOnly = _step.Clipping.IsActive,
            Rows = new(weights.Weight[block], weights.Mean[block], weights.Square[block], _keepsGradient ? weights.Gradient[block] : null),
        };
        if (isApplying)
        {
            update.Apply(_scale, first, end);
            return;
        }

        if (weights == _input)
        {
            update.Gather(
                _indexes[part], _memory.Lambda(block, slot: 0),
                -_hidden.Membrane.SynapseTime * (_trains!.IsConstantCurrent ? _hidden.Membrane.CurrentGain : 1),
                _memory.IsUsed(block), first, end);
        }
        else if (first < end)
        {
            update.GatherOutputs(
                (float**)_lossByReadout.Pointer, _memory.Traces(block, slot: 0), _memory.Neurons, _count,
                -_program.Output.Membrane.SynapseTime, end);
        }

        if (_step.Clipping.IsActive)
        {
            int square = block * weights.Pieces + (weights == _input ? 0 : _memory.Blocks * _input.Pieces);
            for (int row = first; row < end; row += ColumnWeights.RowsPerPiece)
            {
                _squares[square + row / ColumnWeights.RowsPerPiece] = update.SumOfSquares(row, Math.Min(row + ColumnWeights.RowsPerPiece, end));
            }
        }
    }

    /// <summary>Counts each neuron's spikes over the batch, for the statistics and for regularisation to act on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeCounts(int block, int group, float* push)
    {
        float* counts = _memory.NeuronCounts(block, slot: 0);
        for (int j = 0; j < BlockWidth; j += TLane.Width)
        {
            TLane sum = TLane.Splat(0);
            for (int slot = 0; slot < _count; slot++)
            {
                sum += TLane.Load(counts + slot * _memory.Neurons + j);
            }

            TLane.Store(sum, push + j);
        }

        int first = block * BlockWidth;
        for (int n = first; n < Math.Min(first + BlockWidth, _hidden.Units); n++, push++)
        {
            if (group == 0)
            {
                _spikeCounts[n] += (long)*push;
            }

            *push = _step.SpikeCounts.IsActive ? _step.SpikeCounts[0].Push(*push / _count, _count) : 0;
        }
    }

    private BatchResult Finish(double gradientNorm)
    {
        double loss = 0;
        int correct = 0;
        long spikes = 0, grazing = 0;
        for (int slot = 0; slot < _count; slot++)
        {
            loss += _records[slot].Loss;
            correct += _records[slot].Correct;
            for (int block = 0; block < _memory.Blocks; block++)
            {
                spikes += _memory.Spikes(block, slot);
                grazing += _memory.Grazing(block, slot);
            }
        }

        GC.KeepAlive(this);
        return new BatchResult(loss, correct, spikes, grazing, gradientNorm);
    }
}
