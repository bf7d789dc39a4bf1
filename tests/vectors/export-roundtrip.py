#!/usr/bin/env python3
"""export-roundtrip.py PROGRAM [FOLDER]: models of every family and head, made with transformers and stored in
every layout, go out through `deberta-workbench export`, into transformers, and back.

What is asked of each: transformers loads what was exported with no missing, unexpected or mismatched key and
without a line in its log; the tensors are those of the source bit for bit (rounded once where --dtype asks for
it); outputs differ by at most 2e-5; AutoTokenizer gives the ids of `deberta-workbench tokenize`; the model card
is valid for model hubs; and what transformers then saves comes back through another export with the same bits.

Made with transformers 5.23, torch 2.15; runs with 4.4x too.  Prints a line for each model; exit status 1 when one
fails."""

import contextlib
import io
import json
import logging
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch
import transformers as t
from safetensors.torch import load_file

PROGRAM = os.path.abspath(sys.argv[1])
TEXTS = ["hello world", "The cat saw the dog.", "don't  stop 123 – naïve", "ﬁne ½ ™ 日本 🙂", ""]
COMMON = dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=48,
              max_position_embeddings=64, relative_attention=True, position_biased_input=False)
V2 = dict(position_buckets=16, max_relative_positions=32, norm_rel_ebd="layer_norm", share_att_key=True,
          pos_att_type="p2c|c2p")
SHAPES = {
    "v1": ("Deberta", dict(pos_att_type="c2p|p2c")),
    "v1-types": ("Deberta", dict(pos_att_type="c2p", type_vocab_size=2, position_biased_input=True)),
    "v2-conv": ("DebertaV2", dict(V2, conv_kernel_size=3, conv_act="gelu")),
    "v2-conv5": ("DebertaV2", dict(V2, conv_kernel_size=5, conv_act="tanh", conv_groups=2)),
    "v3": ("DebertaV2", V2),
    "v2-own-keys": ("DebertaV2", dict(V2, share_att_key=False, norm_rel_ebd="none")),
    "v2-p2c": ("DebertaV2", dict(V2, pos_att_type="p2c", embedding_size=16, type_vocab_size=2,
                                 position_biased_input=True)),
    "v2-absolute": ("DebertaV2", dict(relative_attention=False, position_biased_input=True)),
}
HEADS = {
    "model": ("Model", {}),
    "three labels": ("ForSequenceClassification",
                     dict(id2label={0: "no \"q\"", 1: "maybe", 2: "yes"}, label2id={"no \"q\"": 0, "maybe": 1, "yes": 2})),
    "regression": ("ForSequenceClassification", dict(num_labels=1, problem_type="regression")),
    "tokens": ("ForTokenClassification", dict(num_labels=5)),
    "spans": ("ForQuestionAnswering", {}),
    "choices": ("ForMultipleChoice", {}),
    "masked lm": ("ForMaskedLM", dict(legacy=True)),
    "masked lm, untied": ("ForMaskedLM", dict(legacy=True, tie_word_embeddings=False)),
    "masked lm, new names": ("ForMaskedLM", dict(legacy=False)),
}
MAJOR = int(t.__version__.split(".")[0])
LAYOUTS = ["safetensors", "shards", "bin", "legacy bin", "bin shards", "f16", "bf16"]


def own_sentences():
    words = "the a cat dog saw hello world stop don't naïve fine under over 12 123 house tree".split()
    return [" ".join(words[(i * 7 + k * k) % len(words)] for k in range(3 + i % 6)) + "." for i in range(400)]


