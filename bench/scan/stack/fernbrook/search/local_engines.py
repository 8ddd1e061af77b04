"""Engines that we serve ourselves."""

import argparse

import onnxruntime
import sglang
from ctranslate2 import Translator
from faster_whisper import WhisperModel
from huggingface_hub import hf_hub_download, snapshot_download
from llama_cpp import Llama
from mlx_lm import load
from optimum.onnxruntime import ORTModelForFeatureExtraction
from peft import AutoPeftModelForCausalLM, PeftModel
from vllm import LLM, SamplingParams

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="THUDM/glm-4-9b-chat-hf")
parser.add_argument("--draft", required=True)
args = parser.parse_args()

engine = LLM(model=args.model, tensor_parallel_size=2)
draft = LLM(model=args.draft)
batch = LLM("internlm/internlm3-8b-instruct", trust_remote_code=True)
runner = sglang.Engine(model_path="XiaomiMiMo/MiMo-7B-RL")
quick = Llama.from_pretrained(
    repo_id="bartowski/Phi-3.5-mini-instruct-GGUF",
    filename="*Q4_K_M.gguf",
)
mac, mac_tokens = load("mlx-community/Llama-3.2-3B-Instruct-4bit")
whisper = WhisperModel("Systran/faster-distil-whisper-large-v3", device="cuda")
snapshot_download("stepfun-ai/Step-Audio-2-mini", local_dir="weights/step-audio")
path = hf_hub_download(repo_id="unsloth/gpt-oss-20b-GGUF", filename="gpt-oss-20b-Q4_K_M.gguf")
oss = Llama(model_path=path)
features = ORTModelForFeatureExtraction.from_pretrained("Xenova/all-MiniLM-L6-v2")
tuned = PeftModel.from_pretrained(features, "fernbrook/clause-lora")
merged = AutoPeftModelForCausalLM.from_pretrained("predibase/customer_support")
session = onnxruntime.InferenceSession("weights/bge-small-zh-v1.5.onnx")
old = Translator("weights/opus-mt-zh-en-ct2")
