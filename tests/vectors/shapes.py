"""Models of many shapes with transformers: outputs, losses and gradients of every head, 24 training steps.

    shapes.py --out shapes            writes shapes/NAME.json.gz for every shape
    shapes.py --out shapes v1 long    those alone

Weights are uniform random numbers that an integer hash of the parameter's name and the element's
number gives (weights_of() here, wb_test_form_shapes() in tests/support/wb-test-shapes.h), so that none is stored.
Everything is computed in float64, each example alone (no padding), by transformers' own modules with
three corrections: its divisor of the attention scores, the first family's LayerNorm and its losses are
float32 even in a float64 model (fact sheet 13), and are float64 here.  What transformers has no class
for is built from its modules: replaced tokens (3.8), the enhanced mask decoder (3.7), multiple choice
over the first family (3.12: the second's).

Files: gzipped JSON.  Numbers of a tensor: base64 of little-endian float32 (outputs), or of 16-bit
integers with the scale that the largest has (gradients, changes).  Of a tensor of more than WHOLE
elements: its norm, and sums of all elements with signs from the hash (gradients, changes), or every
so manieth (outputs).  A tensor whose gradient is truly zero is named without numbers.
"""

import argparse
import base64
import gzip
import json
import os

import numpy
import torch
from torch import nn
from torch.nn import functional as F
from transformers import DebertaConfig, DebertaV2Config
from transformers.activations import ACT2FN
from transformers.models.deberta import modeling_deberta as v1
from transformers.models.deberta_v2 import modeling_deberta_v2 as v2

