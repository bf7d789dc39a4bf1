"""Configurations of random keys, through transformers and through this program.

    combinations.py PROGRAM [--n 250] [--seed 1]        PROGRAM: build/tests/bench/run-model

Makes no file.  Both classes, with every key of the fact sheet's 1.8 at values that are in use and at
odd ones: each model has random weights and one sequence; the classifier's logits, every hidden state,
the loss and every gradient are held to transformers in float64 (its LayerNorm of v1 stays float32).
What one of the two refuses and the other does not is printed with both words; so is what is off by
more than transformers' own float32 would be.
"""

import argparse
import collections
import json
import os
import random
import subprocess
import tempfile

import numpy
import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForSequenceClassification
from transformers.activations import ACT2FN

ACTIVATIONS = sorted(set(ACT2FN) - {"prelu", "xielu"})
TERMS = ["c2p", "p2c", "c2p|p2c", "p2c|c2p", "none", "", None, [], ["c2p"], ["p2c", "c2p"], ["c2p", "none"], "C2P|p2c",
         " c2p | p2c ", "c2p|c2p"]
KEYS = [("pooler_hidden_act", ACTIVATIONS, 0.6), ("layer_norm_eps", [1e-7, 1e-12, 1e-5], 0.6),
        ("type_vocab_size", [0, 1, 2, 3], 0.6), ("relative_attention", [True, True, True, False], 0.95),
        ("pos_att_type", TERMS, 0.9), ("max_relative_positions", [-1, 0, -5, 1, 2, 3, 8, 16, 33, 200], 0.7),
        ("position_biased_input", [True, False, False], 0.6), ("position_buckets", [-1, 0, 2, 3, 4, 5, 8, 16, 33], 0.6),
        ("share_att_key", [True, False], 0.6),
        ("norm_rel_ebd", ["layer_norm", "none", "LAYER_NORM", "none|layer_norm", ""], 0.6),
        ("conv_kernel_size", [0, -1, 1, 3, 5, 7, 9, 2, 4], 0.5), ("conv_act", ACTIVATIONS, 0.6),
        ("conv_groups", [1, 1, 2, 3], 0.6), ("pad_token_id", [0, None, -1, 3], 0.4), ("num_labels", [1, 2, 3], 0.6),
        ("talking_head", [False], 0.1), ("cls_dropout", [0.0, None], 0.2), ("initializer_range", [0.02, 0.0], 0.2)]
DROPOUTS = ["hidden_dropout_prob", "attention_probs_dropout_prob", "pooler_dropout", "cls_dropout"]


