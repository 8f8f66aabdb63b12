using System;
using System.Collections.Generic;
using Mono.Cecil;

namespace Microsoft.ML.Snn.Tests.Tidy;

/// <summary>Uses a type of another "room" and of a library only where it is easily overlooked: in closures and nested types.</summary>
internal static class RoomFixture
{
    public static Func<object> Closure(int seed) => () => seed > 0 ? new List<SourceFile[]>() : ReadingMode.Deferred;

    private abstract class Nested
    {
        public abstract void Take<T>(Dictionary<int, ModuleDefinition>? modules)
            where T : Exception;
    }
}
