"""Test models whose weights come from a closed form, as tests/support/wb-test-model.c makes them.

Element k (row-major, from 0) of the tensor with number t (its place in the parameter table) is

    scale * sin (1.7 t + 0.61 k + 0.37 (k mod 1009)^2)

computed in double, plus 1 for a LayerNorm's weight.  The quadratic term keeps matrices from having
rank two.  Scales: SCALES below.
"""

import numpy
import torch
from transformers import DebertaV2Config, DebertaV2ForSequenceClassification


def wave(t, n):
    k = numpy.arange(n, dtype=numpy.int64)
    return numpy.sin(1.7 * t + 0.61 * k + 0.37 * (k % 1009).astype(numpy.float64) ** 2)


def scale_of(name, shape):
    if name.endswith("embeddings.weight"):
        return 0.5
    if len(shape) == 2:
        return 1.2 / numpy.sqrt(shape[1])
    return 0.3 if "LayerNorm.weight" in name else 0.2


def table_order(config):
    """Names in the order of engine/model/wb-parameter-table.c."""
    names = ["deberta.embeddings.word_embeddings.weight"]
    names += ["deberta.embeddings.LayerNorm.weight", "deberta.embeddings.LayerNorm.bias"]
    names += ["deberta.encoder.rel_embeddings.weight"]
    names += ["deberta.encoder.LayerNorm.weight", "deberta.encoder.LayerNorm.bias"]
    for layer in range(config.num_hidden_layers):
        prefix = f"deberta.encoder.layer.{layer}."
        for kind in ("weight", "bias"):
            names += [prefix + f"attention.self.{p}_proj.{kind}" for p in ("query", "key", "value")]
        for module in ("attention.output.dense", "attention.output.LayerNorm", "intermediate.dense",
                       "output.dense", "output.LayerNorm"):
            names += [prefix + module + ".weight", prefix + module + ".bias"]
    return names + ["pooler.dense.weight", "pooler.dense.bias", "classifier.weight", "classifier.bias"]


def make_config(vocabulary, hidden, layers, heads, intermediate, buckets, distance, labels):
    return DebertaV2Config(
        vocab_size=vocabulary, hidden_size=hidden, num_hidden_layers=layers,
        num_attention_heads=heads, intermediate_size=intermediate, max_position_embeddings=512,
        type_vocab_size=0, relative_attention=True, position_buckets=buckets,
        max_relative_positions=distance, norm_rel_ebd="layer_norm", share_att_key=True,
        pos_att_type=["p2c", "c2p"], position_biased_input=False, layer_norm_eps=1e-7,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=labels)


def make_model(config, dtype):
    """The model in @dtype; its weights are the closed form rounded to float32."""
    model = DebertaV2ForSequenceClassification(config).to(torch.float64)
    parameters = dict(model.named_parameters())
    names = table_order(config)
    assert sorted(names) == sorted(parameters), set(names) ^ set(parameters)
    with torch.no_grad():
        for t, name in enumerate(names):
            p = parameters[name]
            values = scale_of(name, p.shape) * wave(t, p.numel())
            if "LayerNorm.weight" in name:
                values = values + 1
            p.copy_(torch.from_numpy(values.astype(numpy.float32).astype(numpy.float64)).view(p.shape))
    return model.to(dtype)


def generated_ids(sequence, n, vocabulary):
    """[CLS], then ids from a closed form, [SEP] in the middle and at the end."""
    ids = [4 + (7919 * (sequence + 1) + 31 * i * i + 17 * i) % (vocabulary - 4) for i in range(n)]
    ids[0], ids[n // 2], ids[n - 1] = 1, 2, 2
    return ids
