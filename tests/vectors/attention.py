"""Terms of the attention of every layer and head, of models of many shapes: attention.json.

    attention.py --out attention.json

Needs torch and transformers from PyPI.  transformers runs each model in float64 (with its LayerNorms
and divisor in float64 too) and gives the input of every layer; the terms are computed here from
those and its weights, by the formulas of 2.1 to 2.6 of the fact sheet, index by index, and their
softmax is held to the probabilities that transformers returns.

Nothing is stored but results.  Weights: element k (row-major) of a tensor is

    scale * sin (1.7 t + 0.61 k + 0.37 (k mod 1009)^2), t = number_of (its name)

in double, plus 1 for a LayerNorm's weight, rounded to float32.  Ids: generated_ids() of
closed_form.py; token types, where there are any, are 1 behind the middle.

A short text has its maps whole, a long one two projections of each: M w and w M, w[i] = sin (1 + i).
All numbers are float32, little-endian, base64: for each layer, head, map (c2c, c2p, p2c,
probabilities) the map's rows, or M w and then w M.
"""

import argparse
import base64
import json
import math

import numpy
import torch
from transformers import DebertaConfig, DebertaModel, DebertaV2Config, DebertaV2Model
from transformers.models.deberta import modeling_deberta
from transformers.models.deberta_v2 import modeling_deberta_v2

from closed_form import generated_ids, wave

SIZES = {"vocab_size": 97, "hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 3,
         "intermediate_size": 64, "max_position_embeddings": 128, "type_vocab_size": 0, "pad_token_id": 0,
         "layer_norm_eps": 1e-7, "relative_attention": True, "position_biased_input": False}
V2 = {"model_type": "deberta-v2", "pos_att_type": ["c2p", "p2c"], "share_att_key": True,
      "norm_rel_ebd": "layer_norm", "position_buckets": 256, "max_relative_positions": 512}
V1 = {"model_type": "deberta", "pos_att_type": ["c2p", "p2c"], "max_relative_positions": 512}
CONV = {"conv_kernel_size": 3, "conv_act": "gelu", "conv_groups": 1}
MODELS = {
    "v3": V2,
    "buckets 32 of 64": V2 | {"position_buckets": 32, "max_relative_positions": 64},
    "no buckets": V2 | {"position_buckets": -1, "max_relative_positions": 40, "norm_rel_ebd": "none"},
    "c2p only": V2 | {"pos_att_type": ["c2p"]},
    "p2c only": V2 | {"pos_att_type": ["p2c"]},
    "no terms": V2 | {"pos_att_type": ["none"], "position_biased_input": True},
    "own keys": V2 | {"share_att_key": False},
    "positions and types": V2 | {"position_biased_input": True, "type_vocab_size": 2, "embedding_size": 24},
    "v2, convolution 3": V2 | CONV,
    "v2, convolution 5": V2 | CONV | {"conv_kernel_size": 5, "conv_act": "tanh", "conv_groups": 2},
    "v1": V1,
    "v1, positions and types": V1 | {"position_biased_input": True, "type_vocab_size": 2},
    "v1, c2p only, clamped": V1 | {"pos_att_type": ["c2p"], "max_relative_positions": 40},
}
LENGTHS = {"v3": [13, 300], "buckets 32 of 64": [13, 100]}
USUAL_LENGTHS = [9, 70]


def keep_double():
    """transformers' roundings to float32 in a model of float64."""
    modeling_deberta.DebertaLayerNorm.forward = lambda self, x: torch.nn.functional.layer_norm(
        x, x.shape[-1:], self.weight, self.bias, self.variance_epsilon)
    for module in (modeling_deberta, modeling_deberta_v2):
        module.scaled_size_sqrt = lambda x, factor: torch.sqrt(
            torch.tensor(x.size(-1) * factor, dtype=torch.float64))


def number_of(name):
    value = 0
    for byte in name.encode():
        value = (value * 31 + byte) % 1000003
    return value % 997


def scale_of(name, shape):
    if name.endswith("embeddings.weight"):
        return 0.5
    if len(shape) > 1:
        return 1.2 / math.sqrt(numpy.prod(shape[1:]))
    return 0.3 if name.endswith("LayerNorm.weight") else 0.2


def make_model(settings):
    """In float64, the closed form rounded to float32."""
    kind, config = (DebertaV2Model, DebertaV2Config) if settings["model_type"] == "deberta-v2" else \
        (DebertaModel, DebertaConfig)
    keys = {k: v for k, v in settings.items() if k != "model_type"}
    model = kind._from_config(config(**keys, attn_implementation="eager")).to(torch.float64).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            name = "deberta." + name
            values = scale_of(name, p.shape) * wave(number_of(name), p.numel())
            if name.endswith("LayerNorm.weight"):
                values = values + 1
            p.copy_(torch.from_numpy(values.astype(numpy.float32).astype(numpy.float64)).view(p.shape))
    return model


