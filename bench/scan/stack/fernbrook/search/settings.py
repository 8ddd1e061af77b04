"""Settings of the service."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    answer_model: str = "gpt-4.1"
    answer_key: str = ""
    vision_model: str = Field(default="Qwen/Qwen2.5-VL-7B-Instruct", description="reads scans")
    top_k: int = 12


@dataclass
class Speech:
    size: str = field(default="large-v3")
    checkpoint: str = "openai/whisper-large-v3-turbo"


settings = Settings()
speech = Speech()

CONF = yaml.safe_load((Path(__file__).parent / "service.yaml").read_text())
FALLBACK = os.environ.get("FERNBROOK_FALLBACK", "mistral-small-latest")
