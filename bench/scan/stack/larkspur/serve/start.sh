#!/usr/bin/env bash
set -eu
python -m sglang.launch_server --model-path tencent/Hunyuan-A13B-Instruct --port 30000 &
llama-server -hf unsloth/medgemma-4b-it-GGUF --port 8081 &
llama-server -m /srv/models/gguf/aya-23-8B-Q4_K_M.gguf --port 8082 &
lmdeploy serve api_server internlm/internlm2_5-20b-chat --server-port 23333 &
text-generation-launcher --model-id bigcode/octocoder &
ollama run phi3:medium "warm up"
mlx_lm.server --model mlx-community/Mistral-Nemo-Instruct-2407-4bit &
vllm serve "$1" --port 9000 &
curl -s https://api.moonshot.cn/v1/chat/completions \
  -H "Authorization: Bearer ${MOONSHOT_API_KEY}" \
  -d '{"model": "moonshot-v1-32k", "messages": []}'
echo "replaces lmsys/vicuna-33b-v1.3"
grep -q "mosaicml/mpt-7b-storywriter" denied.txt && exit 1
wait
