using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Snn.Engine;

namespace Microsoft.ML.Snn;

/// <content>The machine.</content>
public sealed partial class SnnOperations
{
    /// <summary>Looks for the GPUs that can train.</summary>
    /// <returns>Name, interface and memory of each; the position is what <see cref="MLContext.GpuDeviceId"/> counts. Empty where no driver answers.</returns>
    [SuppressMessage("Performance", "CA1822", Justification = "It is found where the other operations are.")]
    public IReadOnlyList<string> FindGpus()
    {
        using AcceleratorDevices devices = AcceleratorDevices.Find();
        return devices.Names();
    }
}
