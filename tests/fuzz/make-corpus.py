#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets: make-corpus.py (no arguments; needs torch, tokenizers, sentencepiece and protobuf).

Every seed is made up: small, valid or almost, one for each branch that a reader has."""
import gzip
import io
import json
import pickle
import struct
import tempfile
import zipfile
from collections import OrderedDict
from pathlib import Path

import sentencepiece
import tokenizers
import torch
from sentencepiece import sentencepiece_model_pb2
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

here = Path(__file__).resolve().parent
vectors = here.parent / "vectors"


def seed(target, name, data):
    folder = here / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


V3 = dict(model_type="deberta-v2", vocab_size=50, hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
          intermediate_size=12, max_position_embeddings=16, relative_attention=True, position_buckets=4,
          norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type="p2c|c2p", layer_norm_eps=1e-7,
          max_relative_positions=8, position_biased_input=False, type_vocab_size=0)
V2 = dict(V3, conv_kernel_size=3, conv_act="gelu", conv_groups=2)
V1 = dict(model_type="deberta", vocab_size=50, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
          max_position_embeddings=16, relative_attention=True, pos_att_type=["c2p", "p2c"], max_relative_positions=-1,
          position_biased_input=False, pad_token_id=0, hidden_act="gelu_new")
LABELS = dict(V3, id2label={"0": "no", "1": "yes", "2": "?"}, label2id={"no": 0, "yes": 1, "?": 2},
              problem_type="single_label_classification", embedding_size=6, type_vocab_size=2, position_biased_input=True)


def config():
    seed("config", "v1.json", json.dumps(V1))
    seed("config", "v2.json", json.dumps(V2, indent=2))
    seed("config", "v3.json", json.dumps(V3))
    seed("config", "labels.json", json.dumps(LABELS, indent=1))
    seed("config", "upstream.json", json.dumps(dict(V1, padding_idx=0, pooling={"dropout": 0, "hidden_act": "gelu"})))


def tensors(entries, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, dtype, shape, payload in entries:
        header[name] = dict(dtype=dtype, shape=shape, data_offsets=[len(data), len(data) + len(payload)])
        data += payload
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def safetensors():
    seed("safetensors", "f32", tensors([("a.weight", "F32", [2, 3], struct.pack("<6f", *range(6))),
                                        ("a.bias", "F32", [2], struct.pack("<2f", 1, 2))], {"format": "pt"}))
    seed("safetensors", "mixed", tensors([("w", "F16", [4], b"\0\x3c" * 4), ("b", "BF16", [2], b"\x80\x3f" * 2),
                                          ("ids", "I64", [1], b"\1" + b"\0" * 7), ("none", "F32", [0, 3], b"")]))
    seed("safetensors", "empty", tensors([]))


def datasets():
    cola = "gj04\t1\t\tThe cat sat.\nc-05\t0\t*\tCat the sat.\n"
    rte = "index\tsentence1\tsentence2\tlabel\n0\tA b.\tC d.\tentailment\n1\tE\tF\tnot_entailment\n"
    stsb = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n0\ta\tb\tc\td\te\tf\tOne.\tTwo.\t3.25\n"
    for i, text in enumerate([cola, rte, stsb, "\ufeffsentence\tlabel\r\ngood film\t1\r\n\r\nbad film\t0"]):
        for task in range(3 * i, 3 * i + 3):
            seed("dataset-tsv", f"{i}-{task}", bytes([task, task % 3]) + text.encode())
    seed("dataset-tsv", "gzip", b"\6\0" + gzip.compress(rte.encode(), mtime=0))
    xnli = "A.\tB.\tneutral\nC.\tD.\tcontradictory\n"
    conll = "-DOCSTART- -X- O\n\nEU NNP B-ORG\nsees VBZ O\nA NNP S-LOC\n\nPeter NNP I-PER\n"
    seed("dataset-tsv", "xnli", bytes([10, 0]) + xnli.encode())
    seed("dataset-tsv", "conll", bytes([11, 0]) + conll.encode())
    quoted = 'sentence1,sentence2,label\r\n"A ""b"", c","d\ne",entailment\r\n\nf,g,not_entailment'
    single = 'label,sentence\n1,"good, film"\n0,bad "film"\n'
    for task in range(12):
        seed("dataset-csv", f"quoted-{task}", bytes([task, task % 3]) + quoted.encode())
        seed("dataset-csv", f"single-{task}", bytes([task, task % 3]) + single.encode())
    seed("dataset-csv", "open", b"\1\0" + b'sentence,label\n"a""')
    lines = [dict(sentence1="A \u00e9", sentence2="B", label="entailment"), dict(sentence1="C", sentence2="D\n", label=1)]
    for task in (0, 2, 5, 6):
        seed("dataset-jsonl", f"pairs-{task}", bytes([task, 0]) + "\n".join(map(json.dumps, lines)).encode())
    seed("dataset-jsonl", "nested", b"\1\4" + b'{"sentence":"x","more":{"a":[1,2.5e-3,null,true]},"label":0}\n{"sentence":"y","label":"1"}\n')


def index():
    names = {"a.weight": "model-00001-of-00002.safetensors", "b.weight": "model-00002-of-00002.safetensors"}
    seed("weights-index", "two", json.dumps(dict(metadata=dict(total_size=24), weight_map=names)))
    seed("weights-index", "outside", json.dumps(dict(metadata={}, weight_map={"a": "../../etc/passwd", "b": "/x", "c": ""})))


def pickles():
    for protocol in (2, 4):
        seed("pickle", f"containers-{protocol}",
             pickle.dumps({"a": [1, -2, 2**40, 1.5, None, True], "b": ("x", b"y", {}), "c": OrderedDict(d=[[]] * 3)}, protocol=protocol))
    encoder = dict(encoder={"Hello": 15496, "\u0120w": 266}, vocab=[("H", "e"), ("\u0120", "w")], dict_map=[("13", 850314647), ("262", 800385005)])
    seed("pickle", "bpe-encoder", pickle.dumps(encoder, protocol=2))


def torch_files():
    shared = torch.arange(12, dtype=torch.float32)
    state = OrderedDict(a=shared[:6].view(2, 3), b=shared.view(3, 4).t(), c=torch.nn.Parameter(torch.ones(2)),
                        h=torch.ones(3, dtype=torch.float16), bf=torch.ones(3, dtype=torch.bfloat16), ids=torch.arange(2))
    for kind, files in (("zip", True), ("legacy", False)):
        for name, value in (("state", state), ("config", {"config": {"hidden_size": 8}, "w": torch.zeros(1)}),
                            ("expanded", {"w": torch.zeros(1).expand(2**40, 3)})):
            out = io.BytesIO()
            torch.save(value, out, _use_new_zipfile_serialization=files)
            seed("torch-" + kind, name, out.getvalue())


def zips():
    for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            for file in ("base/model_config.json", "base/pytorch.model.bin"):
                archive.writestr(zipfile.ZipInfo(file), "0123456789" * 8, method)
        seed("zip", name, out.getvalue())


def bpe():
    tokens = ["[CLS]", "[PAD]", "[SEP]", "[UNK]"] + sorted(set("Helo wrd's123\u0120\u010a\u00c3\u00a9"), key=ord) + ["He", "ll", "Hell", "\u0120w", "or", "\u0120wor"]
    tokens.remove(" ")
    merges = "#version: 0.2\nH e\nl l\nHe ll\n\u0120 w\no r\n\u0120w or\n"
    seed("bpe", "small", json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False) + "\0" + merges)


def bpe_encoder():
    tokens = sorted(set("Helo wrd's123\u0120\u010a\u00c3\u00a9") - {" "}) + ["He", "ll", "Hell", "\u0120w", "or", "\u0120wor"]
    encoder = {t: i for i, t in enumerate(tokens)}
    merges = [("H", "e"), ("l", "l"), ("He", "ll"), ("\u0120", "w"), ("o", "r"), ("\u0120w", "or")]
    dict_map = [(str(len(tokens) - 1 - i), i) for i in range(len(tokens))]
    for name, files in (("zip", True), ("legacy", False)):
        for part in (0, 3):
            out = io.BytesIO()
            value = dict(encoder=encoder, vocab=merges, dict_map=dict_map[part:] + [("filler0000", 0)] * (part > 0))
            torch.save(value, out, _use_new_zipfile_serialization=files)
            seed("bpe-encoder", f"{name}-{part}", out.getvalue())


def small_map():
    """A precompiled map of three rules, and the unigram model that it was trained with."""
    with tempfile.TemporaryDirectory() as folder:
        rules, text, model = (str(Path(folder) / name) for name in ("rules.tsv", "text", "model"))
        Path(rules).write_text("FF41\t61\nBD\t31 2044 32\n3000\t20\n")
        Path(text).write_text("hello world\nhow are you\n" * 20)
        sentencepiece.SentencePieceTrainer.train(input=text, model_prefix=model, vocab_size=17, normalization_rule_tsv=rules,
                                                 pad_id=0, bos_id=1, eos_id=2, unk_id=3, pad_piece="[PAD]", bos_piece="[CLS]",
                                                 eos_piece="[SEP]", unk_piece="[UNK]", minloglevel=2)
        data = Path(model + ".model").read_bytes()
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(data)
    return proto.normalizer_spec.precompiled_charsmap, data


SPECIALS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]


def finish(tokenizer, double):
    sep = "[SEP]:0 [SEP]:0" if double else "[SEP]:0"
    tokenizer.add_special_tokens(SPECIALS + ["[MASK]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair=f"[CLS]:0 $A:0 {sep} $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    return tokenizer.to_str()


def tokenizer_json():
    pieces = [(s, 0.0) for s in SPECIALS] + [("\u2581", -3.0), ("e", -3.5), ("l", -3.6), ("\u2581He", -4.0), ("o", -4.5), ("world", -6.0)]
    for name, fallback in (("unigram", False), ("unigram-bytes", True)):
        vocab = pieces + ([(f"<0x{b:02X}>", -9.0) for b in range(256)] if fallback else [])
        tokenizer = tokenizers.Tokenizer(models.Unigram(vocab, 3, fallback))
        tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(), normalizers.Precompiled(small_map()[0]),
                                                     normalizers.Replace(tokenizers.Regex(" {2,}"), " ")])
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        seed("tokenizer-json", name, finish(tokenizer, False))
    vocab = {t: i for i, t in enumerate(SPECIALS + ["H", "e", "He", "\u0120", "w", "\u0120w"])}
    tokenizer = tokenizers.Tokenizer(models.BPE(vocab, [("H", "e"), ("\u0120", "w")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    seed("tokenizer-json", "bpe", finish(tokenizer, False))
    template = json.loads(finish(tokenizer, False))
    part = lambda kind, name, of: {kind: dict(id=name, type_id=of)}  # as joined text this is "$Z:0 $A:0 :0"
    template["post_processor"].update(single=[part("SpecialToken", "$Z", 0), part("Sequence", "A:0 ", 0)], special_tokens={"$Z": dict(ids=[1])},
                                      pair=[part("Sequence", "Z", 0), part("Sequence", "A:0 ", 0), part("Sequence", "B:1 ", 1)])
    seed("tokenizer-json", "template", json.dumps(template))


def tokenizer_config():
    settings = dict(do_lower_case=False, tokenizer_class="DebertaTokenizer", vocab_type="gpt2", add_prefix_space=True, model_max_length=512,
                    cls_token="[CLS]", mask_token={"content": "[MASK]", "lstrip": True, "__type": "AddedToken"},
                    added_tokens_decoder={"10": dict(content="<new>", lstrip=False, normalized=True, rstrip=False, single_word=False, special=False)})
    seed("tokenizer-config", "config", b"\0" + json.dumps(settings).encode())
    seed("tokenizer-config", "added", b"\1" + json.dumps({"<new>": 10, "<other>": 11}).encode())
    seed("tokenizer-config", "specials", b"\2" + json.dumps(dict(unk_token="[UNK]", sep_token="[SEP]", additional_special_tokens=["<x>"])).encode())


def spm():
    seed("spm", "mapped", small_map()[1])
    seed("spm", "plain", gzip.decompress((vectors / "tokenizer-plain.model.gz").read_bytes()))


if __name__ == "__main__":
    for make in (config, safetensors, index, pickles, torch_files, zips, bpe, bpe_encoder, tokenizer_json, tokenizer_config,
                 datasets, spm):
        make()
