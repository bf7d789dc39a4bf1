#!/usr/bin/env python3
"""Digests of every text file under WB_SHARED/data, by the byte-level BPE of PyPI's tokenizers.

    python tests/vectors/bpe-shared.py SHARED > tests/vectors/bpe-shared.txt

The vocabulary is DeBERTa v1's (fact sheet 8.2), put together from GPT-2's encoder.json, vocab.bpe
and RoBERTa's dict.txt. A line a file, as tokenizer-shared.py has them: path, texts, SHA-256 over
the ids of all texts (little-endian int32, -1 after each text), the same over first and end
character of every token, and both together over the first 100 texts. No text is written. Then the odd
strings and long words of bpe-own.py with this vocabulary.
"""
import hashlib
import importlib.util
import json
import struct
import sys
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

spec = importlib.util.spec_from_file_location("shared", Path(__file__).with_name("tokenizer-shared.py"))
shared = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shared)

spec = importlib.util.spec_from_file_location("own", Path(__file__).with_name("bpe-own.py"))
own = importlib.util.module_from_spec(spec)
spec.loader.exec_module(own)

HEAD = 100


def vocabulary(folder):
    """token -> id, and the merges"""
    encoder = json.loads(shared.read(folder / "encoder.json.gz"))
    by_id = {str(v): k for k, v in encoder.items()}
    vocab = {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3}
    for line in (folder / "dict.txt").read_text().splitlines():
        name = line.split(" ")[0]
        vocab[by_id.get(name, name)] = len(vocab)
    vocab["[MASK]"] = len(vocab)
    lines = (folder / "vocab.bpe").read_text().splitlines()[1:]
    return vocab, [tuple(line.split(" ")) for line in lines if line]


def build(vocab, merges):
    tokenizer = Tokenizer(BPE(vocab, merges, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False, use_regex=True)
    return tokenizer


def digest(tokenizer, name, data):
    ids, places, head = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    texts = list(shared.texts(name, data))
    for first in range(0, len(texts), 1000):
        for k, one in enumerate(tokenizer.encode_batch(texts[first:first + 1000])):
            a = struct.pack(f"<{len(one.ids) + 1}i", *one.ids, -1)
            flat = [x for pair in one.offsets for x in pair] + [-1]
            b = struct.pack(f"<{len(flat)}i", *flat)
            ids.update(a)
            places.update(b)
            if first + k < HEAD:
                head.update(a + b)
    return len(texts), ids.hexdigest(), places.hexdigest(), head.hexdigest()


def main():
    data = Path(sys.argv[1]) / "data"
    tokenizer = build(*vocabulary(data / "tokenizers/gpt2"))
    print(f"# tokenizers {tokenizers.__version__}, made by bpe-shared.py")
    for path in sorted(data.rglob("*")):
        name = str(path.relative_to(data)).removesuffix(".gz")
        if path.is_file() and not name.endswith((".model", "README.md")):
            print(name, *digest(tokenizer, name, shared.read(path)), flush=True)
    print(*own.odd_lines("odd", tokenizer), *own.long_lines(tokenizer), sep="\n")


if __name__ == "__main__":
    main()
