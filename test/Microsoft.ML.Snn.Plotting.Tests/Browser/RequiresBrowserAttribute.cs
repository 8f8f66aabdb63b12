using System;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Plotting.Tests.Browser;

/// <summary>Skips a test, and says so, where no Chromium is installed.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false)]
internal sealed class RequiresBrowserAttribute : ConditionBaseAttribute
{
    public RequiresBrowserAttribute()
        : base(ConditionMode.Include) =>
        IgnoreMessage = $"Needs one of {string.Join(", ", HeadlessBrowser.Names)} on the path, for example Debian's package chromium.";

    public override string GroupName => nameof(RequiresBrowserAttribute);

    public override bool IsConditionMet => HeadlessBrowser.Find() is not null;
}
