using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Tests.OwnNeurons;

namespace Microsoft.ML.Snn.Tests.Models;

/// <summary>The networks of the stored models: between them every field and every section that a model file may have.</summary>
internal static class StoredNetworks
{
    /// <summary>Steps of the trial where labels come step by step, and of the encoded trial.</summary>
    private const int Steps = 12;

    private static readonly Size2D s_pool = new(1, 2);

    /// <summary>Name, what of the format is in no other file, and the trainer.</summary>
    public static (string Name, string Holds, SnnTrainer.Options Options)[] All =>
    [
        ("adaptive", "adaptive neurons, subtraction, a jump synapse, another readout, loss named",
            With(Dense(
                new AdaptiveLeakyIntegrateFire { AdaptationTime = 30, AdaptationStrength = 0.2, ResetMode = ResetMode.Subtraction, Reset = -0.1 },
                new DeltaSynapse(),
                Layer.Output(Readout.MaximumMembrane, new LeakyIntegrator { MembraneTime = 12 }, loss: Loss.SoftmaxCrossEntropy)))),
        ("constant-current", "IsConstantCurrent", With(Dense(new LeakyIntegrateFire(), new ExponentialSynapse(), Layer.Output()), "Features")),
        ("event-driven", "Integrator, IsSpikeTimes, the numbers of FirstSpikeLoss", With(
            Dense(new LeakyIntegrateFire(), new ExponentialSynapse(3), Layer.Output(
                Readout.FirstSpikeTime, firstSpike: FirstSpikeLoss.CrossEntropy(2, 0.01, 7), weights: Weights.Normal(1, 0.5))),
            "Times", options => (options.Integrator, options.TimeSteps) = (Integrator.EventDriven, 40))),
        ("first-spike-graph", "FirstSpikeCode of a population", With(SnnNetwork.Graph(graph =>
        {
            GraphNode hidden = graph.Population("hidden", 6);
            graph.Connect(graph.Input(), hidden);
            graph.Connect(hidden, graph.Output("first", Readout.FirstSpikeTime, firstSpike: FirstSpikeLoss.RelativeMeanSquareError(4, temperature: 3)));
        }))),
        ("several-outputs", "section Outs with label scales", With(SnnNetwork.Graph(graph =>
        {
            GraphNode hidden = graph.Population("hidden", 6);
            graph.Connect(graph.Input(), hidden);
            graph.Connect(hidden, graph.Output("class", lossWeight: 0.5));
            graph.Connect(hidden, graph.Output("number"));
            graph.Connect(hidden, graph.Output("yes"));
        }), configure: options => options.OutputLabels = [new OutputLabel("number", "Number"), new OutputLabel("yes", "Yes")])),
        ("own-length", "section Ends", With(
            Dense(new LeakyIntegrateFire(), new ExponentialSynapse(), Layer.Output()), configure: options => options.StepsAfterLastSpike = 2)),
        ("own-neurons", "CellFormat with both synapses", With(SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input(), output = graph.Output();
            GraphNode two = graph.Population(
                "two", 5, Neuron.Custom(new TwoCompartmentNeuron { Coupling = 1.25f }, subSteps: 2, timeConstant: 15) with { RefractoryPeriod = 2 });
            GraphNode one = graph.Population("one", 5, Neuron.Custom(new QuadraticNeuron()));
            graph.Connect(input, two, synapse: Synapse.Custom(new RiseAndDecaySynapse { DecayTime = 4 }));
            graph.Connect(input, one, synapse: new ExponentialSynapse(6));
            graph.Connect(two, output);
            graph.Connect(one, output);
        }))),
        ("own-numbers", "format 4: learned numbers of a user's neuron", With(SnnNetwork.Sequential(
            Layer.Dense(6, Neuron.Custom(new TunableNeuron(), learned: TunableNeuron.Learned)), Layer.Output()))),
        ("sequence", "SequenceRegression with its scale, a readout and a loss of every step", With(
            Dense(new LeakyIntegrateFire(), new ExponentialSynapse(), Layer.Output(Readout.MembraneAtEveryStep)),
            "Features", options => (options.Task, options.LabelColumnName, options.TimeSteps) = (SnnTask.SequenceRegression, "Wave", Steps))),
        ("multi-label", "MultiLabelClassification", With(
            Dense(new LeakyIntegrateFire(), new ExponentialSynapse(), Layer.Output()),
            configure: options => (options.Task, options.LabelColumnName) = (SnnTask.MultiLabelClassification, "Flags"))),
        ("output-bias", "a layered network in the form of graphs: alpha synapse, learned bias of the output", With(
            Dense(new LeakyIntegrateFire { Bias = 0.1 }, new ExponentialSynapse(), Layer.Output(
                neuron: new LeakyIntegrator { Bias = 0.2, Learned = LearnedParameters.Bias }, synapse: new AlphaSynapse(4))))),
        ("forms", "inputs by name, tables of every kind, fixed weights, delays of every form, numbers per neuron, neurons without leak",
            With(Forms())),
    ];

    /// <summary>Encodes the features and trains the network.</summary>
    public static IEstimator<ITransformer> Pipeline(MLContext context, SnnTrainer.Options options)
    {
        SnnTrainer trainer = context.Snn().Train(options);
        return context.Snn().EncodeLatency("Spikes", "Features", Steps, bias: true).Append(trainer);
    }

    /// <summary>Rows to learn from; the first four are those of the stored scores.</summary>
    public static IDataView Rows(MLContext context) => context.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(n =>
    {
        float x = 0.4f + 0.15f * (n % 5), y = 0.4f + 0.1f * (n % 7), z = 0.5f + 0.25f * (n % 3);
        return new Row
        {
            Features = [x, y, z],
            Times = [0, 8 * x, 8 * y],
            Label = (uint)(n % 5 / 2),
            Number = 10 * y,
            Yes = x > y,
            Flags = [x > y ? 1 : 0, z > y ? 1 : 0],
            Wave = [.. Enumerable.Range(0, Steps).Select(step => 3 * x * step)],
        };
    }));

    /// <summary>All scores of the first four rows, of every output.</summary>
    public static float[] Scores(IDataView scored)
    {
        var found = new List<float>();
        foreach (DataViewSchema.Column column in scored.Schema.Where(column => column.Name.EndsWith("Score", StringComparison.Ordinal)))
        {
            found.AddRange(column.Type is VectorDataViewType
                ? scored.GetColumn<VBuffer<float>>(column).Take(4).SelectMany(row => row.DenseValues())
                : scored.GetColumn<float>(column).Take(4));
        }

        return [.. found];
    }

    private static SnnTrainer.Options With(SnnNetwork network, string features = "Spikes", Action<SnnTrainer.Options>? configure = null)
    {
        SnnTrainer.Options options = new()
        {
            FeatureColumnName = features,
            Network = network,
            NumberOfEpochs = 3,
            BatchSize = 8,
            NumberOfThreads = 1,
            Optimizer = new Adam(0.01),
            Seed = 1,
        };
        configure?.Invoke(options);
        return options;
    }

    private static SnnNetwork Dense(Neuron neuron, Synapse synapse, Layer output) =>
        SnnNetwork.Sequential(Layer.Dense(6, neuron, synapse), output);

    private static SnnNetwork Forms() => SnnNetwork.Graph(graph =>
    {
        GraphNode left = graph.Input("left", [1, 2, 1]), right = graph.Input("right", 2);
        GraphNode grown = graph.Population("grown", neuron: new IntegrateFire { Threshold = 0.3 });
        GraphNode pooled = graph.Population("pooled", neuron: new LeakyIntegrateFire
        {
            PerNeuron = new PerNeuron(thresholds: [0.1, 0.15], biases: [0.1, 0.2]),
        });
        GraphNode copied = graph.Population("copied", 2, new LeakyIntegrateFire { RefractoryPeriod = 1, Threshold = 0.2 });
        GraphNode output = graph.Output(readout: Readout.ExponentiallyWeightedMembrane);
        graph.Connect(left, grown, Connectivity.TransposedConvolution2D(1, s_pool, s_pool), new AlphaSynapse(3), delay: Delay.Of(1));
        graph.Connect(grown, pooled, Connectivity.AveragePool2D(s_pool), new DeltaSynapse());
        graph.Connect(right, copied, Connectivity.OneToOne, weights: Weights.Normal(1, 0.1), delay: Delay.PerNeuron([0, 2]));
        graph.Connect(pooled, copied, Connectivity.Pairs([(0, 1), (1, 0)]), new ExponentialSynapse(8), delay: Delay.PerSynapse([1, 3]));
        graph.Connect(grown, copied, Connectivity.AveragePoolDense(s_pool));
        graph.Connect(copied, copied, delay: Delay.PerSynapseUniform(0, 3, seed: 2));
        graph.Connect(copied, output, delay: Delay.PerNeuronUniform(1, 2, seed: 3).Learn(5));
        graph.Connect(pooled, output);
    });

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];

        [VectorType(3)]
        public float[] Times { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }

        public float Number { get; set; }

        public bool Yes { get; set; }

        [VectorType(2)]
        public float[] Flags { get; set; } = [];

        [VectorType(Steps)]
        public float[] Wave { get; set; } = [];
    }
}