def make_config(rng):
    heads = rng.choice([1, 2, 3])
    hidden = heads * rng.choice([4, 6, 8])
    config = {"model_type": rng.choice(["deberta", "deberta-v2", "deberta-v2"]), "vocab_size": rng.choice([17, 40]),
              "hidden_size": hidden, "num_attention_heads": heads, "num_hidden_layers": rng.choice([1, 2, 3]),
              "intermediate_size": rng.choice([5, 12]), "hidden_act": rng.choice(ACTIVATIONS),
              "max_position_embeddings": rng.choice([8, 16, 40, 64])}
    for key, values, share in KEYS + [("embedding_size", [4, hidden, 7], 0.3),
                                      ("attention_head_size", [hidden // heads], 0.2),
                                      ("pooler_hidden_size", [hidden], 0.1)]:
        if rng.random() < share:
            config[key] = rng.choice(values)
    return config


def run_reference(folder, config, ids, types, seed):
    """Writes the weights; gives logits, hidden states, loss, gradients."""
    loaded = AutoConfig.from_pretrained(folder)
    for key in DROPOUTS:
        setattr(loaded, key, 0.0)
    model = AutoModelForSequenceClassification.from_config(loaded).double().eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            values = torch.randn(p.shape, generator=generator, dtype=torch.float64) * (0.3 if p.dim() > 1 else 0.2)
            p.copy_((values + ("LayerNorm.weight" in name)).float().double())
    save_file({name: p.detach().float().contiguous() for name, p in model.named_parameters()},
              f"{folder}/model.safetensors")
    inputs = {"input_ids": torch.tensor([ids]), "attention_mask": torch.ones(1, len(ids), dtype=torch.long)}
    if config.get("type_vocab_size", 0) > 0:
        inputs["token_type_ids"] = torch.tensor([types])
    labels = torch.tensor([0.5], dtype=torch.float64) if loaded.num_labels == 1 else torch.tensor([0])
    out = model(**inputs, labels=labels, output_hidden_states=True)
    out.loss.backward()
    states = [out.logits] + list(out.hidden_states)
    gradients = {name: None if p.grad is None else p.grad.numpy().ravel() for name, p in model.named_parameters()}
    return [s.detach().numpy().ravel() for s in states], float(out.loss), gradients


def compare(folder, line, reference):
    """Gives how far states, loss and gradients are off."""
    states, loss, gradients = reference
    want = numpy.concatenate(states)
    got = numpy.fromfile(f"{folder}/states.bin", dtype=numpy.float32)
    off = [numpy.abs(got - want).max() / max(1, numpy.abs(want).max()), abs(float(line.split()[1]) - loss) / max(1, loss)]
    values, place, worst = numpy.fromfile(f"{folder}/gradients.bin", dtype=numpy.float32), 0, 0
    largest = max(numpy.abs(g).max() for g in gradients.values() if g is not None)
    names = [row.split() for row in open(f"{folder}/gradients.txt")]
    assert {name for name, _ in names} == set(gradients)
    for name, n in names:
        part, place = values[place:place + int(n)], place + int(n)
        exact = numpy.zeros(int(n)) if gradients[name] is None else gradients[name]
        worst = max(worst, numpy.abs(part - exact).max() / max(numpy.abs(exact).max(), 1e-3 * largest))
    return off + [worst]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--n", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as root:
        cases = []
        for i in range(args.n):
            config, folder, n = make_config(rng), f"{root}/{i}", rng.choice([1, 2, 5, 9, 20, 50, 90])
            ids = [rng.randrange(config["vocab_size"]) for _ in range(n)]
            types = [rng.randrange(max(1, config.get("type_vocab_size", 0))) for _ in range(n)]
            os.mkdir(folder)
            with open(f"{folder}/ids.txt", "w") as file:
                file.writelines(f"{a} {b}\n" for a, b in zip(ids, types))
            with open(f"{folder}/config.json", "w") as file:
                json.dump(config, file)
            try:
                reference = run_reference(folder, config, ids, types, i)
            except Exception as error:  # whatever transformers raises
                reference = f"{type(error).__name__}: {error}"[:200]
            with open(f"{folder}/config.json", "w") as file:
                json.dump(config | {key: 0.0 for key in DROPOUTS}, file)
            cases.append((folder, config, n, reference))
        lines = subprocess.run([args.program] + [case[0] for case in cases], check=True, capture_output=True,
                               text=True).stdout.splitlines()
        counts, worst = collections.Counter(), numpy.zeros(3)
        for (folder, config, n, reference), line in zip(cases, lines, strict=True):
            ours, theirs = line.startswith("OK "), not isinstance(reference, str)
            counts[ours, theirs] += 1
            if ours != theirs:
                print("ours:", line, "| transformers:", "runs" if theirs else reference, "|", n, json.dumps(config))
            elif ours:
                off = compare(folder, line, reference)
                worst = numpy.maximum(worst, off)
                if off[0] > 1e-5 or off[1] > 1e-5 or off[2] > 1e-3:
                    print("off", off, line, n, json.dumps(config))
    print(f"both run {counts[True, True]}, both refuse {counts[False, False]}, ours alone runs {counts[True, False]}, "
          f"transformers alone {counts[False, True]}")
    print("worst: states {:.2g}, loss {:.2g}, gradients {:.2g}".format(*worst))


if __name__ == "__main__":
    main()
