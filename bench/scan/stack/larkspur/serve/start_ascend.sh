#!/bin/bash
# Serving on Ascend 910B with vllm-ascend.
source /usr/local/Ascend/ascend-toolkit/set_env.sh
export ASCEND_RT_VISIBLE_DEVICES=0,1
export HCCL_BUFFSIZE=1024

MODEL_DIR=/srv/models
NAME=Qwen3-235B-A22B-W8A8

vllm serve "${MODEL_DIR}/${NAME}" \
  --quantization ascend \
  --served-model-name ward-chat \
  --tensor-parallel-size 2

# vllm serve baichuan-inc/Baichuan-7B
