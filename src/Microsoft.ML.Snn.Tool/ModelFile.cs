using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tool;

/// <summary>A model file that holds the text loader as well, so that a data file is all that a prediction needs.</summary>
internal sealed class ModelFile
{
    private readonly IDataLoader<IMultiStreamSource> _loader;

    private ModelFile(ITransformer model, IDataLoader<IMultiStreamSource> loader) => (Model, _loader) = (model, loader);

    public ITransformer Model { get; }

    /// <summary>Writes the file whole or not at all: a full disk must not leave half a model under the name.</summary>
    public static void Save(MLContext context, ITransformer model, TextLoader loader, string path)
    {
        string unfinished = path + ".tmp";
        try
        {
            using (FileStream stream = File.Create(unfinished))
            {
                context.Model.Save(model, loader, stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <exception cref="ToolException">There is no such file, or it is no model of ours.</exception>
    public static ModelFile Open(MLContext context, string path)
    {
        if (!File.Exists(path))
        {
            throw new ToolException($"The model must be a file that 'snn train' made, but there is none at '{path}'.");
        }

        try
        {
            ITransformer model = context.Model.LoadWithDataLoader(path, out IDataLoader<IMultiStreamSource> loader);
            return new ModelFile(model, loader);
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            throw new ToolException($"The model must be a file that 'snn train' made, but '{path}' could not be read: {Innermost(broken).Message}", broken);
        }
    }

    /// <summary>Scores the rows of a data file.</summary>
    public IDataView Score(string dataset)
    {
        if (!File.Exists(dataset))
        {
            throw new ToolException($"The data set must be a file, but there is none at '{dataset}'. Check --dataset.");
        }

        return Model.Transform(_loader.Load(new MultiFileSource(dataset)));
    }

    /// <summary>The trained network inside the pipeline, or null where another trainer won.</summary>
    public T? Find<T>()
        where T : class => Flatten(Model).Select(step => step as T ?? (step as IPredictionTransformer<object>)?.Model as T).FirstOrDefault(found => found != null);

    /// <summary>The column that the trained network reads.</summary>
    public string FeatureColumn => Flatten(Model).OfType<SnnPredictionTransformer>().First().FeatureColumnName;

    private static IEnumerable<ITransformer> Flatten(ITransformer model) => model is IEnumerable<ITransformer> chain
        ? chain.SelectMany(Flatten)
        : [model];

    private static Exception Innermost(Exception error) => error.InnerException == null ? error : Innermost(error.InnerException);
}
