#!/bin/sh
# sst2-from-scratch.sh PROGRAM SHARED [SEED…]: trains a small DeBERTa of random weights on SST-2 with the real
# vocabulary, one epoch a seed (1 2 3), and prints each run's accuracy on the development set and its time.
# Fails when the mean is below 0.81 (transformers with the same settings: 0.823, 390 s a seed on two cores).
set -eu
program=$1 shared=$2
shift 2
[ $# -gt 0 ] || set -- 1 2 3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/model"
gzip -dc "$shared/data/tokenizers/deberta-v3/spm.model.gz" >"$folder/model/spm.model"
cat >"$folder/model/config.json" <<'JSON'
{"model_type": "deberta-v2", "hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 512,
 "vocab_size": 128100, "max_position_embeddings": 512, "type_vocab_size": 0, "hidden_act": "gelu", "initializer_range": 0.02,
 "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "relative_attention": true, "max_relative_positions": -1,
 "position_buckets": 256, "norm_rel_ebd": "layer_norm", "share_att_key": true, "pos_att_type": "p2c|c2p",
 "position_biased_input": false, "layer_norm_eps": 1e-7, "pooler_dropout": 0, "pooler_hidden_act": "gelu"}
JSON
for seed in "$@"; do
  "$program" --home "$folder/home" train --init-from-config "$folder/model/config.json" --task sst-2 --seed "$seed" \
    --train "$shared/data/glue/SST-2/train.tsv.gz" --dev "$shared/data/glue/SST-2/dev.tsv" --batch-size 64 --max-length 128 \
    --set epochs=1 --set learning-rate=5e-4 --set warmup-steps=100 --set save-every=0 --json |
    sed -n "s/.*\"event\":\"done\".*\"value\":\([0-9.]*\).*\"seconds\":\([0-9.]*\).*/seed $seed accuracy \1 seconds \2/p" |
    tee -a "$folder/results"
done
awk '{ sum += $4; time += $6 } END { printf "mean accuracy %.4f, %.0f s a seed\n", sum / NR, time / NR; exit sum / NR < 0.81 }' "$folder/results"
