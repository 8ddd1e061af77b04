"""Agents of the drafting desk."""

from agents import Agent, OpenAIChatCompletionsModel
from autogen_agentchat.agents import AssistantAgent
from autogen_ext.models.openai import OpenAIChatCompletionClient
from modelscope import AutoModel, snapshot_download
from modelscope.pipelines import pipeline as ms_pipeline
from openai import AsyncOpenAI
from funasr import AutoModel as FunModel
from paddleocr import PaddleOCR

fast = Agent(name="triage", instructions="Sort.", model="gpt-5-nano")
slow = Agent(
    name="review",
    model=OpenAIChatCompletionsModel(
        model="kimi-k2-thinking",
        openai_client=AsyncOpenAI(base_url="https://api.moonshot.cn/v1"),
    ),
)
pilot = AssistantAgent("pilot", model_client=OpenAIChatCompletionClient(model="o3-2025-04-16"))
scan = PaddleOCR(text_recognition_model_name="PP-OCRv5_server_rec", lang="ch")
hear = FunModel(model="iic/SenseVoiceSmall", vad_model="fsmn-vad")
folder = snapshot_download("baidu/ERNIE-4.5-21B-A3B-PT")
ernie = AutoModel.from_pretrained(folder)
segment = ms_pipeline("word-segmentation", model="damo/nlp_structbert_word-segmentation_chinese-base")
