using System;
using System.Collections.Generic;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Reads the label column of a task, row by row, and checks every value.</summary>
internal sealed class TargetReader
{
    private readonly IHost _host;
    private readonly SnnTask _task;
    private readonly DataViewSchema.Column _column;
    private readonly int _rows;
    private readonly List<int> _classes = [];
    private readonly List<float> _values = [];
    private Func<long, bool> _read = static _ => false;

    public TargetReader(IHost host, SnnTask task, DataViewSchema.Column column, int steps)
    {
        (_host, _task, _column) = (host, task, column);
        bool isSequence = task is SnnTask.SequenceClassification or SnnTask.SequenceRegression;
        int size = column.Type is VectorDataViewType vector ? vector.Size : 1;
        _rows = isSequence ? steps : 1;
        if (size % _rows != 0 || (task == SnnTask.SequenceClassification && size != steps))
        {
            throw host.Except(
                $"Label column '{column.Name}' must have {(task == SnnTask.SequenceClassification ? "one key" : "the same number of values")} "
                + $"for each of the {steps} time steps, but has {size} values. Check how the label vector was made.");
        }

        Width = size / _rows;
        AreClasses = task is SnnTask.MulticlassClassification or SnnTask.SequenceClassification;
        Outputs = AreClasses ? KeyCount(column) : Width;
    }

    public DataViewSchema.Column Column => _column;

    /// <summary>Number of output neurons that the label needs.</summary>
    public int Outputs { get; }

    private int Width { get; }

    private bool AreClasses { get; }

    /// <summary>Reads from a cursor from now on.</summary>
    public void Start(DataViewRowCursor cursor) => _read = (_column.Type, _task) switch
    {
        (KeyDataViewType, _) => Scalar<uint>(cursor, AddKey),
        (BooleanDataViewType, _) => Scalar<bool>(cursor, (value, _) => AddValue(value ? 1 : 0)),
        (VectorDataViewType { ItemType: KeyDataViewType }, _) => Vector<uint>(cursor, AddKeys),
        (VectorDataViewType { ItemType: BooleanDataViewType }, _) => Vector<bool>(cursor, AddFlags),
        (VectorDataViewType, _) => Vector<float>(cursor, AddNumbers),
        _ => Scalar<float>(cursor, AddNumber),
    };

    /// <summary>Reads the label of a row.</summary>
    /// <returns>False if the row has none and is to be left out.</returns>
    public bool Read(long row) => _read(row);

    /// <summary>Forgets the row that was read last: another label of it is missing.</summary>
    public void Drop()
    {
        int count = _rows * Width;
        if (AreClasses)
        {
            _classes.RemoveRange(_classes.Count - count, count);
        }
        else
        {
            _values.RemoveRange(_values.Count - count, count);
        }
    }

    /// <summary>All that was read, as it stands in the column.</summary>
    public Targets ToTargets() => AreClasses ? Targets.OfClasses([.. _classes], _rows) : Targets.OfValues([.. _values], Width, _rows);

    private static int KeyCount(DataViewSchema.Column column) =>
        (int)Math.Min(int.MaxValue, ((KeyDataViewType)(column.Type is VectorDataViewType vector ? vector.ItemType : column.Type)).Count);

    private Func<long, bool> Scalar<T>(DataViewRowCursor cursor, Func<T, long, bool> add)
    {
        ValueGetter<T> get = cursor.GetGetter<T>(_column);
        T value = default!;
        return row =>
        {
            get(ref value);
            return add(value, row);
        };
    }

    private Func<long, bool> Vector<T>(DataViewRowCursor cursor, Func<T[], long, bool> add)
    {
        ValueGetter<VBuffer<T>> get = cursor.GetGetter<VBuffer<T>>(_column);
        VBuffer<T> value = default;
        var dense = new T[_rows * Width];
        return row =>
        {
            get(ref value);
            if (value.Length != dense.Length)
            {
                throw _host.Except(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Every row of label column '{_column.Name}' must have {dense.Length} values, as the type of the column says, but row {row} has {value.Length}. ")
                    + "Fill it up, or drop it.");
            }

            value.CopyTo(dense);
            return add(dense, row);
        };
    }

    // Keys count from 1; 0 is a missing value.
    private bool AddKey(uint key, long row)
    {
        if (key == 0)
        {
            return false;
        }

        _classes.Add((int)key - 1);
        return true;
    }

    private bool AddKeys(uint[] keys, long row)
    {
        if (Array.TrueForAll(keys, key => key == 0))
        {
            return false;
        }

        foreach (uint key in keys)
        {
            _classes.Add(key == 0 ? Target.NoClass : (int)key - 1);
        }

        return true;
    }

    private bool AddValue(float value)
    {
        _values.Add(value);
        return true;
    }

    private bool AddFlags(bool[] flags, long row)
    {
        Array.ForEach(flags, flag => _values.Add(flag ? 1 : 0));
        return true;
    }

    private bool AddNumber(float value, long row)
    {
        CheckNumber(value, row);
        return AddValue(value);
    }

    private bool AddNumbers(float[] values, long row)
    {
        bool hasTarget = false;
        for (int first = 0; first < values.Length; first += Width)
        {
            Span<float> step = values.AsSpan(first, Width);

            // A step of a sequence may have no target; half a target is an error.
            bool isMissing = _task == SnnTask.SequenceRegression && !step.ContainsAnyExcept(float.NaN);
            foreach (float value in step)
            {
                if (!isMissing)
                {
                    CheckNumber(value, row);
                }

                _values.Add(value);
            }

            hasTarget |= !isMissing;
        }

        if (!hasTarget)
        {
            _values.RemoveRange(_values.Count - values.Length, values.Length);
        }

        return hasTarget;
    }

    private void CheckNumber(float value, long row)
    {
        if (_task == SnnTask.MultiLabelClassification ? value is not (0 or 1) : !float.IsFinite(value))
        {
            throw _host.Except(string.Create(
                CultureInfo.InvariantCulture,
                $"Label column '{_column.Name}' must hold {(_task == SnnTask.MultiLabelClassification ? "0 or 1" : "finite numbers")}, but row {row} has {value}. ")
                + "Replace or drop such rows, for example with FilterRowsByMissingValues.");
        }
    }
}
