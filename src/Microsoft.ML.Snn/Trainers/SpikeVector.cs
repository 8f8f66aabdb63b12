using Microsoft.ML.Data;
using Microsoft.ML.Snn.Encoding;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Writes the spikes of a raster as a sparse vector.</summary>
internal static class SpikeVector
{
    /// <param name="raster">The spikes; it must be reset afterwards.</param>
    /// <param name="slotCount">Steps by channels.</param>
    /// <param name="spikes">Receives 1 per spike.</param>
    public static void Write(SpikeRaster raster, int slotCount, ref VBuffer<float> spikes)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref spikes, slotCount, raster.Count);
        editor.Values.Fill(1);
        if (raster.Count < slotCount)
        {
            raster.MoveSlotsTo(editor.Indices);
        }

        spikes = editor.Commit();
    }
}
