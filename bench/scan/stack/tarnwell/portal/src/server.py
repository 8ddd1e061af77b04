"""A small helper service of the portal, reads portal.env through Compose."""

import os

from openai import OpenAI

house = OpenAI(base_url="http://vllm:8000/v1", api_key="none")


def answer(messages):
    """The served name is defined in compose.yaml."""
    return house.chat.completions.create(model="house-chat", messages=messages)


def tier(messages):
    """Name set by the orchestrator."""
    return house.chat.completions.create(model=os.environ["TIER_MODEL"], messages=messages)
