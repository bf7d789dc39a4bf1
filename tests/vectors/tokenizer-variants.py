#!/usr/bin/env python3
"""Digests of real and odd text under vocabularies that are set otherwise than DeBERTa-v3's.

    python tests/vectors/tokenizer-variants.py SHARED tests/vectors > tests/vectors/tokenizer-variants.txt

A line each: variant, vocabulary, file, texts, and the first 32 digits of the SHA-256 over the ids of the
texts (little-endian int32, -1 after each text), over all of them and over the first 50. Texts are the first
1,000 of every file under SHARED/data, as tokenizer-shared.py takes them, and "odd": 1,000 lines put together
from combining marks, emoji sequences, controls, blanks and names of special tokens, and five words of 10,000
characters (tests/support/wb-test-odd.h makes the same). No text is written.

Vocabularies: v3 is SHARED's spm.model, plain the same without byte fallback (v2's kind: what it lacks is
[UNK], runs of it one), own-bytes and own-plain the two of this folder. Variants "bytes" and "plain" come from
sentencepiece 0.2.0, the others from the slow tokenizer of transformers 4.49 with do_lower_case,
split_by_punct, and added tokens.
"""
import gzip
import hashlib
import importlib.util
import struct
import sys
import tempfile
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from transformers import AddedToken, DebertaV2Tokenizer

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("shared", HERE / "tokenizer-shared.py")
shared = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(shared)

MOST, HEAD = 1000, 50
ATOMS = [
    "a", "the", "ing", "Hello", "123", "3.14", "don't", "-", ",", "...", "(", "“", "”", "…", "–", "€",
    "e\u0301", "\u0301", "A\u0302\u0300", "\u1ea6", "\u0323\u0307", "n\u0303\u0303\u0303", "\u20e3", "é", "ß",
    "İ", "ı", "Σ", "ς", "\u212a", "Ǆ", "ﬁ", "½", "™", "①", "Ⅷ", "㎏", "ﷺ", "ＡＢ", "，", "～",
    "😁", "👩\u200d👩\u200d👧\u200d👦", "🏳\ufe0f\u200d🌈", "🇩🇪", "👍🏽", "❤\ufe0f", "\U0001fae8", "\U00100000",
    "\u200b", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u061c", "\ufffd", "\u2581",
    "\x01", "\x07", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\x9f", "\u2028", "\u3000", "\u1680",
    "日本語", "愁闷", "가각", "\u1100\u1161\u11a8", "กำ", "हिन्दी", "عربي", "שלום", "тест", "ѝ", "Ελλάδα", "Ծ",
    "[MASK]", "[CLS]", "[SEP]", "[PAD]", "[UNK]", "<unk>", "<s>", "<0x41>", "[MASK", "##a",
]
GAPS = ["", "", "", " ", " ", "  ", "\t", "\u00a0", "\n", " \u2581"]


class Odd:
    def __init__(self, seed):
        self.state = seed

    def draw(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def line(self):
        out = ""
        for _ in range(1 + self.draw(12)):
            out += ATOMS[self.draw(len(ATOMS))]
            out += GAPS[self.draw(len(GAPS))]
        return out

    def word(self):
        out = ""
        while len(out) < 10000:
            out += ATOMS[self.draw(len(ATOMS))]
        return out[:10000]

    def texts(self):
        lines = [self.line() for _ in range(1000)]
        return lines + [self.word() for _ in range(4)] + ["a" * 10000]


def digests(encode, texts):
    whole, head = hashlib.sha256(), hashlib.sha256()
    for i, text in enumerate(texts):
        ids = list(encode(text)) + [-1]
        packed = struct.pack(f"<{len(ids)}i", *ids)
        whole.update(packed)
        if i < HEAD:
            head.update(packed)
    return f"{len(texts)} {whole.hexdigest()[:32]} {head.hexdigest()[:32]}"


def without_fallback(data):
    model = sentencepiece_model_pb2.ModelProto.FromString(data)
    model.trainer_spec.byte_fallback = False
    for piece in model.pieces:
        if piece.type == 6:
            piece.type = 3
            piece.piece = piece.piece.replace("<0x", "<no byte ")
    return model.SerializeToString()


def slow(data, **settings):
    with tempfile.TemporaryDirectory() as folder:
        Path(f"{folder}/spm.model").write_bytes(data)
        tokenizer = DebertaV2Tokenizer(f"{folder}/spm.model", **settings)
    return tokenizer


def variants(v3):
    plain = without_fallback(v3)
    yield "bytes", "v3", sentencepiece.SentencePieceProcessor(model_proto=v3).encode
    yield "plain", "plain", sentencepiece.SentencePieceProcessor(model_proto=plain).encode
    for name, settings in (("lower", {"do_lower_case": True}), ("punct", {"split_by_punct": True})):
        tokenizer = slow(v3, **settings)
        yield name, "v3", lambda text, t=tokenizer: t.encode(text, add_special_tokens=False)
    tokenizer = slow(plain, do_lower_case=True, split_by_punct=True)
    tokenizer.add_tokens(["<<ENT>>"], special_tokens=True)
    tokenizer.add_tokens(["qua", "in the", "ко", "日", "e\u0301", AddedToken("que", lstrip=True, rstrip=True)])
    yield "all", "plain", lambda text: tokenizer.encode(text, add_special_tokens=False)


def main():
    data = Path(sys.argv[1]) / "data"
    v3 = shared.read(data / "tokenizers/deberta-v3/spm.model.gz")
    print(f"# sentencepiece {sentencepiece.__version__}, made by tokenizer-variants.py")
    odd = Odd(1).texts()
    for name in ("bytes", "plain"):
        own = gzip.decompress((Path(sys.argv[2]) / f"tokenizer-{name}.model.gz").read_bytes())
        encode = sentencepiece.SentencePieceProcessor(model_proto=own).encode
        print(name, f"own-{name}", "odd", digests(encode, odd))
    names = {"[MASK]", "[CLS]", "[SEP]", "[PAD]", "[UNK]"}  # which the slow tokenizer takes for tokens
    for variant, vocabulary, encode in variants(v3):
        texts = odd if variant in ("bytes", "plain") else [t for t in odd if not any(n in t for n in names)]
        print(variant, vocabulary, "odd", digests(encode, texts), flush=True)
        for path in sorted(data.rglob("*")):
            name = str(path.relative_to(data)).removesuffix(".gz")
            if path.is_file() and not name.endswith((".model", "README.md")):
                texts = [t for t, _ in zip(shared.texts(name, shared.read(path)), range(MOST))]
                print(variant, vocabulary, name, digests(encode, texts), flush=True)


if __name__ == "__main__":
    main()
