"""Frameworks that hide the client."""

import dspy
import litellm
from crewai import LLM as CrewLLM
from crewai import Agent
from haystack.components.generators.chat import OpenAIChatGenerator
from langchain.chat_models import init_chat_model
from langchain_anthropic import ChatAnthropic
from langchain_community.chat_models.tongyi import ChatTongyi
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_huggingface import HuggingFaceEmbeddings, HuggingFaceEndpoint
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI
from llama_index.core import Settings
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.openai_like import OpenAILike
from pydantic_ai import Agent as TypedAgent
from pydantic_ai.models.openai import OpenAIModel
from pydantic_ai.providers.openai import OpenAIProvider
from smolagents import CodeAgent, InferenceClientModel, LiteLLMModel

plain = ChatOpenAI(model="o4-mini", temperature=1)
minimax = ChatOpenAI(
    model="MiniMax-M1",
    base_url="https://api.minimax.io/v1",
)
tongyi = ChatTongyi(model="qwen-max-latest")
sonnet = ChatAnthropic(model_name="claude-sonnet-4-5-20250929")
flash = ChatGoogleGenerativeAI(model="gemini-2.0-flash-lite")
either = init_chat_model("groq:llama-3.3-70b-versatile")
other = init_chat_model("command-a-03-2025", model_provider="cohere")
desk = ChatOllama(model="qwen3:14b", base_url="http://desk.internal:11434")
bge = HuggingFaceEmbeddings(model_name="BAAI/bge-m3")
endpoint = HuggingFaceEndpoint(repo_id="HuggingFaceH4/zephyr-7b-beta")
Settings.embed_model = HuggingFaceEmbedding("Alibaba-NLP/gte-large-en-v1.5")
Settings.llm = OpenAILike(model="baichuan-inc/Baichuan-M2-32B", api_base="http://10.3.0.9:8000/v1")
lm = dspy.LM("openai/gpt-4.1-nano")
teacher = dspy.LM(model="deepseek/deepseek-reasoner", max_tokens=8000)
crew = Agent(role="reviewer", goal="find gaps", backstory="", llm="gemini/gemini-2.5-flash")
crew_llm = CrewLLM(model="xai/grok-3-mini")
typed = TypedAgent("anthropic:claude-3-5-haiku-latest")
typed_other = TypedAgent(
    OpenAIModel("Pro/zai-org/GLM-4.5", provider=OpenAIProvider(base_url="https://api.siliconflow.cn/v1"))
)
code = CodeAgent(tools=[], model=InferenceClientModel(model_id="bigcode/starcoder2-15b-instruct-v0.1"))
code_too = CodeAgent(tools=[], model=LiteLLMModel(model_id="ollama_chat/devstral:24b"))
stack = OpenAIChatGenerator(model="gpt-4.1-mini-2025-04-14")

DEFAULT = {"model": "volcengine/doubao-seed-1-6-250615", "temperature": 0.2}


def draft(messages):
    """A first version of a clause."""
    return litellm.completion(messages=messages, **DEFAULT)