def make_tokenizer(family, folder):
    """Files as the releases have them; returns the number of rows that the word table needs."""
    if family == "DebertaV2":
        import sentencepiece as spm
        text = folder / "text"
        text.write_text("\n".join(own_sentences()))
        spm.SentencePieceTrainer.train(
            input=str(text), model_prefix=str(folder / "spm"), vocab_size=400, model_type="unigram", byte_fallback=True,
            normalization_rule_name="nmt_nfkc", pad_id=0, bos_id=1, eos_id=2, unk_id=3, pad_piece="[PAD]",
            bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]", hard_vocab_limit=False, minloglevel=2)
        text.unlink()
        (folder / "spm.vocab").unlink()
        (folder / "tokenizer_config.json").write_text('{"do_lower_case": false, "vocab_type": "spm"}')
        return 450
    from tokenizers import ByteLevelBPETokenizer
    bpe = ByteLevelBPETokenizer()
    bpe.train_from_iterator(own_sentences(), vocab_size=400, special_tokens=["[PAD]", "[CLS]", "[SEP]", "[UNK]"])
    bpe.save_model(str(folder))
    vocabulary = json.loads((folder / "vocab.json").read_text())
    vocabulary["[MASK]"] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": false, "vocab_type": "gpt2"}')
    return len(vocabulary)


def make_model(shape, head, rows):
    family, settings = SHAPES[shape]
    cls, more = HEADS[head]
    if not hasattr(t, family + cls):
        return None
    if head == "masked lm, new names" and (MAJOR < 5 or "embedding_size" in settings):
        return None  # version 4 ties the head's first layer to the word table; 5 crashes on narrow embeddings
    config = getattr(t, family + "Config")(**COMMON | settings | more, vocab_size=rows)
    torch.manual_seed(7)
    model = getattr(t, family + cls)(config).eval()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.05)
    return model


def save(model, layout, folder):
    state = {k: v for k, v in model.state_dict().items() if not k.endswith("position_ids")}
    if layout in ("f16", "bf16"):
        model = model.to(torch.float16 if layout == "f16" else torch.bfloat16)
    model.save_pretrained(folder, max_shard_size="20KB" if layout == "shards" else "50GB")
    if "bin" not in layout:
        return
    (folder / "model.safetensors").unlink()
    if layout == "bin shards":
        names, index = sorted(state), {"metadata": {"total_size": 0}, "weight_map": {}}
        for part in range(2):
            name = f"pytorch_model-{part + 1:05d}-of-00002.bin"
            mine = names[part::2]
            torch.save({k: state[k].clone() for k in mine}, folder / name)
            index["weight_map"] |= {k: name for k in mine}
        (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    else:
        torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=layout == "bin")


def run(*arguments, text=None):
    result = subprocess.run([PROGRAM, *arguments], input=text, capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, arguments))}: {result.stderr.strip()}")
    return result


