using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using PureHDF;
using PureHDF.Filters;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace Microsoft.ML.Snn.Hdf5;

/// <summary>An open HDF5 file of spike trains. Threads may share it.</summary>
internal sealed class SpikeHdf5File
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly IH5Dataset _times;
    private readonly IH5Dataset _units;

    static SpikeHdf5File() => H5Filter.Register(new LenientShuffle());

    private SpikeHdf5File(string path, IH5Dataset times, IH5Dataset units, long[] labels, string[] classes)
    {
        _path = path;
        _times = times;
        _units = units;
        Classes = classes;
        Recordings = [.. labels.Select((label, n) => new SpikeRecording((uint)label + 1, $"{path}#{n}", n))];
    }

    /// <summary>Gets the examples.</summary>
    public SpikeRecording[] Recordings { get; }

    /// <summary>Gets the names of the classes.</summary>
    public string[] Classes { get; }

    /// <summary>Opens a file and reads its labels.</summary>
    public static SpikeHdf5File Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"File '{path}' does not exist.", path);
        }

        return Guard(path, () =>
        {
            NativeFile file = H5File.OpenRead(path);
            try
            {
                return Check(path, file);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        });
    }

    /// <summary>Reads the spikes of an example: times in seconds and channels.</summary>
    public (double[] Times, long[] Units) Read(int index)
    {
        lock (_lock)
        {
            return Guard(_path, () =>
            {
                double[] times = Floats(_times, index);
                long[] units = Integers(_units, index);
                return times.Length == units.Length
                    ? (times, units)
                    : throw Error(_path, "must have as many times as units in each example", $"example {index} has {times.Length} and {units.Length}");
            });
        }
    }

    private static SpikeHdf5File Check(string path, NativeFile file)
    {
        IH5Dataset times = file.Dataset("spikes/times"), units = file.Dataset("spikes/units");
        long[] labels = Integers(file.Dataset("labels"));
        string[]? names = file.LinkExists("extra") && file.Group("extra").LinkExists("keys") ? file.Dataset("extra/keys").Read<string[]>() : null;
        ulong examples = (ulong)labels.Length;
        if (examples == 0 || times.Space.Dimensions is not [var timeCount] || timeCount != examples
            || units.Space.Dimensions is not [var unitCount] || unitCount != examples)
        {
            throw Error(path, "must have one label, one list of times and one of units for each of one or more examples",
                $"has {examples} labels, times [{string.Join(", ", times.Space.Dimensions)}] and units [{string.Join(", ", units.Space.Dimensions)}]");
        }

        // As many classes as there are labels are plenty; a damaged label must not make us allocate gigabytes.
        int limit = names?.Length ?? Math.Max(labels.Length, 1000);
        int bad = Array.FindIndex(labels, label => label < 0 || label >= limit);
        return bad >= 0
            ? throw Error(path, $"must have labels of 0 to {limit - 1}", $"label {bad} is {labels[bad]}")
            : new SpikeHdf5File(path, times, units, labels, names ?? Numbers(labels.Max() + 1));
    }

    private static string[] Numbers(long count) =>
        [.. Enumerable.Range(0, (int)count).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    private static double[] Floats(IH5Dataset dataset, int index) => BaseSize(dataset) switch
    {
        2 => Row<Half, double>(dataset, index, x => (double)x),
        4 => Row<float, double>(dataset, index, x => x),
        _ => Row<double, double>(dataset, index, x => x),
    };

    private static long[] Integers(IH5Dataset dataset, int index) => BaseSize(dataset) switch
    {
        1 => Row<byte, long>(dataset, index, x => x),
        2 => Row<ushort, long>(dataset, index, x => x),
        4 => Row<int, long>(dataset, index, x => x),
        _ => Row<long, long>(dataset, index, x => x),
    };

    private static long[] Integers(IH5Dataset dataset) => dataset.Type.Size switch
    {
        1 => Array.ConvertAll(dataset.Read<byte[]>(), x => (long)x),
        2 => Array.ConvertAll(dataset.Read<ushort[]>(), x => (long)x),
        4 => Array.ConvertAll(dataset.Read<int[]>(), x => (long)x),
        _ => dataset.Read<long[]>(),
    };

    private static int BaseSize(IH5Dataset dataset) => dataset.Type.VariableLength.BaseType.Size;

    private static TResult[] Row<T, TResult>(IH5Dataset dataset, int index, Converter<T, TResult> convert) =>
        Array.ConvertAll(dataset.Read<T[][]>(new HyperslabSelection((ulong)index, 1))[0], convert);

    /// <summary>The reader reports damage with exceptions of many kinds; a caller should see one.</summary>
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception damage) when (damage is not (InvalidDataException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new InvalidDataException(
                $"File '{path}' must be an HDF5 file with spikes/times, spikes/units and labels, but could not be read: {damage.Message} "
                + "Copy or download it again, and check its layout.", damage);
        }
    }

    private static InvalidDataException Error(string path, string expected, string found) =>
        new($"File '{path}' {expected}, but {found}. Copy or download it again, and check its layout.");
}
