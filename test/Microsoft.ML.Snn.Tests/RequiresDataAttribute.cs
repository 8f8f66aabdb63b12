using System;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests;

/// <summary>Skips a test, and says so, where data files are missing that are not part of the repository.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false)]
internal sealed class RequiresDataAttribute : ConditionBaseAttribute
{
    private readonly string[] _relativePaths;

    public RequiresDataAttribute(params string[] relativePaths) : base(ConditionMode.Include)
    {
        _relativePaths = relativePaths;
        IgnoreMessage = $"Needs {string.Join(", ", relativePaths)} in the folder that SNN_DATA names, or in shared/data beside the repository.";
    }

    public override string GroupName => nameof(RequiresDataAttribute);

    public override bool IsConditionMet => _relativePaths.All(path => TestData.Find(path) is not null);
}
