"""Asks the model that start_ascend.sh serves."""

import torch
import torch_npu
from openai import OpenAI

client = OpenAI(base_url="http://npu-01:8000/v1", api_key="none")
DEVICE = "npu:0" if torch.npu.is_available() else "cpu"


def ask(messages):
    """The served name stands in start_ascend.sh."""
    return client.chat.completions.create(model="ward-chat", messages=messages)
