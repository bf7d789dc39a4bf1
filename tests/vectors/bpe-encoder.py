#!/usr/bin/env python3
"""bpe_encoder.bin as the original releases of DeBERTa v1 have it, of a small vocabulary of our own.

    python tests/vectors/bpe-encoder.py tests/vectors

Reads bpe-bytes.json and writes bpe-encoder-zip.bin.gz, bpe-encoder-legacy.bin.gz (the two layouts of
torch.save) and bpe-encoder-part.bin.gz, whose dict_map lacks the vocabulary's last forty tokens and
has a filler word instead of them. GPT-2's ids are another order of the same tokens; dict_map brings
the ids of bpe-bytes.json back.
"""
import gzip
import io
import json
import sys
from collections import OrderedDict
from pathlib import Path

import torch

SPECIALS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]


def save(path, value, zipped):
    out = io.BytesIO()
    torch.save(value, out, _use_new_zipfile_serialization=zipped)
    path.write_bytes(gzip.compress(out.getvalue(), 9, mtime=0))


def main():
    folder = Path(sys.argv[1])
    model = json.loads((folder / "bpe-bytes.json").read_text())
    tokens = [t for t, _ in sorted(model["vocab"].items(), key=lambda x: x[1]) if t not in SPECIALS]
    encoder = OrderedDict((t, i) for i, t in enumerate(sorted(tokens)))
    merges = [tuple(m.split(" ")) for m in model["merges"]]
    dict_map = [(str(encoder[t]), 1000 - i) for i, t in enumerate(tokens)]
    whole = {"encoder": dict(encoder), "vocab": merges, "dict_map": dict_map}
    save(folder / "bpe-encoder-zip.bin.gz", whole, True)
    save(folder / "bpe-encoder-legacy.bin.gz", whole, False)
    part = {"encoder": encoder, "vocab": merges, "dict_map": [*dict_map[:-40], ("madeupword0000", 0)]}
    save(folder / "bpe-encoder-part.bin.gz", part, False)


if __name__ == "__main__":
    main()
