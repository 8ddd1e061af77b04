"""Settings of the newsroom."""

from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict


class LLMSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OSTLER_", env_file=".env")

    headline_model: str = "gpt-4o-mini-2024-07-18"
    fact_model: str = "command-r-08-2024"
    embed_model: str = "mistral-embed"
    camera_model: str = "sony-FX6"


@lru_cache
def get_settings() -> LLMSettings:
    return LLMSettings()
