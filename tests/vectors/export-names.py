#!/usr/bin/env python3
"""export-names.json: what transformers' save_pretrained() writes for small models of every family and head:
the configuration, the class, the tensors by name with their shapes, in the order in which they lie in the file.

    python tests/vectors/export-names.py > tests/vectors/export-names.json

Made with transformers 5.23, torch 2.15, safetensors 0.8."""

import json
import struct
import sys
import tempfile

import torch
import transformers as t

COMMON = dict(vocab_size=40, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=12,
              max_position_embeddings=16, relative_attention=True, position_biased_input=False)
V2 = dict(position_buckets=4, max_relative_positions=8, norm_rel_ebd="layer_norm", share_att_key=True,
          pos_att_type="p2c|c2p")
SHAPES = {
    "v1": ("Deberta", dict(pos_att_type="c2p|p2c")),
    "v1-c2p": ("Deberta", dict(pos_att_type="c2p", type_vocab_size=2)),
    "v1-absolute": ("Deberta", dict(relative_attention=False, position_biased_input=True, embedding_size=4)),
    "v2-conv": ("DebertaV2", dict(V2, conv_kernel_size=3, conv_act="gelu", conv_groups=2)),
    "v3": ("DebertaV2", V2),
    "v2-c2p": ("DebertaV2", dict(V2, pos_att_type="c2p", share_att_key=False)),
    "v2-p2c": ("DebertaV2", dict(V2, pos_att_type="p2c", share_att_key=False, norm_rel_ebd="none",
                                 type_vocab_size=2, position_biased_input=True)),
}
HEADS = {
    "classification": ("ForSequenceClassification", dict(num_labels=3)),
    "regression": ("ForSequenceClassification", dict(num_labels=1)),
    "token": ("ForTokenClassification", dict(num_labels=5)),
    "span": ("ForQuestionAnswering", {}),
    "choice": ("ForMultipleChoice", {}),
    "masked-lm": ("ForMaskedLM", dict(legacy=True)),
    "masked-lm-untied": ("ForMaskedLM", dict(legacy=True, tie_word_embeddings=False)),
    "masked-lm-new": ("ForMaskedLM", dict(legacy=False)),
}


def saved(family, cls, settings):
    config = getattr(t, family + "Config")(**COMMON | settings)
    model = getattr(t, family + cls)(config)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        with open(folder + "/model.safetensors", "rb") as f:
            header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        with open(folder + "/config.json") as f:
            config = json.load(f)
    header.pop("__metadata__")
    places = sorted(header, key=lambda name: header[name]["data_offsets"])
    assert all(header[name]["dtype"] == "F32" for name in places)
    return config, [[name, header[name]["shape"]] for name in places]


def main():
    torch.manual_seed(1)
    out = {}
    for shape, (family, settings) in SHAPES.items():
        config, tensors = saved(family, "Model", settings)
        for key in ("transformers_version", "architectures"):
            config.pop(key)
        entry = {"config": config, "class": family + "Model", "encoder": tensors, "heads": {}}
        encoder = {"deberta." + name: dims for name, dims in tensors}
        for head, (cls, more) in HEADS.items():
            if not hasattr(t, family + cls) or (head == "masked-lm-new" and settings.get("embedding_size")):
                continue  # v1 has no multiple choice; the new layout needs embeddings as wide as the model
            head_config, head_tensors = saved(family, cls, settings | more)
            names = [name for name, _ in head_tensors]
            assert names == sorted(names)
            assert all(dict(map(tuple_of, head_tensors))[n] == tuple(d) for n, d in encoder.items())
            entry["heads"][head] = {"class": head_config["architectures"][0],
                                    "tensors": [x for x in head_tensors if x[0] not in encoder]}
        out[shape] = entry
    json.dump(out, sys.stdout, indent=None, separators=(",", ":"))
    print()


def tuple_of(item):
    return item[0], tuple(item[1])


main()
