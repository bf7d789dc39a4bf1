#!/usr/bin/env python3
"""Folders with only tokenizer.json, as transformers writes them of the small vocabularies of this folder.

    python tests/vectors/tokenizer-json.py tests/vectors

Writes tokenizer-json-N-{bytes,plain,lower,bpe}.json.gz, N the first digit of the installed version: run once
with transformers 4.49 (tokenizers 0.21.4), which keeps the map, and once with 5.23 (0.23.3), which does not.
"lower" is "bytes" with do_lower_case, split_by_punct and two added tokens. tests/engine/test-tokenizer-json.c
holds each to the files that it was made of.
"""
import gzip
import json
import sys
import tempfile
from pathlib import Path

import transformers

MAJOR = int(transformers.__version__.split(".")[0])


def unigram(folder, data, settings):
    (folder / "spm.model").write_bytes(data)
    if MAJOR == 4:
        return transformers.DebertaV2TokenizerFast(str(folder / "spm.model"), **settings)
    return transformers.DebertaV2Tokenizer.from_pretrained(folder, **settings)


def bpe(folder, model):
    vocab = {t: i for t, i in model["vocab"].items()}
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(model["merges"]) + "\n")
    if MAJOR == 4:
        return transformers.DebertaTokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"))
    return transformers.DebertaTokenizer.from_pretrained(folder)


def write(tokenizer, path):
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        text = (Path(folder) / "tokenizer.json").read_bytes()
    path.write_bytes(gzip.compress(text, 9, mtime=0))


def main():
    here = Path(sys.argv[1])
    for name, source, settings in (("bytes", "bytes", {}), ("plain", "plain", {}),
                                   ("lower", "bytes", {"do_lower_case": True, "split_by_punct": True})):
        data = gzip.decompress((here / f"tokenizer-{source}.model.gz").read_bytes())
        with tempfile.TemporaryDirectory() as folder:
            tokenizer = unigram(Path(folder), data, settings)
            if name == "lower":
                tokenizer.add_tokens(["<<ENT>>"], special_tokens=True)
                tokenizer.add_tokens(["kan"])
            write(tokenizer, here / f"tokenizer-json-{MAJOR}-{name}.json.gz")
    with tempfile.TemporaryDirectory() as folder:
        write(bpe(Path(folder), json.loads((here / "bpe-bytes.json").read_text())),
              here / f"tokenizer-json-{MAJOR}-bpe.json.gz")


if __name__ == "__main__":
    main()
