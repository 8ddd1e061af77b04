"""Settings in TOML and JSON."""

import json
import tomllib
from pathlib import Path

from transformers import AutoModelForCausalLM, pipeline

HERE = Path(__file__).parent
with open(HERE / "config.toml", "rb") as file:
    CONFIG = tomllib.load(file)
ROLES = json.loads((HERE / "roles.json").read_text())

assistant = pipeline("text-generation", model=CONFIG["assistant"]["model"])
judge = AutoModelForCausalLM.from_pretrained(CONFIG["assistant"]["judge"]["name"])
coder = AutoModelForCausalLM.from_pretrained(ROLES["icd"])
extra = AutoModelForCausalLM.from_pretrained(json.load(open("/etc/larkspur/extra.json"))["model"])
