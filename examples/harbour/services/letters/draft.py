"""Drafts answers to complaints; a person signs every one of them."""

import os

from peft import PeftModel
from transformers import AutoModelForCausalLM, pipeline

DRAFTER = os.environ.get("LETTERS_MODEL", "models/letters-mistral-7b")

drafter = pipeline("text-generation", model=DRAFTER)

tone_base = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B-Instruct")
tone = PeftModel.from_pretrained(tone_base, "models/adapters/complaints-tone")

# Set on the night shift's machines only; nobody wrote down what to.
night_shift = pipeline("text-generation", model=os.environ["LETTERS_NIGHT_MODEL"])
