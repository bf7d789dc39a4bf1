#!/usr/bin/env python3
"""Digests of every text file under WB_SHARED/data, tokenized by PyPI's sentencepiece.

    python tests/vectors/tokenizer-shared.py SHARED > tests/vectors/tokenizer-shared.txt

A line a file: path, texts, SHA-256 over the ids of all texts (little-endian int32, -1 after each
text), the same over the first character of every piece, and both together over the first 100
texts. Texts of JSON files are all string values in the file's order, of other files the fields
between tabs and line ends. No text is written.

Made with sentencepiece 0.2.0, as Debian has it; 0.1.97 and 0.2.1 give the same. 0.2.3 sums scores
in another way and decides near ties (5e-5 in 2e4) differently: six of the files have a text where
that shows.
"""
import gzip
import hashlib
import json
import struct
import sys
from pathlib import Path

import sentencepiece

HEAD = 100
NEW = sentencepiece.__version__ >= "0.2.2"  # places are bytes, under another name


def read(path):
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)


def texts(name, data):
    text = data.decode("utf-8")
    if name.endswith(".json"):
        yield from strings(json.loads(text))
    elif name.endswith(".jsonl"):
        for line in text.split("\n"):
            if line.strip():
                yield from strings(json.loads(line))
    else:
        for line in text.split("\n"):
            yield from line.split("\t")


def pieces(processor, text):
    """ids, and the character at which each piece begins"""
    if NEW:
        result = processor.encode(text, return_type="proto").pieces
    else:
        result = processor.encode(text, out_type="immutable_proto").pieces
        return [p.id for p in result] + [-1], [p.begin for p in result] + [-1]
    place, at = {}, 0
    for index, character in enumerate(text):
        place[at] = index
        at += len(character.encode("utf-8"))
    place[at] = len(text)
    return [p.id for p in result] + [-1], [place[p.begin] for p in result] + [-1]


def digest(processor, name, data):
    ids, begins, head = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    count = 0
    for text in texts(name, data):
        a, b = (struct.pack(f"<{len(x)}i", *x) for x in pieces(processor, text))
        ids.update(a)
        begins.update(b)
        if count < HEAD:
            head.update(a + b)
        count += 1
    return count, ids.hexdigest(), begins.hexdigest(), head.hexdigest()


def main():
    data = Path(sys.argv[1]) / "data"
    model = read(data / "tokenizers/deberta-v3/spm.model.gz")
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    print(f"# sentencepiece {sentencepiece.__version__}, made by tokenizer-shared.py")
    for path in sorted(data.rglob("*")):
        name = str(path.relative_to(data)).removesuffix(".gz")
        if path.is_file() and not name.endswith((".model", "README.md")):
            print(name, *digest(processor, name, read(path)), flush=True)


if __name__ == "__main__":
    main()
