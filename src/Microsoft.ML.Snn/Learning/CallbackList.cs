using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Calls the callbacks of a training in order, and says which of them failed where.</summary>
internal sealed class CallbackList(IReadOnlyList<TrainingCallback> callbacks, TrainingContext context, Action<string> warn)
{
    private int _begun;

    public TrainingContext Context => context;

    /// <summary>What of the callbacks decides the numbers of the training.</summary>
    public IEnumerable<string> Identities => callbacks.Select(callback => callback.Identity).OfType<string>();

    /// <summary>Lets callbacks load the state of the training before any of them hears of it.</summary>
    public void Restore()
    {
        foreach (TrainingCallback callback in callbacks)
        {
            callback.Restore(context);
        }
    }

    public void TrainingBegin()
    {
        foreach (TrainingCallback callback in callbacks)
        {
            _begun++;
            Guard(callback, nameof(callback.OnTrainingBegin), static (c, at) => c.OnTrainingBegin(at));
        }
    }

    /// <summary>Tells every callback that was told of the beginning. None can spoil what has been learned.</summary>
    public void TrainingEnd()
    {
        for (; _begun > 0; _begun--)
        {
            TrainingCallback callback = callbacks[_begun - 1];
            try
            {
                callback.OnTrainingEnd(context);
            }
            catch (Exception failure)
            {
                warn($"{Describe(callback, nameof(callback.OnTrainingEnd))}: {failure.Message}");
            }
        }
    }

    public void EpochBegin() => All(nameof(TrainingCallback.OnEpochBegin), static (c, at) => c.OnEpochBegin(at));

    public void EpochEnd() => All(nameof(TrainingCallback.OnEpochEnd), static (c, at) => c.OnEpochEnd(at));

    public void BatchBegin() => All(nameof(TrainingCallback.OnBatchBegin), static (c, at) => c.OnBatchBegin(at));

    public void BatchEnd() => All(nameof(TrainingCallback.OnBatchEnd), static (c, at) => c.OnBatchEnd(at));

    private static string Describe(TrainingCallback callback, string method) =>
        $"Callback {callback.GetType().Name} failed in {method}";

    private void All(string method, Action<TrainingCallback, TrainingContext> call)
    {
        // By index: an enumerator would be allocated at every batch.
        for (int n = 0; n < callbacks.Count; n++)
        {
            Guard(callbacks[n], method, call);
        }
    }

    private void Guard(TrainingCallback callback, string method, Action<TrainingCallback, TrainingContext> call)
    {
        try
        {
            call(callback, context);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{Describe(callback, method)}: {failure.Message} Training was stopped.", failure);
        }
    }
}
