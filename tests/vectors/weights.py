#!/usr/bin/env python3
"""The same tensors in every layout that weights come in: weights/*.  Run: weights.py --out weights

twin.safetensors is what every other file must give, bit for bit; its tensors are row-major copies.
"""
import argparse
import io
import json
import pathlib
import pickle
import struct
import zipfile
from collections import OrderedDict

import torch
from safetensors.torch import save_file


def numbers(*shape, start=0):
    """Distinct numbers that every type but the integers holds exactly, subnormal halves among them."""
    n = 1
    for s in shape:
        n *= s
    values = [(((k + start) * 37) % 201 - 100) / 64 for k in range(n)]
    if n > 4:
        values[1], values[3] = 2.0 ** -20, -(2.0 ** -24)
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


def tensors():
    base = numbers(6, 5)
    cube = numbers(2, 3, 4, start=50)
    d = OrderedDict()
    d["f32"] = base
    d["f16"] = numbers(7, 3, start=1).half()
    d["bf16"] = numbers(4, 9, start=2).bfloat16()
    d["f64"] = numbers(2, 3, start=3).double()
    d["tied"] = base
    d["part"] = base[2:5]
    d["window"] = base[1:, 2:4]
    d["transposed"] = base.t()
    d["permuted"] = cube.permute(2, 0, 1)
    d["halves transposed"] = numbers(3, 8, start=9).half().t()
    d["expanded"] = numbers(1, 3, start=4).expand(4, 3)
    d["scalar"] = torch.tensor(0.75)
    d["empty"] = torch.zeros(0, 3)
    d["one.weight"] = torch.nn.Parameter(numbers(3, start=5))
    d["wide"] = numbers(40, 33, start=6).half()
    d["position_ids"] = torch.arange(5).reshape(1, 5)
    d["i32"] = torch.arange(3, dtype=torch.int32)
    d["i16"] = torch.arange(3, dtype=torch.int16)
    d["i8"] = torch.arange(3, dtype=torch.int8)
    d["u8"] = torch.arange(3, dtype=torch.uint8)
    d["bool"] = torch.tensor([True, False, True])
    d._metadata = OrderedDict([("", {"version": 1}), ("one", {"version": 2})])
    return d


def twin(d):
    return {k: v.detach().clone().contiguous() for k, v in d.items()}


class V3:
    """A tensor as _rebuild_tensor_v3 gets it: an untyped storage and the type beside it."""

    def __init__(self, t):
        self.t = t.detach()

    def __reduce__(self):
        t = self.t
        return (torch._utils._rebuild_tensor_v3,
                (t.untyped_storage(), t.storage_offset(), tuple(t.shape), t.stride(), False, OrderedDict(), t.dtype, {}))


def legacy_views():
    """The legacy layout with storages that are views of another, which PyTorch before 0.4 wrote."""
    out = io.BytesIO()
    for x in (0x1950A86A20F9469CFC6C, 1001,
              dict(protocol_version=1001, little_endian=True, type_sizes=dict(short=2, int=4, long=4))):
        pickle.dump(x, out, protocol=2)

    class Storage:
        def __init__(self, view):
            self.view = view

    class Pickler(pickle._Pickler):
        def persistent_id(self, obj):
            if isinstance(obj, Storage):
                return ("storage", torch.FloatStorage, "7001", "cpu", 30, obj.view)
            return None

    class Tensor:
        def __init__(self, *args):
            self.args = args

        def __reduce__(self):
            return torch._utils._rebuild_tensor_v2, self.args

    hooks = OrderedDict()
    d = OrderedDict()
    d["f32"] = Tensor(Storage(None), 0, (6, 5), (5, 1), False, hooks)
    d["part"] = Tensor(Storage(("7002", 10, 15)), 0, (3, 5), (5, 1), False, hooks)
    d["window"] = Tensor(Storage(("7003", 5, 25)), 2, (5, 2), (5, 1), False, hooks)
    Pickler(out, protocol=2).dump(d)
    pickle.dump(["7001"], out, protocol=2)
    out.write(struct.pack("<q", 30) + numbers(6, 5).numpy().tobytes())
    return out.getvalue()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", required=True, type=pathlib.Path)
    out = p.parse_args().out
    out.mkdir(exist_ok=True)
    d = tensors()
    save_file(twin(d), out / "twin.safetensors", metadata={"format": "pt"})
    torch.save(d, out / "zip.bin")
    torch.save(d, out / "zip-protocol-4.bin", pickle_protocol=4)
    torch.save(d, out / "legacy.bin", _use_new_zipfile_serialization=False)
    (out / "legacy-views.bin").write_bytes(legacy_views())
    torch.save(OrderedDict((k, V3(v)) for k, v in d.items()), out / "rebuild-v3.bin")
    torch.serialization.set_crc32_options(False)
    torch.save(d, out / "zip-without-crc.bin")
    torch.serialization.set_crc32_options(True)
    torch.save({"config": {"hidden_size": 8, "hidden_dropout_prob": 0.1, "pos_att_type": "c2p|p2c", "relative_attention": True,
                           "padding_idx": None, "pooling": {"dropout": 0, "hidden_act": "gelu"}}, "f32": d["f32"]}, out / "config.bin")
    names = list(d)
    shards = {"pytorch_model-00001-of-00002.bin": names[:9], "pytorch_model-00002-of-00002.bin": names[9:]}
    for kind in ("bin", "safetensors"):
        folder = out / f"sharded-{kind}"
        folder.mkdir(exist_ok=True)
        weight_map = {}
        for file, part in shards.items():
            file = file if kind == "bin" else file.replace("pytorch_model", "model").replace(".bin", ".safetensors")
            weight_map.update((n, file) for n in part)
            if kind == "bin":
                torch.save(OrderedDict((n, d[n]) for n in part), folder / file)
            else:
                save_file(twin({n: d[n] for n in part}), folder / file)
        index = "pytorch_model.bin.index.json" if kind == "bin" else "model.safetensors.index.json"
        (folder / index).write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}, indent=1))
    with zipfile.ZipFile(out / "release.zip", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("base/", "")
        z.write(out / "config.bin", "base/pytorch.model.bin")
        z.writestr("base/model_config.json", json.dumps({"hidden_size": 8, "padding": "x" * 500}))
    with zipfile.ZipFile(out / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("pytorch.model.bin", bytes(300000))


if __name__ == "__main__":
    main()
