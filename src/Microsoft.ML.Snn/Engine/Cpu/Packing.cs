using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Brings the chosen ones of eight elements together, without a branch per element.</summary>
internal static unsafe class Packing
{
    // For each mask the numbers of its bits, one byte each.
    private static readonly byte* s_orders = CreateOrders();

    /// <summary>The numbers of the bits that are set in a mask of 8 bits, and then zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Order(uint mask)
    {
        byte* order = s_orders + 8 * mask;
        if (Avx2.IsSupported)
        {
            // One instruction, where widening twice takes five.
            return Avx2.ConvertToVector256Int32(order);
        }

        Vector128<byte> bytes = Vector128.CreateScalar(*(ulong*)order).AsByte();
        Vector128<ushort> words = Vector128.WidenLower(bytes);
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    /// <summary>Those elements whose bits are set in a mask of 8 bits, and then any.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(uint mask, Vector256<float> value) => Vector256.ShuffleNative(value, Order(mask));

    private static byte* CreateOrders()
    {
        // 2 KiB for the life of the process.
        byte* orders = (byte*)NativeMemory.AllocZeroed(256 * 8);
        for (int mask = 0; mask < 256; mask++)
        {
            for (int bit = 0, at = 8 * mask; bit < 8; bit++)
            {
                if ((mask >> bit & 1) != 0)
                {
                    orders[at++] = (byte)bit;
                }
            }
        }

        return orders;
    }
}
