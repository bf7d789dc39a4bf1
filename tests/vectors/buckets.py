"""Tables of relative buckets by transformers' own function, for 509 pairs of buckets and maximum.

    buckets.py --out buckets.json

Each entry is [position_buckets, max_relative_positions, last, digest]: the first 16 digits of the
SHA-256 of the little-endian int32 buckets of -last ... last.  They are computed three times, with
torch's scalar, AVX2 and AVX-512 logarithms where the processor has them, and must agree.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys

FIXED = [(256, 512), (32, 128), (32, 129), (128, 512), (128, 513), (256, 1024), (64, 256), (320, 640), (2, 3),
         (3, 3), (2, 1000), (5, 4), (7, 100), (16, 17), (100, 52), (256, 130), (255, 512), (257, 512),
         (4, 8), (16, 64), (1024, 4096), (512, 512)]


def make_pairs():
    pairs, state = list(FIXED), 1
    while len(pairs) < 500:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        buckets = 2 + (state >> 33) % (40 if len(pairs) % 3 == 0 else 600)
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        maximum = buckets // 2 + 2 + (state >> 33) % (60 if len(pairs) % 2 == 0 else 2500)
        if (buckets, maximum) not in pairs:
            pairs.append((buckets, maximum))
    for buckets, maximum in [(256, 64), (256, 128), (256, 1), (2, 1), (3, 1), (33, 8), (8, 2), (16, 4), (600, 40)]:
        pairs.append((buckets, maximum))  # the maximum is below half of the buckets
    return pairs


def make_tables():
    import torch
    from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position

    tables = []
    for buckets, maximum in make_pairs():
        last = min(2 * maximum, 3000) if maximum > buckets // 2 else 2 * buckets
        relative = torch.arange(-last, last + 1)
        values = make_log_bucket_position(relative, buckets, maximum).to(torch.int32).numpy()
        digest = hashlib.sha256(values.astype("<i4").tobytes()).hexdigest()[:16]
        tables.append([buckets, maximum, last, digest])
    return tables


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out")
    out = parser.parse_args().out
    if out is None:
        json.dump(make_tables(), sys.stdout)
        return
    runs = []
    for capability in ("default", "avx2", "avx512"):
        run = subprocess.run([sys.executable, __file__], env=os.environ | {"ATEN_CPU_CAPABILITY": capability},
                             check=True, capture_output=True, text=True)
        runs.append(json.loads(run.stdout))
    for pair in zip(*runs):
        if pair.count(pair[0]) != len(pair):
            print("torch does not agree with itself:", pair)
    with open(out, "w") as file:
        file.write("[" + ",\n ".join(json.dumps(table) for table in runs[0]) + "]\n")


if __name__ == "__main__":
    main()
