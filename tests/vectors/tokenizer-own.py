#!/usr/bin/env python3
"""Two small vocabularies over text that nobody wrote, and what PyPI's sentencepiece makes of it.

    python tests/vectors/tokenizer-own.py tests/vectors

Writes tokenizer-bytes.model.gz (nmt_nfkc, byte fallback), tokenizer-plain.model.gz (no map, no
byte fallback) and tokenizer-own.txt: for each vocabulary a digest over 1,000 generated sentences
(ids as little-endian int32, -1 after each) and the ids and first characters of odd strings, which
are given as escapes. The text is that of tests/support/wb-test-text.h, draw by draw.
"""
import gzip
import hashlib
import struct
import sys
import tempfile
from pathlib import Path

import sentencepiece

HEADS = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr"]
TAILS = ["a", "e", "i", "o", "u", "an", "en", "or", "é", "ü"]
ODD = [
    "", " ", "toka", "  two  spaces\tand\nnewline ", "ﬁne ＡＢＣ ① ½ ™", "A\u0302\u0300", "日本語 тест",
    "a\u00adb", "x\u200dy", "\ufffd \u2581 \u2581x", "\U00100000 é ü", "“quoted” – dash…", "12 34, 5.",
    "[CLS] [SEP]", "\u0301 a", "\u00a0\u3000x", "ﷺ", "İstanbul ß", "na\u0308ive", "\u202ertl",
]


class Text:
    def __init__(self, seed):
        self.state = seed
        self.words = [self.word() for _ in range(300)]

    def draw(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def word(self):
        n = 1 + self.draw(3)
        return "".join(HEADS[self.draw(15)] + TAILS[self.draw(10)] for _ in range(n))

    def sentence(self):
        out, n = "", 3 + self.draw(8)
        for i in range(n):
            most = 1 + self.draw(len(self.words))
            out += " " if i > 0 else ""
            if self.draw(12) == 0:
                out += str(self.draw(2000))
            else:
                out += self.words[self.draw(most)]
            if i + 1 < n and self.draw(9) == 0:
                out += ","
        return out + "."


def train(lines, path, size, byte_fallback, rule):
    with tempfile.TemporaryDirectory() as folder:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines), model_prefix=f"{folder}/m", vocab_size=size,
            byte_fallback=byte_fallback, normalization_rule_name=rule, character_coverage=1.0,
            hard_vocab_limit=False, num_threads=1, pad_id=0, bos_id=1, eos_id=2, unk_id=3,
            pad_piece="[PAD]", bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]", minloglevel=2)
        data = Path(f"{folder}/m.model").read_bytes()
    path.write_bytes(gzip.compress(data, 9, mtime=0))
    return sentencepiece.SentencePieceProcessor(model_proto=data)


def escape(text):
    return "".join(c if 32 < ord(c) < 127 and c != "\\" else f"\\u{ord(c):06x}" for c in text)


def odd_lines(processor):
    for text in ODD:
        place = [i for i, c in enumerate(text) for _ in c.encode("utf-8")] + [len(text)]
        pieces = processor.encode(text, return_type="proto").pieces  # from 0.2.2 on
        print_ids = ",".join(f"{p.id}@{place[p.begin]}" for p in pieces)
        yield f"odd {escape(text) or '-'} {print_ids or '-'}"


def main():
    folder, text = Path(sys.argv[1]), Text(1)
    lines = [text.sentence() for _ in range(1000)]
    out = [f"# sentencepiece {sentencepiece.__version__}, made by tokenizer-own.py"]
    for name, size, fallback, rule in (("bytes", 500, True, "nmt_nfkc"), ("plain", 200, False, "identity")):
        processor = train(lines[:500], folder / f"tokenizer-{name}.model.gz", size, fallback, rule)
        digest = hashlib.sha256()
        for line in lines:
            ids = processor.encode(line) + [-1]
            digest.update(struct.pack(f"<{len(ids)}i", *ids))
        out += [f"vocabulary {name} {processor.get_piece_size()} {digest.hexdigest()}", *odd_lines(processor)]
    (folder / "tokenizer-own.txt").write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