def load(cls, folder):
    """The model, and everything that transformers said while it loaded."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    t.logging.get_logger("transformers").addHandler(handler)
    try:
        with contextlib.redirect_stdout(said):
            kind = {"dtype": torch.float32} if MAJOR >= 5 else {"torch_dtype": torch.float32}
            model, info = cls.from_pretrained(folder, output_loading_info=True, **kind)
    finally:
        t.logging.get_logger("transformers").removeHandler(handler)
    said = [line for line in said.getvalue().splitlines() if line.strip() and "Loading weights" not in line]
    for key in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs"):
        assert not info.get(key), f"{key}: {info[key]}"
    assert not said, f"the load report has lines: {said}"
    return model.eval()


def outputs(model, rows):
    torch.manual_seed(3)
    ids = torch.randint(5, rows - 1, (2, 20))
    if type(model).__name__.endswith("MultipleChoice"):
        ids = ids[None]
    with torch.no_grad():
        out = model(input_ids=ids)
    return [v for v in out.to_tuple() if isinstance(v, torch.Tensor)]


def check_tensors(expected, folder, dtype):
    got = load_file(folder / "model.safetensors")
    assert set(got) == set(expected), set(got) ^ set(expected)
    for name, value in expected.items():
        assert got[name].dtype == dtype, (name, got[name].dtype)
        assert torch.equal(got[name], value.to(dtype)), f"{name} has other bits"


def check_tokenizer(folder, home):
    tokenizer = t.AutoTokenizer.from_pretrained(folder)
    lines = run("tokenize", "--model", str(folder), "--json", "--home", home, text="\n".join(TEXTS) + "\n").stdout
    for text, line in zip(TEXTS, lines.splitlines()):
        ours, theirs = json.loads(line)["ids"], tokenizer(text)["input_ids"]
        assert ours == theirs, f"{text!r}: {ours} here, {theirs} in transformers"
    pair = run("tokenize", "--pair", "--model", str(folder), "--json", "--home", home, text="the cat\tthe dog\n").stdout
    assert json.loads(pair)["ids"] == tokenizer("the cat", "the dog")["input_ids"], "a pair"


def check_card(folder):
    from huggingface_hub import ModelCard
    card = ModelCard.load(folder / "README.md")
    data = card.data.to_dict()
    assert data["library_name"] == "transformers" and data["pipeline_tag"], data
    return data


def check(shape, head, layout, root):
    source, out, again = root / "source", root / "out", root / "again"
    for folder in (source, out, again, root / "saved"):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir()
    rows = make_tokenizer(SHAPES[shape][0], source)
    model = make_model(shape, head, rows)
    if model is None:
        return False
    save(model, layout, source)
    dtype = {"f16": torch.float16, "bf16": torch.bfloat16}.get(layout, torch.float32)
    model = model.to(dtype).to(torch.float32)
    run("export", str(source), "--to", str(out), "--home", str(root / "home"))
    loaded = load(type(model), out)
    stored = {k: v for k, v in loaded.state_dict().items() if k in load_file(out / "model.safetensors")}
    check_tensors(stored, out, dtype)
    for a, b in zip(model.state_dict().items(), loaded.state_dict().items()):
        assert a[0] == b[0] and torch.equal(a[1], b[1]), f"{a[0]} changed on the way"
    worst = max(float((a - b).abs().max()) for a, b in zip(outputs(model, rows), outputs(loaded, rows)))
    assert worst <= 2e-5, worst
    assert t.AutoConfig.from_pretrained(out).id2label == model.config.id2label
    # and back
    loaded.to(dtype).save_pretrained(root / "saved")
    for file in ("spm.model", "vocab.json", "merges.txt"):
        if (source / file).exists():
            shutil.copy(source / file, root / "saved" / file)
    run("export", str(root / "saved"), "--to", str(again), "--home", str(root / "home"))
    assert (again / "model.safetensors").read_bytes() == (out / "model.safetensors").read_bytes(), "not the same bytes"
    check_card(out)
    if head == "model" and layout == "safetensors":
        check_tokenizer(out, str(root / "home"))
    return True


def check_run(shape, root):
    """A run of the program itself: trained from random weights, exported; its logits are transformers'."""
    family, settings = SHAPES[shape]
    source, out, data, made = root / "source", root / "out", root / "data", root / f"run-{shape}"
    for folder in (source, out, data):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir()
    data.mkdir()
    rows = make_tokenizer(family, source)
    config = getattr(t, family + "Config")(**COMMON | settings, vocab_size=rows, initializer_range=0.1)
    config.save_pretrained(source)
    sentences = own_sentences()
    lines = [f"{i}\t{a}\t{b}\t{'entailment' if len(a) > len(b) else 'not_entailment'}"
             for i, (a, b) in enumerate(zip(sentences, sentences[1:]))]
    for name, part in (("train.tsv", lines[:64]), ("dev.tsv", lines[64:96])):
        (data / name).write_text("index\tsentence1\tsentence2\tlabel\n" + "\n".join(part) + "\n")
    home = ["--home", str(root / "home")]
    run("train", "--init-from-config", str(source / "config.json"), "--task", "rte", "--data", str(data), "--out",
        str(made), "--set", "max-steps=12", "--batch-size", "8", "--max-length", "48", "--set",
        "learning-rate=1e-3", *home)
    run("export", str(made), "--to", str(out), *home)
    said = run("predict", str(made), "--file", str(data / "dev.tsv"), "--json", *home).stdout.splitlines()
    model = load(getattr(t, family + "ForSequenceClassification"), out)
    tokenizer = t.AutoTokenizer.from_pretrained(out)
    worst = spread = 0
    for line, text in zip(said, (data / "dev.tsv").read_text().splitlines()[1:]):
        _, a, b, _ = text.split("\t")
        inputs = tokenizer(a, b, truncation=True, max_length=48, return_tensors="pt")
        with torch.no_grad():
            logits = model(**inputs).logits[0]
        ours = torch.tensor(json.loads(line)["logits"])
        worst, spread = max(worst, float((logits - ours).abs().max())), max(spread, float(logits.abs().max()))
    assert worst <= 2e-5 and spread > 0.01, (worst, spread)
    assert t.AutoConfig.from_pretrained(out).id2label == {0: "not_entailment", 1: "entailment"}
    card = check_card(out)
    result = card["model-index"][0]["results"][0]
    assert result["dataset"]["split"] == "validation" and result["metrics"][0]["type"] == "accuracy", result
    return worst


