#!/usr/bin/env python3
"""Two small byte-level vocabularies over text that nobody wrote, and what PyPI's tokenizers makes
of it.

    python tests/vectors/bpe-own.py tests/vectors

Writes bpe-bytes.json (all 256 bytes; object with vocab and merges), bpe-plain.json (only the bytes
of the text: others are [UNK]) and bpe-own.txt: for each vocabulary a digest over 1,000 generated
sentences (ids as little-endian int32, -1 after each), ids and places of odd strings, given as
escapes, without and with add_prefix_space, and digests of long words. The text is that of
tests/support/wb-test-text.h, draw by draw.
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
from tokenizers.trainers import BpeTrainer

spec = importlib.util.spec_from_file_location("own", Path(__file__).with_name("tokenizer-own.py"))
own = importlib.util.module_from_spec(spec)
spec.loader.exec_module(own)

ODD = [*own.ODD, "It's I'll they've 'tis IT'S don't've 'd'm 're", "\u0001\u0002\u007f\u0085x", "a\u00a0\u3000 b",
       "🤗🏽\u200d❤\ufe0f 👩\u200d👩\u200d👧", "[MASK] [CLS]a[SEP] [PAD][UNK] [mask]", "tab\t\tx\r\n\r\ny  ", "١٢٣ ½ Ⅷ ②",
       "\ud7ff \ue000 \uffff \U0010ffff", "  lead", "e\u0301\u0302\u0303 ก\u0e33", "\u2028\u2029\u205f", "_a-b_c'", "'", " '", "''s",
       "<s></s><|endoftext|>", "ĠĊ Ġa", "\nx y", "\u3000x"]

NUL = "a\0\0b '\0s \0"


def word(n, seed):
    text = own.Text(seed)
    out = ""
    while len(out) < n:
        out += text.word()
    return out[:n]


LONG = [("a" * 10000), word(10000, 5), word(63, 6), word(64, 7), word(65, 8), word(200, 9), "\u65e5\u672c" * 1500, "!?" * 3000]


def escape(text):
    return own.escape(text)


def build(vocab, merges, prefix):
    tokenizer = Tokenizer(BPE(vocab, merges, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=prefix, use_regex=True)
    return tokenizer


def train(lines, size, alphabet):
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.train_from_iterator(lines, BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False))
    model = json.loads(tokenizer.to_str())["model"]
    vocab = {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3}
    for name in sorted(model["vocab"], key=lambda t: (hashlib.sha256(t.encode()).hexdigest())):
        vocab[name] = len(vocab)
    vocab["[MASK]"] = len(vocab)
    return vocab, [tuple(m) for m in model["merges"]]


def digest(encodings):
    sha = hashlib.sha256()
    for one in encodings:
        sha.update(struct.pack(f"<{len(one.ids) + 1}i", *one.ids, -1))
    return sha.hexdigest()


def odd_lines(kind, tokenizer):
    for text in ODD:
        one = tokenizer.encode(text)
        items = ",".join(f"{i}@{a}-{b}" for i, (a, b) in zip(one.ids, one.offsets))
        yield f"{kind} {escape(text) or '-'} {items or '-'}"


def long_lines(tokenizer):
    for text in LONG:
        yield f"long {len(text.encode())} {digest([tokenizer.encode(text)])}"


def main():
    folder, text = Path(sys.argv[1]), own.Text(1)
    lines = [text.sentence() for _ in range(1000)]
    out = [f"# tokenizers {tokenizers.__version__}, made by bpe-own.py"]
    for name, size, alphabet in (("bytes", 700, ByteLevel.alphabet()), ("plain", 300, [])):
        vocab, merges = train(lines[:500], size, alphabet)
        model = {"vocab": vocab, "merges": [" ".join(m) for m in merges]}
        (folder / f"bpe-{name}.json").write_text(json.dumps(model, ensure_ascii=False, indent=0) + "\n")
        plain, prefixed = build(vocab, merges, False), build(vocab, merges, True)
        out += [f"vocabulary {name} {len(vocab)} {digest(plain.encode_batch(lines))}"]
        out += [f"prefixed {digest(prefixed.encode_batch(lines))}"]
        out += odd_lines("odd", plain)
        out += odd_lines("odd-prefixed", prefixed)
        out += [f"nul {','.join(str(i) for i in plain.encode(NUL).ids)}"]
        out += long_lines(plain)
    (folder / "bpe-own.txt").write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
