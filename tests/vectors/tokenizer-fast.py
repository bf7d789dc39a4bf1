#!/usr/bin/env python3
"""Digests of what AutoTokenizer makes of the tokenizer.json that an export writes.

    build/tests/bench/bench-tokenizer --export FOLDER EXPORTS/VARIANT       (for each variant, from its spm.model)
    python tests/vectors/tokenizer-fast.py SHARED EXPORTS > tests/vectors/tokenizer-fast.txt

The same variants, vocabularies and texts as in tokenizer-variants.py. A line each: variant, vocabulary, file,
texts, the first 32 digits of the SHA-256 over the ids of all texts but those that follow by number: in these
the tokenizers library differs from SentencePiece (docs/tokenizers.md says why). Made with transformers 5.23,
tokenizers 0.23.3; the reference for what differs is sentencepiece 0.2.0, lower-cased and split at punctuation
before it.
"""
import hashlib
import importlib.util
import struct
import sys
import unicodedata
from pathlib import Path

import sentencepiece
import tokenizers
import transformers
from transformers import AutoTokenizer

HERE = Path(__file__).parent


def load(name, file):
    spec = importlib.util.spec_from_file_location(name, HERE / file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sys.modules["transformers"].DebertaV2Tokenizer = None  # the slow one, which tokenizer-variants.py names
variants = load("variants", "tokenizer-variants.py")
shared = variants.shared


def is_punctuation(c):
    return 33 <= ord(c) <= 47 or 58 <= ord(c) <= 64 or 91 <= ord(c) <= 96 or 123 <= ord(c) <= 126 or (
        unicodedata.category(c).startswith("P"))


def split(text):
    part = ""
    for c in text:
        if is_punctuation(c):
            if part:
                yield part
            yield c
            part = ""
        else:
            part += c
    if part:
        yield part


def reference(name, processor):
    if name == "lower":
        return lambda text: processor.encode("".join(c.lower() for c in text))
    if name == "punct":
        return lambda text: [i for part in split(text) for i in processor.encode(part)]
    return processor.encode


def line(encode, fast, texts):
    digest, different = hashlib.sha256(), []
    got = fast(texts, add_special_tokens=False)["input_ids"] if texts else []
    for i, (text, ids) in enumerate(zip(texts, got)):
        if ids != list(encode(text)):
            different.append(i)
        else:
            digest.update(struct.pack(f"<{len(ids) + 1}i", *ids, -1))
    return len(texts), digest.hexdigest()[:32], ",".join(map(str, different)) or "-"


def main():
    data = Path(sys.argv[1]) / "data"
    v3 = shared.read(data / "tokenizers/deberta-v3/spm.model.gz")
    plain = variants.without_fallback(v3)
    print(f"# transformers {transformers.__version__}, tokenizers {tokenizers.__version__}, made by tokenizer-fast.py")
    names = ("[MASK]", "[CLS]", "[SEP]", "[PAD]", "[UNK]")
    odd = [t for t in variants.Odd(1).texts() if not any(n in t for n in names)]
    for name in sys.argv[3:] or ("bytes", "plain", "lower", "punct"):
        model = plain if name == "plain" else v3
        encode = reference(name, sentencepiece.SentencePieceProcessor(model_proto=model))
        fast = AutoTokenizer.from_pretrained(Path(sys.argv[2]) / name)
        vocabulary = "plain" if name == "plain" else "v3"
        print(name, vocabulary, "odd", *line(encode, fast, odd), flush=True)
        for path in sorted(data.rglob("*")):
            file = str(path.relative_to(data)).removesuffix(".gz")
            if path.is_file() and not file.endswith((".model", "README.md")):
                texts = [t for t, _ in zip(shared.texts(file, shared.read(path)), range(variants.MOST))]
                print(name, vocabulary, file, *line(encode, fast, texts), flush=True)


if __name__ == "__main__":
    main()
