"""Answers of a big model become training rows for a small one."""

import json

from openai import OpenAI
from transformers import AutoModelForCausalLM, TrainingArguments

TEACHER = "hunyuan-t1-latest"
STUDENT = "tencent/Hunyuan-1.8B-Pretrain"

client = OpenAI(base_url="https://api.hunyuan.cloud.tencent.com/v1")


def rows(prompts):
    """One row per prompt."""
    for prompt in prompts:
        reply = client.chat.completions.create(model=TEACHER, messages=[{"role": "user", "content": prompt}])
        yield json.dumps({"prompt": prompt, "completion": reply.choices[0].message.content})


student = AutoModelForCausalLM.from_pretrained(STUDENT)
