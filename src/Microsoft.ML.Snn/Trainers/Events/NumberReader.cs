using System;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers.Events;

/// <summary>Reads a column of vectors of any numbers as doubles. It keeps its memory: one thread at a time.</summary>
internal sealed class NumberReader(DataViewRow row, int column)
{
    private readonly ValueGetter<VBuffer<double>> _get = RowCursorUtils.GetVecGetterAs<double>(NumberDataViewType.Double, row, column);
    private VBuffer<double> _values;
    private VBuffer<double> _dense;

    /// <summary>The values of the row; good until the next call.</summary>
    public ReadOnlySpan<double> Read()
    {
        _get(ref _values);
        if (_values.IsDense)
        {
            return _values.GetValues();
        }

        _values.CopyToDense(ref _dense);
        return _dense.GetValues();
    }
}
