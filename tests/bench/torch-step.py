#!/usr/bin/env python3
"""Seconds of a fine-tuning step in PyTorch + transformers, for comparison with bench-step.

Random weights in the shape of DeBERTa-v3-small (or --size xsmall, base), real RTE pairs (file order),
padded to the longest of the batch as transformers' collator does, f32, AdamW, dropout as configured.
Prints one line: size, threads, batch, median seconds a step, real tokens per second, peak RSS.

    python tests/bench/torch-step.py --spm spm.model --tsv RTE/train.tsv --threads 2
"""
import argparse
import resource
import statistics
import time

import sentencepiece
import torch
import transformers

SHAPES = {"xsmall": (384, 12, 6, 1536), "small": (768, 6, 12, 3072), "base": (768, 12, 12, 3072)}


def features(spm_path, tsv, n, max_length):
    spm = sentencepiece.SentencePieceProcessor(model_file=spm_path)
    rows = []
    with open(tsv, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            _, a, b, label = line.rstrip("\n").split("\t")
            a, b = spm.encode(a), spm.encode(b)
            while len(a) + len(b) > max_length - 3:
                (a if len(a) > len(b) else b).pop()
            rows.append(([1, *a, 2, *b, 2], int(label == "entailment")))
            if len(rows) == n:
                break
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spm", required=True)
    parser.add_argument("--tsv", required=True)
    parser.add_argument("--size", choices=SHAPES, default="small")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--max-length", type=int, default=256)
    parser.add_argument("--steps", type=int, default=6)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    hidden, layers, heads, intermediate = SHAPES[args.size]
    config = transformers.DebertaV2Config(
        vocab_size=128100, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
        intermediate_size=intermediate, max_position_embeddings=512, type_vocab_size=0, layer_norm_eps=1e-7,
        relative_attention=True, position_buckets=256, max_relative_positions=-1, norm_rel_ebd="layer_norm",
        share_att_key=True, pos_att_type=["p2c", "c2p"], position_biased_input=False, pad_token_id=0, num_labels=2)
    model = transformers.DebertaV2ForSequenceClassification(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.01)
    rows = features(args.spm, args.tsv, args.batch * args.steps, args.max_length)

    times, tokens = [], []
    for step in range(args.steps):
        part = rows[step * args.batch:(step + 1) * args.batch]
        longest = max(len(ids) for ids, _ in part)
        ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in part])
        begin = time.monotonic()
        loss = model(input_ids=ids, attention_mask=(ids != 0).long(), labels=torch.tensor([y for _, y in part])).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        times.append(time.monotonic() - begin)
        tokens.append(sum(len(ids) for ids, _ in part))
    times, tokens = times[1:], tokens[1:]
    print(f"torch {torch.__version__} transformers {transformers.__version__} {args.size} threads {args.threads} "
          f"batch {args.batch}: {statistics.median(times):.3f} s a step, {sum(tokens) / sum(times):.0f} tokens/s, "
          f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
