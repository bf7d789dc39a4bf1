"""Every activation that transformers can name, in float64, with torch's derivative.

    activations.py --out activations.json

prelu and xielu are left out: they have parameters.
"""

import argparse
import json

import torch
from transformers.activations import ACT2FN

POINTS = [-60.0, -12.5, -6.25, -4.0, -3.0625, -2.5, -1.75, -0.96875, -0.5, -0.03125, 0.0, 0.03125, 0.46875,
          0.7109375, 1.125, 2.25, 2.9375, 5.75, 6.5, 9.9375, 10.25, 25.0, 60.0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    vectors = {"points": POINTS, "activations": {}}
    for name in sorted(ACT2FN):
        if name in ("prelu", "xielu"):
            continue
        x = torch.tensor(POINTS, dtype=torch.float64, requires_grad=True)
        y = ACT2FN[name](x)
        y.sum().backward()
        vectors["activations"][name] = {"values": y.tolist(), "derivatives": x.grad.tolist()}
    with open(out, "w") as file:
        json.dump(vectors, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
