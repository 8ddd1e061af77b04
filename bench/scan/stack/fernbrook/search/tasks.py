"""What runs on our own cards."""

from gliner import GLiNER
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    pipeline,
)

from .names import BY_TASK, SUMMARISER
from .settings import CONF, settings, speech

TASK = "classify"
classifier = AutoModelForSequenceClassification.from_pretrained(BY_TASK[TASK])
entities = GLiNER.from_pretrained(BY_TASK["entities"])
translate = pipeline("translation", model=BY_TASK.get("translate"))
summarise = AutoModelForCausalLM.from_pretrained(SUMMARISER, device_map="auto")
tokens = AutoTokenizer.from_pretrained("google/gemma-2-9b-it")
listen = pipeline("automatic-speech-recognition", speech.checkpoint)
look = pipeline(task="image-text-to-text", model=settings.vision_model)
tagger = pipeline("ner", model=CONF["local"]["tagger"])
toxicity = pipeline(
    "text-classification",
    model="unitary/toxic-bert",
    top_k=None,
)


def build(name):
    """Whatever the caller asks for."""
    return AutoModelForCausalLM.from_pretrained(name)