def bucket(settings, distance):
    """2.5, in float32 as transformers has it."""
    size, most = settings.get("position_buckets", -1), settings["max_relative_positions"]
    mid = size // 2
    if size <= 0 or abs(distance) <= mid:
        return distance
    f = numpy.float32
    t = numpy.log(f(abs(distance)) / f(mid)) / numpy.log(f((most - 1) / mid)) * f(mid - 1)
    return int(math.copysign(math.ceil(t) + mid, distance))


def table_rows(settings, n):
    """(n, n): row of the relative table for query i and key j."""
    size = settings.get("position_buckets", -1)
    span = size if size > 0 else settings["max_relative_positions"]
    if settings["model_type"] == "deberta":
        cut = min(n, span)
        row = lambda r: span - cut + min(max(r + cut, 0), 2 * cut - 1)
    else:
        row = lambda r: min(max(bucket(settings, r) + span, 0), 2 * span - 1)
    return numpy.array([[row(i - j) for j in range(n)] for i in range(n)])


def weights_of(model):
    return {name: p.detach().numpy() for name, p in model.named_parameters()}


def normalized_table(settings, w):
    table = w["encoder.rel_embeddings.weight"]
    if "layer_norm" not in settings.get("norm_rel_ebd", ""):
        return table
    middle = table - table.mean(1, keepdims=True)
    size = numpy.sqrt((middle ** 2).mean(1, keepdims=True) + settings["layer_norm_eps"])
    return middle / size * w["encoder.LayerNorm.weight"] + w["encoder.LayerNorm.bias"]


def projections(settings, w, layer, x, table):
    """q, k of the tokens, pk, pq of the table; %None for what the model lacks.  (rows, H)"""
    at = f"encoder.layer.{layer}.attention.self."
    types, linear = settings["pos_att_type"], lambda name, y: y @ w[at + name + ".weight"].T + w[at + name + ".bias"]
    c2p, p2c = "c2p" in types, "p2c" in types
    if settings["model_type"] == "deberta":
        heads, d = settings["num_attention_heads"], settings["hidden_size"] // settings["num_attention_heads"]
        packed = w[at + "in_proj.weight"].reshape(heads, 3, d, -1)
        q = x @ packed[:, 0].reshape(heads * d, -1).T + w[at + "q_bias"]
        k = x @ packed[:, 1].reshape(heads * d, -1).T
        return q, k, table @ w[at + "pos_proj.weight"].T if c2p else None, \
            linear("pos_q_proj", table) if p2c else None
    keys, queries = ("key_proj", "query_proj") if settings["share_att_key"] else ("pos_key_proj", "pos_query_proj")
    return linear("query_proj", x), linear("key_proj", x), linear(keys, table) if c2p else None, \
        linear(queries, table) if p2c else None


def n_terms(settings):
    if settings["model_type"] == "deberta":
        return len(settings["pos_att_type"])
    return len([t for t in settings["pos_att_type"] if t in ("c2p", "p2c")])


def softmax(scores):
    e = numpy.exp(scores - scores.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def head_maps(settings, parts, rows, head):
    """c2c, c2p, p2c, probabilities: (n, n)"""
    d = settings["hidden_size"] // settings["num_attention_heads"]
    q, k, pk, pq = [None if p is None else p[:, head * d:(head + 1) * d] for p in parts]
    scale = 1 / math.sqrt(d * (1 + n_terms(settings)))
    n = len(q)
    c2c = q @ k.T * scale
    c2p = numpy.zeros((n, n)) if pk is None else numpy.einsum("ic,ijc->ij", q, pk[rows]) * scale
    p2c = numpy.zeros((n, n)) if pq is None else numpy.einsum("jc,ijc->ij", k, pq[rows]) * scale
    return [c2c, c2p, p2c, softmax(c2c + c2p + p2c)]


def pack(numbers):
    return base64.b64encode(numpy.concatenate([x.ravel() for x in numbers]).astype("<f4").tobytes()).decode()


def describe(settings, model, sequence, n):
    ids = generated_ids(sequence, n, settings["vocab_size"])
    types = [int(settings["type_vocab_size"] > 0 and i > n // 2) for i in range(n)]
    with torch.no_grad():
        out = model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types]),
                    output_hidden_states=True, output_attentions=True)
    w, rows, numbers, off = weights_of(model), table_rows(settings, n), [], 0
    table = normalized_table(settings, w)
    weight = numpy.sin(1 + numpy.arange(n))
    for layer in range(settings["num_hidden_layers"]):
        parts = projections(settings, w, layer, out.hidden_states[layer][0].numpy(), table)
        for head in range(settings["num_attention_heads"]):
            maps = head_maps(settings, parts, rows, head)
            off = max(off, abs(maps[3] - out.attentions[layer][0, head].numpy()).max())
            numbers += maps if n <= 16 else [v for m in maps for v in (m @ weight, weight @ m)]
    assert off < 1e-12, off
    return {"n": n, "sequence": sequence, "maps" if n <= 16 else "projections": pack(numbers)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    keep_double()
    models = []
    for name, settings in MODELS.items():
        settings = SIZES | settings
        model = make_model(settings)
        texts = [describe(settings, model, s, n) for s, n in enumerate(LENGTHS.get(name, USUAL_LENGTHS))]
        models.append({"name": name, "config": settings, "texts": texts})
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump({"models": models}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
