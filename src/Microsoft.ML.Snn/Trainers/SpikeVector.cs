using Microsoft.ML.Data;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Writes spikes as a sparse vector.</summary>
internal static class SpikeVector
{
    /// <param name="raster">The spikes; it must be reset afterwards.</param>
    /// <param name="slotCount">Steps by channels.</param>
    /// <param name="spikes">Receives 1 per spike, or -1 for one of a negative feature.</param>
    public static void Write(SpikeRaster raster, int slotCount, ref VBuffer<float> spikes)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref spikes, slotCount, raster.Count);
        raster.MoveTo(raster.Count < slotCount ? editor.Indices : [], editor.Values);

        spikes = editor.Commit();
    }

    /// <param name="writer">The values of the row.</param>
    /// <param name="slotCount">Steps by channels, or the length of a plain vector.</param>
    /// <param name="values">Receives them; dense where no slot is 0.</param>
    public static void Write(SignalWriter writer, int slotCount, ref VBuffer<float> values)
    {
        writer.Finish();
        VBufferEditor<float> editor = VBufferEditor.Create(ref values, slotCount, writer.Count);
        writer.Values.CopyTo(editor.Values);
        if (writer.Count < slotCount)
        {
            writer.Slots.CopyTo(editor.Indices);
        }

        values = editor.Commit();
    }
}