WHOLE = 8192
SUMS = 8
VOCABULARY = 40
LENGTHS = [13, 4, 21, 1, 8]
BIG = {"vocab_size": 4500, "hidden_size": 128, "intermediate_size": 320, "max_position_embeddings": 128}
STEP_OPTIONS = {"steps": 24, "warmup": 5, "batch": 4, "learning_rate": 2e-3, "weight_decay": 0.01,
                "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "max_grad_norm": 1.0}

COMMON = {"vocab_size": VOCABULARY, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2,
          "intermediate_size": 20, "max_position_embeddings": 32, "type_vocab_size": 0, "hidden_act": "gelu",
          "layer_norm_eps": 1e-7, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
          "relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_biased_input": False,
          "pad_token_id": 0, "num_labels": 3}
FIRST = COMMON | {"model_type": "deberta", "max_relative_positions": 12}
SECOND = COMMON | {"model_type": "deberta-v2", "position_buckets": 8, "max_relative_positions": 24,
                   "share_att_key": True, "norm_rel_ebd": "layer_norm"}

ALL = ["classification", "regression", "soft", "multi-label", "token", "span", "choice", "masked-lm", "masked-lm-new",
       "masked-lm-untied", "masked-lm-enhanced", "replaced-token"]
SEVERAL = ["regression-several"]
WIDE = [h for h in ALL if h not in ("masked-lm-new", "masked-lm-enhanced")]  # those need embedding_size = hidden_size

# name: configuration, heads, head of the training steps, lengths
SHAPES = {
    "v1": (FIRST, ALL + SEVERAL, "token", LENGTHS),
    "v1-wide": (FIRST | {"embedding_size": 10, "type_vocab_size": 2, "position_biased_input": True,
                         "pos_att_type": ["c2p"], "max_relative_positions": -1, "hidden_act": "relu"},
                WIDE, "classification", LENGTHS),
    "conv3": (SECOND | {"conv_kernel_size": 3, "conv_act": "gelu"}, ALL, "masked-lm", LENGTHS),
    "conv5": (SECOND | {"conv_kernel_size": 5, "conv_groups": 4}, ALL, "classification", LENGTHS),
    "v3": (SECOND | {"num_hidden_layers": 3, "hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 24,
                     "pos_att_type": ["p2c", "c2p"]}, ALL + SEVERAL, "span", LENGTHS),
    "c2p": (SECOND | {"pos_att_type": ["c2p"]}, ALL, "choice", LENGTHS),
    "p2c": (SECOND | {"pos_att_type": ["p2c"], "hidden_act": "silu"}, ALL, "multi-label", LENGTHS),
    "own-keys": (SECOND | {"share_att_key": False, "norm_rel_ebd": "none"}, ALL, "soft", LENGTHS),
    "buckets32": (SECOND | {"position_buckets": 32, "max_relative_positions": 64, "max_position_embeddings": 96},
                  ALL, "masked-lm-enhanced", [13, 4, 83, 1, 9]),
    "absolute": (SECOND | {"embedding_size": 10, "type_vocab_size": 2, "position_biased_input": True}, WIDE,
                 "masked-lm", LENGTHS),
    "no-buckets": (SECOND | {"position_buckets": -1, "max_relative_positions": 8, "share_att_key": False}, ALL,
                   "replaced-token", LENGTHS),
    "no-relative": (SECOND | {"relative_attention": False, "norm_rel_ebd": "none", "share_att_key": False,
                              "position_biased_input": True}, ALL, "regression", LENGTHS),
    "one-layer": (SECOND | {"num_hidden_layers": 1, "conv_kernel_size": 7, "conv_groups": 2, "conv_act": "silu"},
                  ["classification", "token", "masked-lm-enhanced"], None, LENGTHS),
    "big": (SECOND | BIG | {"conv_kernel_size": 3, "conv_act": "gelu", "position_buckets": 16,
                            "max_relative_positions": 64},
            ["classification", "token", "masked-lm"], "masked-lm", [70, 3, 100, 17]),
    "big-v1": (FIRST | BIG | {"max_relative_positions": 40}, ["span", "masked-lm-new"], "classification",
               [70, 3, 100, 17]),
    "long": (SECOND | {"position_buckets": 256, "max_relative_positions": 512, "max_position_embeddings": 512,
                       "conv_kernel_size": 3, "conv_act": "gelu"}, ["classification", "token"], None, [600, 7]),
    "long-v1": (FIRST | {"max_relative_positions": -1, "max_position_embeddings": 512},
                ["classification", "token"], None, [9, 600]),
}

# ---- weights -------------------------------------------------------------------------------------


def name_number(name):
    value = 0
    for c in name.encode():
        value = (value * 31 + c) % 2147483647
    return value


def uniform(number, n):
    """n numbers from -1 to below 1, multiples of 2^-23."""
    x = (numpy.arange(n, dtype=numpy.uint64) * 2654435761 + number * 2246822519) % 2**32
    x = ((x ^ (x >> 15)) * 739982445) % 2**32
    x = ((x ^ (x >> 12)) * 695872825) % 2**32
    x ^= x >> 15
    return (x >> 8).astype(numpy.float64) / 2**23 - 1


def weights_of(name, shape):
    n = int(numpy.prod(shape))
    u = uniform(name_number(name), n)
    if len(shape) == 1:
        u = 1 + 0.3 * u if "LayerNorm.weight" in name else 0.2 * u
    elif name.endswith("embeddings.weight"):
        u = 2 / numpy.sqrt(shape[1]) * u
    else:
        u = 1.5 / numpy.sqrt(n / shape[0]) * u
    return u.astype(numpy.float32).astype(numpy.float64).reshape(shape)


def fill(model):
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.from_numpy(weights_of(name, tuple(p.shape))))


# ---- transformers in float64 ---------------------------------------------------------------------


def divisor(query_layer, scale_factor):
    return torch.sqrt(torch.tensor(query_layer.size(-1) * scale_factor, dtype=query_layer.dtype))


def first_layernorm(self, x):
    return F.layer_norm(x, x.shape[-1:], self.weight, self.bias, self.variance_epsilon)


def correct_transformers():
    v1.scaled_size_sqrt = v2.scaled_size_sqrt = divisor
    v1.DebertaLayerNorm.forward = first_layernorm


