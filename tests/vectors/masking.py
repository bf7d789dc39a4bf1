#!/usr/bin/env python3
"""Masked sequences by the published algorithm, written again from its description.

    python tests/vectors/masking.py tests/vectors > tests/vectors/masking.txt

Vocabularies: bpe-bytes.json, bpe-plain.json and the sentencepiece model tokenizer-bytes.model.gz;
text: that of tests/support/wb-test-text.h. First a line a vocabulary with the ids of the tokens that
go on with a word, as a digest (one byte, 0 or 1, an id). Then a line a case: vocabulary, seed,
max_gram, mask and keep probability, longest sequence, and a SHA-256 over sequences, masked ids and
labels of 200 sequences, with one random.Random(seed) for all of them (little-endian int32, -1 after
each of the three). This follows the description of the published generator; no code of it is used.
"""
import gzip
import hashlib
import importlib.util
import itertools
import json
import math
import random
import struct
import sys
import unicodedata
from bisect import bisect
from pathlib import Path

import sentencepiece

spec = importlib.util.spec_from_file_location("bpe_own", Path(__file__).with_name("bpe-own.py"))
bpe_own = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bpe_own)

SPECIALS = ["[MASK]", "[SEP]", "[PAD]", "[UNK]", "[CLS]"]


def alone(text):
    if len(text) != 1:
        return False
    code, kind = ord(text), unicodedata.category(text)
    if 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126:
        return True
    return text in " \t\n\r" or kind == "Zs" or kind[0] in "CP"


def byte_characters():
    same = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in same]
    return {chr(b): b for b in same} | {chr(256 + i): b for i, b in enumerate(rest)}


BYTES = byte_characters()


class Bpe:
    def __init__(self, path):
        model = json.loads(path.read_text())
        self.ids = model["vocab"]
        self.tokenizer = bpe_own.build(self.ids, [tuple(m.split(" ")) for m in model["merges"]], False)

    def encode(self, text):
        return self.tokenizer.encode(text).ids

    def part(self, token):
        if token in SPECIALS:
            return False
        text = bytes(BYTES[c] for c in token).decode("utf-8", errors="replace")
        return not alone(text) and not text.startswith(" ")


class Spm:
    def __init__(self, path):
        self.processor = sentencepiece.SentencePieceProcessor(model_proto=gzip.decompress(path.read_bytes()))
        size = self.processor.get_piece_size()
        self.ids = {self.processor.id_to_piece(i): i for i in range(size)} | {"[MASK]": size}

    def encode(self, text):
        return self.processor.encode(text)

    def part(self, token):
        return token not in SPECIALS and not alone(token) and not token.startswith("\u2581")


def mask(ids, parts, names, special, mask_id, rng, max_gram, p_mask, p_keep, longest):
    places = [i for i, t in enumerate(ids) if t not in special]
    groups = []
    for i in places:
        if max_gram > 1 and groups and parts[ids[i]]:
            groups[-1].append(i)
        else:
            groups.append([i])
    most = math.ceil(longest * 0.15 / 10) * 10
    wanted = min(most, max(1, round(len(ids) * 0.15)))
    grams = list(range(1, max_gram + 1))
    weights = [1.0 / n for n in grams]
    total = sum(weights)
    sums = list(itertools.accumulate(w / total for w in weights))
    marked, offset = set(), 0
    while offset < len(groups):
        n = grams[bisect(sums, rng.random() * sums[-1])]
        window = min(n * int(1 / 0.15), len(groups) - offset)
        first = offset + rng.randint(0, window - 1)
        end = min(first + n, len(groups))
        marked.update(range(first, end))
        offset = max(offset + window, end)
    out, labels, count = list(ids), [0] * len(ids), 0
    for g in sorted(marked):
        for i in groups[g]:
            labels[i] = ids[i]
            r = rng.random()
            if r < p_mask:
                out[i] = mask_id
            elif r >= p_mask + p_keep:
                out[i] = rng.choice(names)
            count += 1
        if count >= wanted:
            break
    return out, labels, [groups.index(groups[g]) for g in sorted(marked)]


def known():
    """the two vectors of the description"""
    ids = [1, *range(100, 140), 2]
    names = range(128001)
    out, labels, marked = mask(ids, None, names, {0, 1, 2, 3, 128000}, 128000, random.Random(0), 1, 1.0, 0.0, 512)
    assert marked == [3, 10, 14, 20, 25, 32, 36]
    assert [i for i, x in enumerate(labels) if x] == [4, 11, 15, 21, 26, 33]
    parts = {i: False for i in range(128001)}
    out, labels, marked = mask(ids, parts, names, {0, 1, 2, 3, 128000}, 128000, random.Random(7), 3, 0.8, 0.1, 512)
    assert marked == [1, 6, 16, 22, 28, 30, 36]
    assert [i for i, x in enumerate(labels) if x] == [2, 7, 17, 23, 29, 31]
    kinds = ["M" if out[i] == 128000 else "=" if out[i] == ids[i] else "R" for i in (2, 7, 17, 23, 29, 31)]
    assert kinds == list("MMMMRM"), kinds
    print(f"# known: the token at 29 becomes {out[29]}")


def main():
    folder = Path(sys.argv[1])
    known()
    text = bpe_own.own.Text(1)
    lines = [text.sentence() for _ in range(200)]
    lines[7] = "a"
    lines[11] = " ".join(lines[20:50])
    lines[13] = "x" * 300
    lines[17] = "“quoted” it's 12, don't… naïve (b) 日本 🤗"
    pack = lambda *lists: b"".join(struct.pack(f"<{len(x) + 1}i", *x, -1) for x in lists)
    for name, kind in (("bpe-bytes", Bpe(folder / "bpe-bytes.json")), ("bpe-plain", Bpe(folder / "bpe-plain.json")),
                       ("tokenizer-bytes", Spm(folder / "tokenizer-bytes.model.gz"))):
        names = [i for _, i in sorted((i, i) for i in kind.ids.values())]
        parts = {i: kind.part(t) for t, i in kind.ids.items()}
        special = {kind.ids[t] for t in SPECIALS}
        digest = hashlib.sha256(bytes(parts[i] for i in range(len(names)))).hexdigest()
        print("parts", name, sum(parts.values()), digest)
        for seed, gram, p_mask, p_keep, longest in ((0, 1, 1.0, 0.0, 512), (7, 3, 0.8, 0.1, 512), (2**40 + 3, 2, 0.5, 0.2, 64),
                                                    (99, 5, 0.0, 0.0, 128), (12345, 1, 0.8, 0.1, 512)):
            rng, sha = random.Random(seed), hashlib.sha256()
            for line in lines:
                ids = [kind.ids["[CLS]"], *kind.encode(line), kind.ids["[SEP]"]]
                out, labels, _ = mask(ids, parts, names, special, kind.ids["[MASK]"], rng, gram, p_mask, p_keep, longest)
                sha.update(pack(ids, out, labels))
            print("case", name, seed, gram, p_mask, p_keep, longest, sha.hexdigest())


if __name__ == "__main__":
    main()
