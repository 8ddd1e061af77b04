#!/bin/sh
set -e
optimum-cli export onnx --model optimum/roberta-base-squad2 out/
ct2-transformers-converter --model Helsinki-NLP/opus-mt-uk-en --output_dir ct2
litellm --model ollama/starcoder2:7b --port 4100 &
docker run --gpus all -p 8000:8000 vllm/vllm-openai --model utter-project/EuroLLM-9B-Instruct
xinference launch --model-name glm4-chat --size-in-billions 9
for m in speakleash/Bielik-7B-Instruct-v0.1 sapienzanlp/Minerva-7B-instruct-v1.0; do
  hf download "$m"
done
curl -s "https://api-inference.huggingface.co/models/papluca/xlm-roberta-base-language-detection" -d '{"inputs":"x"}'
: "we do not run kakaocorp/kanana-1.5-8b"