class ReplacedTokenHead(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.LayerNorm = nn.LayerNorm(config.hidden_size, config.layer_norm_eps)
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.classifier = nn.Linear(config.hidden_size, 1)
        self.act = ACT2FN[config.hidden_act]

    def forward(self, h):
        return self.classifier(self.act(self.dense(self.LayerNorm(h[:, :1] + h))))


def decode_layer(layer, first, states, query, mask, relative_pos, table):
    """The layer with keys and values of @states and another query, which is the residual too."""
    if not first:
        return layer(states, mask, query_states=query, relative_pos=relative_pos, rel_embeddings=table)[0]
    attention = layer.attention.self
    d = attention.attention_head_size

    def mix(module, _, out):
        other = F.linear(query, module.weight).view(*out.shape[:-1], -1, 3 * d)
        own = out.view(*out.shape[:-1], -1, 3 * d)
        return torch.cat([other[..., :d], own[..., d:]], -1).reshape(out.shape)

    hook = attention.in_proj.register_forward_hook(mix)
    context = attention(states, mask, relative_pos=relative_pos, rel_embeddings=table)[0]
    hook.remove()
    y = layer.attention.output(context, query)
    return layer.output(layer.intermediate(y), y)


class Model(nn.Module):
    """One head over one configuration; parameters have their published names."""

    def __init__(self, config, head):
        super().__init__()
        self.add_module("deberta", None)  # first: a tied table goes by its name in the embeddings
        self.first, self.head = config.model_type == "deberta", head
        module, prefix = (v1, "Deberta") if self.first else (v2, "DebertaV2")
        if head in ("classification", "soft", "multi-label", "regression", "regression-several", "choice"):
            inner = getattr(module, prefix + "ForSequenceClassification")(config)
            self.pooler, self.classifier = inner.pooler, inner.classifier
        elif head == "token":
            inner = getattr(module, prefix + "ForTokenClassification")(config)
            self.classifier = inner.classifier
        elif head == "span":
            inner = getattr(module, prefix + "ForQuestionAnswering")(config)
            self.qa_outputs = inner.qa_outputs
        elif head.startswith("masked-lm"):
            inner = getattr(module, prefix + "ForMaskedLM")(config)
            if config.legacy:
                self.cls = inner.cls
            else:
                self.lm_predictions = inner.lm_predictions
        else:
            inner = nn.Module()
            inner.deberta = getattr(module, prefix + "Model")(config)
            self.mask_predictions = ReplacedTokenHead(config)
        self.deberta, self.config = inner.deberta, config
        if head == "masked-lm-enhanced" and not config.position_biased_input:
            self.deberta.embeddings.position_embeddings = nn.Embedding(config.max_position_embeddings,
                                                                       config.hidden_size)

    def forward(self, ids, types):
        ids = torch.tensor([ids])
        mask = torch.ones_like(ids)
        out = self.deberta(input_ids=ids, attention_mask=mask, token_type_ids=torch.tensor([types]),
                           output_hidden_states=True)
        h = out.last_hidden_state
        if hasattr(self, "pooler"):
            return self.classifier(self.pooler(h))
        if self.head == "token":
            return self.classifier(h)[0]
        if self.head == "span":
            return self.qa_outputs(h)[0]
        if self.head == "replaced-token":
            return self.mask_predictions(h)[0]
        if self.head == "masked-lm-enhanced" and not self.config.position_biased_input:
            h = self.decode(out.hidden_states[-2], mask)
        if self.config.legacy:
            return self.cls(h)[0]
        return self.lm_predictions(h, self.deberta.embeddings.word_embeddings)[0]

    def decode(self, states, mask):
        encoder = self.deberta.encoder
        table = encoder.get_rel_embedding()
        wide = encoder.get_attention_mask(mask)
        relative = encoder.get_rel_pos(states)
        query = self.deberta.embeddings.position_embeddings(torch.arange(states.shape[1]))[None] + states
        for _ in range(2):
            query = decode_layer(encoder.layer[-1], self.first, states, query, wide, relative, table)
        return query


def make_model(shape, head, dtype):
    options = {k: v for k, v in shape.items() if k != "model_type"}
    if head in ("regression", "choice"):
        options["num_labels"] = 1
    if head == "span":
        options["num_labels"] = 2
    options["legacy"] = head not in ("masked-lm-new", "masked-lm-enhanced")
    options["tie_word_embeddings"] = head != "masked-lm-untied"
    config = (DebertaConfig if shape["model_type"] == "deberta" else DebertaV2Config)(**options)
    config._attn_implementation = "eager"
    model = Model(config, head).to(torch.float64)
    if head == "masked-lm":
        assert model.cls.predictions.decoder.weight is model.deberta.embeddings.word_embeddings.weight
        assert model.cls.predictions.decoder.bias is model.cls.predictions.bias
    fill(model)
    return model.to(dtype).eval()


# ---- examples ------------------------------------------------------------------------------------


def make_ids(number, n, vocabulary):
    ids = [4 + (7919 * (number + 1) + 31 * i * i + 17 * i) % (vocabulary - 4) for i in range(n)]
    ids[0] = 1
    if n > 2:
        ids[n // 2] = ids[n - 1] = 2
    if n > 6:
        ids[5] = 0  # the pad token as any other: its row of the word table has no gradient
    return ids


def make_types(n):
    return [int(i > n // 2) for i in range(n)]


def masked_labels(number, ids, vocabulary):
    """Every fourth token is to be told, the last always."""
    n = len(ids)
    return [(ids[i] * 7 + i + number) % vocabulary if i % 4 == 1 or i == n - 1 else -100 for i in range(n)]


def token_labels(number, ids):
    return [-100 if (i + number) % 5 == 0 and len(ids) > 1 else (ids[i] + i) % 3 for i in range(len(ids))]


def soft_row(number):
    row = [1 + (number * k + k) % 7 for k in (1, 2, 3)]
    return [float(numpy.float32(x / sum(row))) for x in row]


def add_labels(shape, batch, head, numbers):
    """What @head learns from, for the sequences of @batch, which have these numbers."""
    sequences = cut(batch)
    if head == "classification":
        batch["labels"] = [-1 if s % 5 == 3 else s * 5 % 7 % 3 for s in numbers]
    elif head == "regression":
        batch["targets"] = [float(numpy.float32(s % 5 / 3 - 0.5)) for s in numbers]
    elif head == "regression-several":
        batch["targets"] = [float(numpy.float32((s + k) % 5 / 3 - 0.5)) for s in numbers for k in range(3)]
    elif head == "soft":
        batch["targets"] = [x for s in numbers for x in soft_row(s)]
    elif head == "multi-label":
        batch["targets"] = [float(s >> k & 1) for s in numbers for k in range(3)]
    elif head == "token":
        batch["token_labels"] = [x for s, (ids, _) in zip(numbers, sequences) for x in token_labels(s, ids)]
    elif head == "span":
        batch["starts"] = [-1 if s % 4 == 1 else s * 3 % (len(ids) + 2) for s, (ids, _) in zip(numbers, sequences)]
        batch["ends"] = [len(ids) + 5 if s % 7 == 2 else s * 5 % len(ids) for s, (ids, _) in zip(numbers, sequences)]
    elif head == "choice":
        first = len(sequences) // 2
        batch["groups"] = [0, first, len(sequences)]
        batch["labels"] = [numbers[0] % first, numbers[1] % (len(sequences) - first)]
    elif head.startswith("masked-lm"):
        batch["token_labels"] = [x for s, (ids, _) in zip(numbers, sequences) 
                                 for x in masked_labels(s, ids, shape["vocab_size"])]
    else:
        batch["token_labels"] = [(x * 3 + s) // 2 % 2 for s, (ids, _) in zip(numbers, sequences) for x in ids]
    return batch


def make_batch(shape, numbers, lengths):
    batch = {"lengths": lengths, "ids": [x for s, n in zip(numbers, lengths)
                                         for x in make_ids(s, n, shape["vocab_size"])]}
    if shape["type_vocab_size"] > 0:
        batch["types"] = [x for n in lengths for x in make_types(n)]
    return batch


def cut(batch):
    """(ids, types) of each sequence."""
    out, at = [], 0
    for n in batch["lengths"]:
        out.append((batch["ids"][at:at + n], batch.get("types", [0] * len(batch["ids"]))[at:at + n]))
        at += n
    return out


# ---- losses --------------------------------------------------------------------------------------


def mean_cross_entropy(logits, labels):
    labels = torch.tensor(labels)
    return F.cross_entropy(logits[labels >= 0], labels[labels >= 0])


def span_loss(rows, positions, column):
    losses = []
    for logits, position in zip(rows, positions):
        position = max(0, position)
        if position < len(logits):
            losses.append(F.cross_entropy(logits[:, column], torch.tensor(position)))
    return torch.stack(losses).mean()


def loss_of(head, rows, batch):
    """@rows: each sequence's output."""
    logits = torch.cat(rows)
    if head == "span":
        return (span_loss(rows, batch["starts"], 0) + span_loss(rows, batch["ends"], 1)) / 2
    if head == "choice":
        groups = zip(batch["groups"], batch["groups"][1:], batch["labels"])
        return torch.stack([F.cross_entropy(logits[a:b, 0], torch.tensor(label)) for a, b, label in groups]).mean()
    if "targets" in batch:
        targets = torch.tensor(batch["targets"], dtype=logits.dtype).view(logits.shape)
    if head.startswith("regression"):
        return F.mse_loss(logits, targets)
    if head == "soft":
        return -(F.log_softmax(logits, -1) * targets).sum(-1).mean()
    if head == "multi-label":
        return F.binary_cross_entropy_with_logits(logits, targets)
    if head == "replaced-token":
        return F.binary_cross_entropy_with_logits(logits[:, 0], torch.tensor(batch["token_labels"],
                                                                             dtype=logits.dtype))
    return mean_cross_entropy(logits, batch["labels"] if head == "classification" else batch["token_labels"])


def run(model, head, batch):
    rows = [model(ids, types) for ids, types in cut(batch)]
    return rows, loss_of(head, rows, batch)


def outputs_of(head, rows, batch):
    """What the engine's head gives: of a masked language model the labelled tokens alone."""
    out = torch.cat(rows)
    if head.startswith("masked-lm"):
        out = out[torch.tensor(batch["token_labels"]) >= 0]
    return out.detach().double()


# ---- numbers in and out --------------------------------------------------------------------------


def project(values):
    """Eight sums with signs; values: flat."""
    return [float(numpy.where(uniform(1000003 * (i + 1), len(values)) < 0, -values, values).sum()) for i in range(SUMS)]


def pack_tensor(values):
    values = values.detach().double().numpy().reshape(-1)
    if len(values) > WHOLE:
        return {"norm": float(numpy.sqrt((values * values).sum())), "sums": project(values)}
    scale = float(numpy.abs(values).max()) / 32767
    return {"scale": scale, "data": base64.b64encode(numpy.rint(values / scale).astype("<i2").tobytes()).decode()}


def pack32(values):
    n = values.numel()
    if n > WHOLE:
        values = values.reshape(-1)[torch.arange(WHOLE // 4) * 7919 % n]
    return base64.b64encode(values.numpy().astype("<f4").tobytes()).decode()


def gradients_of(model):
    return {name: p.grad.double() if p.grad is not None else torch.zeros_like(p).double()
            for name, p in model.named_parameters()}


def describe_tensors(tensors, zero):
    return [{"name": name} | ({} if float(x.abs().max()) <= zero else pack_tensor(x)) for name, x in tensors.items()]


def relative(a, b, zero):
    """The worst element over the tensors, relative to each one's largest."""
    return max(float((a[n] - b[n]).abs().max() / a[n].abs().max()) for n in a if float(a[n].abs().max()) > zero)


def describe_head(shape, head, lengths, noise):
    numbers = list(range(len(lengths)))
    batch = add_labels(shape, make_batch(shape, numbers, lengths), head, numbers)
    results = []
    for dtype in (torch.float64, torch.float32):
        model = make_model(shape, head, dtype)
        rows, loss = run(model, head, batch)
        loss.backward()
        results.append((outputs_of(head, rows, batch), float(loss.detach()), gradients_of(model)))
    (outputs, loss, gradients), (outputs32, loss32, gradients32) = results
    largest = max(float(g.abs().max()) for g in gradients.values())
    zero = 1e-12 * largest
    noise["output"] = max(noise["output"], float((outputs - outputs32).abs().max()))
    noise["loss"] = max(noise["loss"], abs(loss - loss32) / loss)
    noise["gradient"] = max(noise["gradient"], relative(gradients, gradients32, zero))
    labels = {k: batch[k] for k in ("labels", "targets", "token_labels", "starts", "ends", "groups") if k in batch}
    return {"head": head, "labels": labels, "loss": loss, "largest": largest, "shape": list(outputs.shape),
            "outputs": pack32(outputs), "gradients": describe_tensors(gradients, zero)}


# ---- training steps ------------------------------------------------------------------------------


def factor(step):
    total, warmup = STEP_OPTIONS["steps"], STEP_OPTIONS["warmup"]
    return step / max(1, warmup) if step < warmup else max(0.0, (total - step) / max(1, total - warmup))


def make_optimizer(model):
    decays = [p for n, p in model.named_parameters() if "LayerNorm" not in n and not n.endswith("bias")]
    others = [p for n, p in model.named_parameters() if "LayerNorm" in n or n.endswith("bias")]
    groups = [{"params": decays, "weight_decay": STEP_OPTIONS["weight_decay"]}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=STEP_OPTIONS["learning_rate"], eps=STEP_OPTIONS["epsilon"],
                             betas=(STEP_OPTIONS["beta1"], STEP_OPTIONS["beta2"]))


def train(model, head, batches):
    optimizer = make_optimizer(model)
    losses, norms, seen = [], [], {}
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = STEP_OPTIONS["learning_rate"] * factor(step)
        loss = run(model, head, batch)[1]
        optimizer.zero_grad()
        loss.backward()
        for name, g in gradients_of(model).items():
            seen[name] = max(seen.get(name, 0), float(g.abs().max()))
        norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), STEP_OPTIONS["max_grad_norm"])))
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses, norms, seen


def step_batches(shape, head):
    out, size = [], STEP_OPTIONS["batch"]
    for step in range(STEP_OPTIONS["steps"]):
        numbers = [step * size + i for i in range(size)]
        out.append(add_labels(shape, make_batch(shape, numbers, [2 + s * 5 % 17 for s in numbers]), head, numbers))
    return out


def describe_steps(shape, head, noise):
    batches, results = step_batches(shape, head), []
    for dtype in (torch.float64, torch.float32):
        model = make_model(shape, head, dtype)
        before = {n: p.detach().double().clone() for n, p in model.named_parameters()}
        losses, norms, seen = train(model, head, batches)
        results.append((losses, norms, seen, {n: p.detach().double() - before[n] for n, p in model.named_parameters()}))
    (losses, norms, seen, changes), (losses32, norms32, _, changes32) = results
    zero = 1e-12 * max(seen.values())
    real = {n: c for n, c in changes.items() if seen[n] > zero}
    noise["step loss"] = max(abs(a - b) for a, b in zip(losses, losses32))
    noise["step norm"] = max(abs(a - b) / a for a, b in zip(norms, norms32))
    noise["change"] = max(float((c - changes32[n]).norm() / c.norm()) for n, c in real.items())
    return {"head": head, "options": STEP_OPTIONS, "batches": batches, "losses": losses, "norms": norms,
            "changes": [{"name": n} | (pack_tensor(c) if n in real else {}) for n, c in changes.items()]}


def describe(name):
    shape, heads, step_head, lengths = SHAPES[name]
    noise = {"output": 0, "loss": 0, "gradient": 0}
    out = {"name": name, "config": shape, "batch": make_batch(shape, range(len(lengths)), lengths),
           "heads": [describe_head(shape, head, lengths, noise) for head in heads]}
    if step_head:
        out["steps"] = describe_steps(shape, step_head, noise)
    out["float32_noise"] = noise
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True)
    parser.add_argument("shapes", nargs="*")
    args = parser.parse_args()

    torch.set_num_threads(1)
    correct_transformers()
    os.makedirs(args.out, exist_ok=True)
    for name in args.shapes or SHAPES:
        item = describe(name)
        text = json.dumps(item, separators=(",", ":")) + "\n"
        packed = gzip.compress(text.encode(), 9, mtime=0)
        with open(os.path.join(args.out, name + ".json.gz"), "wb") as file:
            file.write(packed)
        print(name, len(packed), {k: f"{v:.2g}" for k, v in item["float32_noise"].items()}, flush=True)


if __name__ == "__main__":
    main()