def check_release(shape, root):
    """The releases' own layout: half precision, both heads of pre-training, absolute positions, the word table's
    difference.  What transformers says of our export is nothing."""
    family, settings = SHAPES[shape]
    source, out = root / "source", root / "out"
    for folder in (source, out):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir()
    rows = make_tokenizer(family, source)
    model = make_model(shape, "masked lm, new names", rows)
    state = {k: v.half() for k, v in model.state_dict().items() if not k.endswith("position_ids")}
    h = COMMON["hidden_size"]
    for name, dims in (("dense.weight", (h, h)), ("dense.bias", (h,)), ("LayerNorm.weight", (h,)),
                       ("LayerNorm.bias", (h,)), ("classifier.weight", (1, h)), ("classifier.bias", (1,))):
        state["mask_predictions." + name] = torch.randn(dims).half()
    state["deberta.embeddings.position_embeddings.weight"] = torch.randn(64, h).half()
    state["deberta.embeddings.word_embeddings._weight"] = torch.randn(rows, h).half()
    torch.save(state, source / "pytorch_model.bin")
    config = {k: v for k, v in model.config.to_dict().items() if k in COMMON | settings | {"vocab_size": 0, "model_type": 0}}
    (source / "config.json").write_text(json.dumps(config))
    said = run("export", str(source), "--to", str(out), "--json", "--home", str(root / "home")).stdout
    assert json.loads(said)["left_out"] == ["deberta.embeddings.word_embeddings._weight"], said
    load(getattr(t, family + "ForMaskedLM"), out)
    written = load_file(out / "model.safetensors")
    del state["deberta.embeddings.word_embeddings._weight"]
    assert set(written) == set(state) and all(torch.equal(written[k], state[k]) for k in state)
    return 0.0


def attempt(name, function, *arguments):
    try:
        result = function(*arguments)
        if result is not False:
            print(f"ok: {name}" + (f", off by {result:.1g}" if isinstance(result, float) else ""), flush=True)
        return None if result is False else True
    except Exception as error:  # every model is tried
        print(f"FAILED: {name}: {type(error).__name__}: {error}", flush=True)
        return False


def main():
    t.logging.disable_progress_bar()
    t.logging.set_verbosity_warning()
    results = []
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else name)
        for shape in SHAPES:
            results.append(attempt(f"{shape}, a run", check_run, shape, root))
            if shape in ("v2-conv", "v3") and MAJOR >= 5:
                results.append(attempt(f"{shape}, as released", check_release, shape, root))
            for head in HEADS:
                for layout in LAYOUTS if head == "three labels" else LAYOUTS[:1]:
                    results.append(attempt(f"{shape}, {head}, {layout}", check, shape, head, layout, root))
    done, failed = results.count(True), results.count(False)
    print(f"{done} of {done + failed} went out and came back, transformers {t.__version__}")
    sys.exit(failed > 0)


main()
