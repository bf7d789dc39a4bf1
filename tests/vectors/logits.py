"""Logits of a three-layer v3-shaped model for packed batches: logits.json.

    logits.py --shared ../../../shared --out logits.json

Needs torch, transformers and sentencepiece from PyPI.  The file has numbers only: which rows of
which XNLI file, how many tokens they make, a checksum of the ids, the logits in float64, and how far
transformers' own float32 is from them.
"""

import argparse
import gzip
import json
import os
import tempfile

import torch
from sentencepiece import SentencePieceProcessor

from closed_form import generated_ids, make_config, make_model

SHAPE = {"vocab_size": 128100, "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
         "intermediate_size": 128, "position_buckets": 256, "max_relative_positions": 512, "num_labels": 3}
GENERATED = [10, 11, 17, 33, 64, 65, 100, 128, 129, 255, 256, 300]
LANGUAGES = ["en", "de", "es", "fr", "ru", "sw", "tr", "ur", "zh", "ar", "bg", "el", "vi", "th", "hi"]
WANTED = [10, 14, 20, 27, 40, 55, 70, 90, 120, 150, 190, 230, 280]
LONGEST = 300


def read_text(path):
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            return file.read()
    with gzip.open(path + ".gz", "rt", encoding="utf-8") as file:
        return file.read()


def load_tokenizer(shared):
    with gzip.open(os.path.join(shared, "data/tokenizers/deberta-v3/spm.model.gz")) as packed, \
            tempfile.NamedTemporaryFile(suffix=".model") as plain:
        plain.write(packed.read())
        plain.flush()
        return SentencePieceProcessor(model_file=plain.name)


def pair_ids(tokenizer, a, b):
    return [1] + tokenizer.encode(a) + [2] + tokenizer.encode(b) + [2]


def checksum(ids):
    value = 0
    for i in ids:
        value = (value * 31 + i) % 2147483647
    return value


def read_rows(shared, language):
    text = read_text(os.path.join(shared, f"data/xnli/dev-{language}.tsv"))
    return [line.split("\t") for line in text.split("\n") if line]


def choose_rows(shared, tokenizer):
    """(language, row, join, ids): for each wanted length the nearest pair of a language not used yet.  No
    pair is as long as the last: its first text is that of @join rows, one blank between."""
    pairs = [(language, row, 1, pair_ids(tokenizer, a, b))
             for language in LANGUAGES for row, (a, b, _) in enumerate(read_rows(shared, language))]
    chosen = []
    for n in sorted(WANTED, key=lambda n: -abs(n - 100)):
        used = [c[0] for c in chosen][-len(LANGUAGES) + 1:]
        free = [p for p in pairs if p[0] not in used]
        chosen.append(min(free, key=lambda p: (abs(len(p[3]) - n), p[0], p[1])))
    rows = read_rows(shared, "en")
    joined = [("en", r, 8, pair_ids(tokenizer, " ".join(row[0] for row in rows[r:r + 8]), rows[r][1]))
              for r in range(len(rows) - 8)]
    return sorted(chosen, key=lambda c: len(c[3])) + [min(joined, key=lambda p: (abs(len(p[3]) - LONGEST), p[1]))]


def run(model, ids):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids])).logits[0].double()


def describe(models, ids):
    exact, single = run(models[0], ids), run(models[1], ids)
    return {"n": len(ids), "checksum": checksum(ids), "logits": [round(x, 9) for x in exact.tolist()]}, \
        (exact - single).abs().max().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()

    config = make_config(*[SHAPE[k] for k in SHAPE])
    models = [make_model(config, torch.float64).eval(), make_model(config, torch.float32).eval()]
    tokenizer = load_tokenizer(args.shared)
    noise, xnli, generated = 0, [], []
    for language, row, join, ids in choose_rows(args.shared, tokenizer):
        item, off = describe(models, ids)
        xnli.append({"file": f"dev-{language}.tsv", "row": row, "join": join} | item)
        noise = max(noise, off)
    for s, n in enumerate(GENERATED):
        item, off = describe(models, generated_ids(s, n, SHAPE["vocab_size"]))
        generated.append(item)
        noise = max(noise, off)
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump({"model": SHAPE, "float32_noise": noise, "xnli": xnli, "generated": generated}, file, indent=None)
        file.write("\n")


if __name__ == "__main__":
    main()
