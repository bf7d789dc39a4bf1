"""Entity scores as seqeval 1.2.2 computes them, in its default mode, which is conlleval's.

    python entities.py --out entities.json

Labels are indexes in LABELS, the order of the task `ner`.  Predictions are ill-formed now and then:
I- behind O, and behind another type.
"""

import argparse
import json
import random

from seqeval.metrics import accuracy_score, f1_score, precision_score, recall_score

LABELS = ["O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]


def make_sentence(rng, wild):
    labels = []
    for _ in range(rng.randint(1, 14)):
        if rng.random() < wild:
            labels.append(rng.choice(LABELS))
        elif labels and labels[-1] != "O" and rng.random() < 0.5:
            labels.append("I-" + labels[-1][2:])
        else:
            labels.append(rng.choice(["O", "O", "O", "B-PER", "B-ORG", "B-LOC", "B-MISC"]))
    return labels


def disturb(rng, labels, share):
    return [rng.choice(LABELS) if rng.random() < share else label for label in labels]


def make_case(seed):
    rng = random.Random(seed)
    wild, share = rng.choice([0, 0.2, 1]), rng.choice([0, 0.1, 0.3, 1])
    gold = [make_sentence(rng, wild) for _ in range(rng.randint(1, 8))]
    said = [disturb(rng, sentence, share) for sentence in gold]
    if seed == 0:
        gold = said = [["O", "O"]]
    return {
        "gold": [[LABELS.index(label) for label in s] for s in gold],
        "predicted": [[LABELS.index(label) for label in s] for s in said],
        "f1": float(f1_score(gold, said, zero_division=0)),
        "precision": float(precision_score(gold, said, zero_division=0)),
        "recall": float(recall_score(gold, said, zero_division=0)),
        "accuracy": float(accuracy_score(gold, said)),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"cases": [make_case(seed) for seed in range(120)]}, file, separators=(",", ":"))
        file.write("\n")


main()
