using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>The bytes of an IDX file, the format of the MNIST digits, plain or compressed with gzip.</summary>
/// <remarks>
/// A file is: 0, 0, the type of the items (8: byte), the number of dimensions; each dimension as a big-endian 32-bit
/// number; the items. Source: the description at the end of the MNIST page, http://yann.lecun.com/exdb/mnist/.
/// </remarks>
internal sealed class IdxFile
{
    private const int ByteItems = 8;

    // A deflate stream gives at most 1032 bytes for one: a damaged header must not make us allocate gigabytes.
    private const long MostInflation = 1032;

    private IdxFile(string path, int[] dimensions, byte[] items)
    {
        Path = path;
        Dimensions = dimensions;
        Items = items;
    }

    public string Path { get; }

    /// <summary>Gets the sizes, the number of examples first.</summary>
    public int[] Dimensions { get; }

    /// <summary>Gets all items, the last index adjacent in memory.</summary>
    public byte[] Items { get; }

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="InvalidDataException">It is no IDX file of bytes, or is shorter or longer than it says.</exception>
    public static IdxFile Read(string path, int dimensionCount)
    {
        using FileStream file = File.OpenRead(path);
        bool isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        long mostBytes = isCompressed ? checked(file.Length * MostInflation) : file.Length;
        using Stream content = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        return Read(path, content, dimensionCount, mostBytes);
    }

    private static IdxFile Read(string path, Stream content, int dimensionCount, long mostBytes)
    {
        Span<byte> header = stackalloc byte[4 + 4 * dimensionCount];
        int headerLength = Fill(path, content, header);
        if (headerLength < 4 || header[0] != 0 || header[1] != 0 || header[2] != ByteItems || header[3] != dimensionCount)
        {
            throw new InvalidDataException(
                $"File '{path}' must be an IDX file of bytes with {dimensionCount} dimensions, whose first bytes are "
                + $"00-00-08-0{dimensionCount}, but they were {BitConverter.ToString([.. header[..Math.Min(4, headerLength)]])}. "
                + "Check that images and labels are not swapped.");
        }

        if (headerLength < header.Length)
        {
            throw WrongLength(path, $"a header of {header.Length} bytes", headerLength);
        }

        int[] dimensions = new int[dimensionCount];
        long itemCount = 1;
        for (int i = 0; i < dimensionCount; i++)
        {
            dimensions[i] = BinaryPrimitives.ReadInt32BigEndian(header[(4 + 4 * i)..]);
            if (dimensions[i] <= 0 || itemCount * dimensions[i] > Array.MaxLength)
            {
                throw new InvalidDataException(
                    $"File '{path}' must have dimensions of 1 or more and at most {Array.MaxLength} items, but dimension {i} was "
                    + $"{dimensions[i]}. Copy or download it again.");
            }

            itemCount *= dimensions[i];
        }

        string expected = $"{string.Join(" x ", dimensions)} = {itemCount} bytes after its header";
        if (itemCount > mostBytes - header.Length)
        {
            throw WrongLength(path, expected, "fewer");
        }

        byte[] items = new byte[itemCount];
        int found = Fill(path, content, items);
        if (found < items.Length)
        {
            throw WrongLength(path, expected, found);
        }

        // Reading on to the end also makes the gzip stream compare its checksum.
        return Fill(path, content, stackalloc byte[1]) == 0 ? new IdxFile(path, dimensions, items) : throw WrongLength(path, expected, "more");
    }

    private static int Fill(string path, Stream content, Span<byte> destination)
    {
        try
        {
            return content.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException(
                $"File '{path}' must be a complete gzip file, but is damaged: {damaged.Message} Copy or download it again.", damaged);
        }
    }

    private static InvalidDataException WrongLength(string path, string expected, object found) =>
        new($"File '{path}' must hold {expected}, but had {found}. Copy or download it again.");
}
