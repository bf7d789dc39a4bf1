#!/bin/sh
# bench-memory.sh PROGRAM SHARED: the most memory (VmHWM) of a fresh process that trains random weights in the shape of
# DeBERTa-v3-small on RTE, batches of 16, length 256, until its third evaluation.  Fails at 3.0 GiB.
set -eu
program=$1 shared=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/model"
gzip -dc "$shared/data/tokenizers/deberta-v3/spm.model.gz" > "$work/model/spm.model"
cat > "$work/model/config.json" <<'END'
{"model_type": "deberta-v2", "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
 "hidden_size": 768, "initializer_range": 0.02, "intermediate_size": 3072, "max_position_embeddings": 512,
 "relative_attention": true, "position_buckets": 256, "norm_rel_ebd": "layer_norm", "share_att_key": true,
 "pos_att_type": "p2c|c2p", "layer_norm_eps": 1e-7, "max_relative_positions": -1, "position_biased_input": false,
 "num_attention_heads": 12, "num_hidden_layers": 6, "type_vocab_size": 0, "vocab_size": 128100}
END
"$program" train --home "$work/home" --init-from-config "$work/model/config.json" --task rte --data "$shared/data/glue/RTE" \
  --batch-size 16 --max-length 256 --set max-steps=3 --set eval-every=1 > "$work/log" 2>&1 &
pid=$!
peak=0
while kill -0 "$pid" 2>/dev/null; do
  now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status" 2>/dev/null) || now=
  [ -n "$now" ] && peak=$now
  sleep 0.2
done
wait "$pid" || { cat "$work/log"; exit 1; }
awk -v kib="$peak" 'BEGIN { printf "VmHWM %.2f GiB\n", kib / 1048576; exit kib >= 3 * 1048576 }'
