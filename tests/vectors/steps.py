"""Forty training steps of a three-layer v3-shaped model with transformers and torch's AdamW.

    steps.py --out steps.json                               on generated ids, every tensor in full
    steps.py --shared ../../../shared --out steps-xnli.json  on XNLI pairs in file order, tensors sampled

No dropout, adamw, linear schedule with warm-up, weight decay, clipping (fact sheet 5.10), all in
float64.  Changes of the tensors over the run are kept as 16-bit integers, scaled per tensor, in
base64.  With --shared the vocabulary is the real one and only SAMPLES elements of each tensor are
kept: element (j * 7919 + j * j) mod n of its n, and for the word table, where most rows only decay,
columns of the ids seen.  The file has numbers only.
"""

import argparse
import base64
import json

import numpy
import torch

from closed_form import generated_ids, make_config, make_model, table_order

SHAPE = {"vocab_size": 300, "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4,
         "intermediate_size": 64, "position_buckets": 16, "max_relative_positions": 64, "num_labels": 3}
XNLI_SHAPE = SHAPE | {"vocab_size": 128100, "position_buckets": 256, "max_relative_positions": 512}
OPTIONS = {"steps": 40, "warmup": 8, "batch": 4, "learning_rate": 1e-3, "weight_decay": 0.01,
           "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "max_grad_norm": 1.0}
SAMPLES = 512
LABELS = {"contradiction": 0, "neutral": 1, "entailment": 2}


def generated_examples():
    n = OPTIONS["steps"] * OPTIONS["batch"]
    return [(generated_ids(s, 8 + (s * 37) % 73, SHAPE["vocab_size"]), s * 5 % 7 % 3) for s in range(n)]


def xnli_examples(shared):
    from logits import load_tokenizer, pair_ids, read_text

    tokenizer = load_tokenizer(shared)
    lines = read_text(f"{shared}/data/xnli/dev-en.tsv").split("\n")
    rows = [line.split("\t") for line in lines[: OPTIONS["steps"] * OPTIONS["batch"]]]
    return [(pair_ids(tokenizer, a, b), LABELS[label]) for a, b, label in rows]


def factor(step):
    total, warmup = OPTIONS["steps"], OPTIONS["warmup"]
    return step / max(1, warmup) if step < warmup else max(0.0, (total - step) / max(1, total - warmup))


def make_optimizer(model):
    decays = [p for name, p in model.named_parameters() if "LayerNorm" not in name and not name.endswith("bias")]
    others = [p for name, p in model.named_parameters() if "LayerNorm" in name or name.endswith("bias")]
    groups = [{"params": decays, "weight_decay": OPTIONS["weight_decay"]}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=OPTIONS["learning_rate"], betas=(OPTIONS["beta1"], OPTIONS["beta2"]),
                             eps=OPTIONS["epsilon"])


def loss_of(model, examples):
    """The mean over the batch, each example alone: no padding.  In the weights' precision (transformers' own
    loss is float32)."""
    logits = torch.cat([model(input_ids=torch.tensor([ids])).logits for ids, _ in examples])
    return torch.nn.functional.cross_entropy(logits, torch.tensor([label for _, label in examples]))


def train(model, examples):
    optimizer = make_optimizer(model)
    losses, norms = [], []
    for step in range(OPTIONS["steps"]):
        for group in optimizer.param_groups:
            group["lr"] = OPTIONS["learning_rate"] * factor(step)
        loss = loss_of(model, examples[step * OPTIONS["batch"]: (step + 1) * OPTIONS["batch"]])
        optimizer.zero_grad()
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), OPTIONS["max_grad_norm"])))
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses, norms


def pick(change, name, ids):
    """Elements to keep when the tensors are sampled, of the flattened change."""
    n = change.numel()
    j = numpy.arange(SAMPLES, dtype=numpy.int64)
    if name.endswith("word_embeddings.weight"):
        width = change.shape[1]
        return numpy.asarray(ids, dtype=numpy.int64)[j * 13 % len(ids)] * width + j * 7 % width
    if n <= SAMPLES:
        return numpy.arange(n)
    return (j * 7919 + j * j) % n


def pack(values):
    scale = float(numpy.abs(values).max()) / 32767
    whole = numpy.rint(values / scale).astype("<i2")
    return {"scale": scale, "data": base64.b64encode(whole.tobytes()).decode()}


def train_both(shape, examples):
    config = make_config(*[shape[k] for k in shape])
    out = []
    for dtype in (torch.float64, torch.float32):
        model, before = make_model(config, dtype), dict(make_model(config, torch.float64).named_parameters())
        losses, norms = train(model, examples)
        after = dict(model.named_parameters())
        changes = {name: (after[name].double() - before[name]).detach() for name in table_order(config)}
        out.append((losses, norms, changes))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()

    shape = XNLI_SHAPE if args.shared else SHAPE
    examples = xnli_examples(args.shared) if args.shared else generated_examples()
    (losses, norms, changes), (losses32, norms32, changes32) = train_both(shape, examples)
    noise = {
        "loss": max(abs(a - b) for a, b in zip(losses, losses32)),
        "norm": max(abs(a - b) / a for a, b in zip(norms, norms32)),
        "change": {n: float((changes[n] - changes32[n]).norm() / changes[n].norm()) for n in changes}}
    noise["change"] = dict(sorted(noise["change"].items(), key=lambda x: -x[1])[:5])
    print(json.dumps(noise, indent=1), "losses", losses[0], losses[-1], "norms", min(norms), max(norms))
    ids = sorted({i for e in examples for i in e[0]})
    tensors = []
    for name, change in changes.items():
        values = change.reshape(-1).numpy()
        if args.shared:
            values = values[pick(change, name, ids)]
        tensors.append({"name": name} | pack(values))
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump({"model": shape, "options": OPTIONS, "samples": SAMPLES if args.shared else 0,
                   "n_ids": len(ids), "float32_noise": noise, "losses": losses, "norms": norms,
                   "tensors": tensors}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
