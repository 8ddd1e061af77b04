"""Which client for which desk."""

import instructor
from anthropic import AnthropicBedrock
from azure.ai.inference import ChatCompletionsClient
from azure.core.credentials import AzureKeyCredential
from langchain_aws import ChatBedrock
from langchain_mistralai import ChatMistralAI
from langchain_nvidia_ai_endpoints import ChatNVIDIA
from langchain_openai import AzureChatOpenAI, OpenAIEmbeddings
from langgraph.prebuilt import create_react_agent
from llama_index.llms.anthropic import Anthropic
from llama_index.llms.bedrock_converse import BedrockConverse
from openai import OpenAI


def chat_for(desk: str):
    """A desk has a model."""
    if desk == "sport":
        return ChatMistralAI(model="open-mixtral-8x22b")
    if desk == "finance":
        return AzureChatOpenAI(azure_deployment="finance-o3-mini", api_version="2025-01-01-preview")
    if desk == "foreign":
        return ChatBedrock(model_id="anthropic.claude-3-5-sonnet-20240620-v1:0", region_name="eu-central-1")
    return ChatNVIDIA(model="nvidia/llama-3.3-nemotron-super-49b-v1")


agent = create_react_agent("anthropic:claude-3-7-sonnet-20250219", tools=[])
extract = instructor.from_provider("openai/gpt-4.1-mini-2025-04-14")
wrapped = instructor.from_openai(OpenAI(base_url="https://api.cerebras.ai/v1"))
story = wrapped.chat.completions.create(model="llama-4-scout-17b-16e-instruct", response_model=dict, messages=[])
bed = AnthropicBedrock(aws_region="eu-west-1")
reply = bed.messages.create(model="anthropic.claude-3-opus-20240229-v1:0", max_tokens=99, messages=[])
inference = ChatCompletionsClient(endpoint="https://ostler.services.ai.azure.com/models", credential=AzureKeyCredential("k"))
letter = inference.complete(messages=[], model="Mistral-Large-2411")
index_llm = Anthropic(model="claude-3-haiku-20240307")
index_other = BedrockConverse(model="amazon.nova-micro-v1:0")
vectors = OpenAIEmbeddings(model="BAAI/bge-multilingual-gemma2", base_url="https://api.siliconflow.com/v1")
