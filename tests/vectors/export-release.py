#!/usr/bin/env python3
"""release-v1.zip: a model as the authors' first releases were packed: pytorch.model.bin in the old layout with
the prefix "bert.", model_config.json without a model_type, bpe_encoder.bin, all in a folder of the zip file.
release-v1-inside.zip: the configuration beside the tensors in pytorch_model.bin and nowhere else, as upstream
reads it (fact sheet 9.1, 9.2), in the layout that has checksums.

    python tests/vectors/export-release.py tests/vectors

Reads bpe-encoder-legacy.bin.gz."""

import gzip
import io
import json
import sys
import zipfile
from pathlib import Path

import torch

H, A, I, P = 8, 2, 12, 16
CONFIG = dict(attention_probs_dropout_prob=0.1, hidden_act="gelu", hidden_dropout_prob=0.1, hidden_size=H,
              initializer_range=0.02, intermediate_size=I, max_position_embeddings=P, layer_norm_eps=1e-7,
              num_attention_heads=A, num_hidden_layers=1, type_vocab_size=0, relative_attention=True,
              position_biased_input=False, pos_att_type="p2c|c2p", max_relative_positions=-1, padding_idx=0)


def shapes(rows):
    layer = "encoder.layer.0."
    yield "embeddings.word_embeddings.weight", (rows, H)
    yield "embeddings.position_embeddings.weight", (P, H)
    yield "embeddings.LayerNorm.weight", (H,)
    yield "embeddings.LayerNorm.bias", (H,)
    yield layer + "attention.self.in_proj.weight", (3 * H, H)
    yield layer + "attention.self.q_bias", (H,)
    yield layer + "attention.self.v_bias", (H,)
    yield layer + "attention.self.pos_proj.weight", (H, H)
    yield layer + "attention.self.pos_q_proj.weight", (H, H)
    yield layer + "attention.self.pos_q_proj.bias", (H,)
    for name, out, width in (("attention.output", H, H), ("intermediate", I, H), ("output", H, I)):
        yield layer + name + ".dense.weight", (out, width)
        yield layer + name + ".dense.bias", (out,)
    for name in ("attention.output", "output"):
        yield layer + name + ".LayerNorm.weight", (H,)
        yield layer + name + ".LayerNorm.bias", (H,)
    yield "encoder.rel_embeddings.weight", (2 * P, H)


def add(archive, name, data):
    archive.writestr(zipfile.ZipInfo("tiny/" + name, (2020, 6, 8, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def main():
    folder = Path(sys.argv[1])
    encoder = gzip.decompress((folder / "bpe-encoder-legacy.bin.gz").read_bytes())
    rows = len(json.loads((folder / "bpe-bytes.json").read_text())["vocab"])
    torch.manual_seed(5)
    state = {"bert." + name: torch.randn(shape) * 0.1 for name, shape in shapes(rows)}
    weights = io.BytesIO()
    torch.save(state, weights, _use_new_zipfile_serialization=False)
    with zipfile.ZipFile(folder / "release-v1.zip", "w") as archive:
        add(archive, "model_config.json", json.dumps(CONFIG | {"vocab_size": rows}, indent=2))
        add(archive, "pytorch.model.bin", weights.getvalue())
        add(archive, "bpe_encoder.bin", encoder)
    state = {name.replace("bert.", "deberta."): tensor.half() for name, tensor in state.items()}
    weights = io.BytesIO()
    torch.save(state | {"config": CONFIG | {"vocab_size": rows}}, weights)
    with zipfile.ZipFile(folder / "release-v1-inside.zip", "w") as archive:
        add(archive, "pytorch_model.bin", weights.getvalue())
        add(archive, "bpe_encoder.bin", encoder)


main()
