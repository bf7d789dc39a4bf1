"""Random combinations of everything that a configuration can say, with transformers: shapes-random.json.gz.

    shapes-random.py --out shapes-random.json.gz

COUNT tiny models, each with a head drawn at random: outputs (at most OUTPUTS of them), loss, and of
the whole gradient its norm and signed sums over all elements, tensor by tensor in the order of their
names.  Models, examples, losses and signs are those of shapes.py.
"""

import argparse
import gzip
import json
import random

import numpy
import torch

import shapes

COUNT = 300
OUTPUTS = 48
ACTIVATIONS = ["gelu", "gelu_10", "gelu_fast", "gelu_new", "gelu_python", "gelu_pytorch_tanh", "hardswish", "laplace",
               "leaky_relu", "linear", "mish", "quick_gelu", "relu", "relu2", "relu6", "sigmoid", "silu", "swish",
               "sqrtsoftplus", "tanh"]
TERMS = [["c2p", "p2c"], ["p2c", "c2p"], "c2p|p2c", "P2C|C2P", ["c2p"], "c2p", ["p2c"], "p2c", "none", [], None]


def draw_positions(r, c):
    c["pos_att_type"] = r.choice(TERMS)
    c["relative_attention"] = r.random() < 0.8
    c["max_relative_positions"] = r.choice([-1, 0, 3, 5, 8, 13, 40])
    c["position_biased_input"] = r.random() < 0.3
    c["type_vocab_size"] = r.choice([0, 0, 2, 3])
    if c["model_type"] == "deberta" and r.random() < 0.6:
        return
    # v1's class ignores them
    c["share_att_key"] = r.random() < 0.5
    c["norm_rel_ebd"] = r.choice(["none", "layer_norm", "LAYER_NORM", "layer_norm|none"])
    c["position_buckets"] = r.choice([-1, 0, 2, 4, 5, 7, 8])
    distance = c["max_relative_positions"] if c["max_relative_positions"] > 0 else c["max_position_embeddings"]
    if distance - 1 <= c["position_buckets"] // 2 + 1:
        c["position_buckets"] = -1
    if r.random() < 0.5:
        c["conv_kernel_size"] = r.choice([0, -1, 1, 3, 5, 7, 9])
        c["conv_groups"] = r.choice([1, 2, 4])
        if r.random() < 0.7:
            c["conv_act"] = r.choice(ACTIVATIONS)


def draw_config(r):
    heads = r.choice([1, 2, 4])
    c = shapes.COMMON | {"model_type": r.choice(["deberta", "deberta-v2", "deberta-v2"])}
    c |= {"hidden_size": heads * r.choice([4, 8]), "num_attention_heads": heads, "num_hidden_layers": r.choice([1, 2, 2, 3]),
          "intermediate_size": r.choice([5, 12, 20]), "max_position_embeddings": r.choice([24, 32]),
          "hidden_act": r.choice(ACTIVATIONS), "layer_norm_eps": r.choice([1e-7, 1e-5, 1e-12]),
          "pad_token_id": r.choice([0, 0, 5, None, -1])}
    if r.random() < 0.5:
        c["pooler_hidden_act"] = r.choice(ACTIVATIONS)
    if r.random() < 0.25:
        c["embedding_size"] = r.choice([6, 10])
    draw_positions(r, c)
    return c


def draw_head(r, c):
    wide = c.get("embedding_size", c["hidden_size"]) != c["hidden_size"]
    return r.choice(shapes.WIDE if wide else shapes.ALL)


def describe(number):
    r = random.Random(number)
    c = draw_config(r)
    head = draw_head(r, c)
    lengths = [r.randint(1, 23) for _ in range(4)]
    numbers = list(range(number, number + 4))
    batch = shapes.add_labels(c, shapes.make_batch(c, numbers, lengths), head, numbers)
    model = shapes.make_model(c, head, torch.float64)
    rows, loss = shapes.run(model, head, batch)
    loss.backward()
    outputs = shapes.outputs_of(head, rows, batch)
    gradients = shapes.gradients_of(model)
    whole = numpy.concatenate([gradients[n].numpy().reshape(-1) for n in sorted(gradients)])
    picked = outputs.reshape(-1)[torch.arange(min(OUTPUTS, outputs.numel())) * 7919 % outputs.numel()]
    return {"config": c, "head": head, "batch": batch, "shape": list(outputs.shape),
            "outputs": [float(numpy.float32(x)) for x in picked.tolist()], "loss": float(loss.detach()),
            "n": len(whole), "norm": float(numpy.sqrt((whole * whole).sum())), "sums": shapes.project(whole)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True)
    args = parser.parse_args()

    torch.set_num_threads(1)
    shapes.correct_transformers()
    items = [describe(number) for number in range(COUNT)]
    text = json.dumps({"items": items}, separators=(",", ":")) + "\n"
    with open(args.out, "wb") as file:
        file.write(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
