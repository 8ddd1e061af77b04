#!/usr/bin/env bash
set -euo pipefail

BASE="${BASE:-allenai/OLMo-2-1124-7B}"
export DATA=/data/clauses

accelerate launch --num_processes 2 sft.py \
  --model_name_or_path "$BASE" \
  --dataset_name "$DATA"

trl dpo --model_name_or_path stabilityai/stablelm-2-1_6b --dataset_name trl-lib/ultrafeedback_binarized

swift sft --model ZhipuAI/glm-edge-4b-chat --train_type lora
