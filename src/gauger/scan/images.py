"""Which model does a container image hold, as its name says? Most images hold none."""

from __future__ import annotations

import re

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Candidate
from gauger.scan.values import Text

_NIM = re.compile(r"^nvcr\.io/nim/(?P<name>[\w.-]+/[\w.-]+?)(?::(?P<tag>[\w.-]+))?(?:@.*)?$")
_MODEL_REGISTRY = re.compile(
    r"^(?:docker\.io/)?ai/(?P<name>[\w.-]+)(?::(?P<tag>[\w.-]+))?$|^(?:hf\.co|huggingface\.co)/(?P<hub>[\w.-]+/[\w.-]+)"
)


def model_in_image(image: str, surface: str, api: str, location: Location) -> list[Candidate]:
    """The model that an image carries: an NVIDIA NIM, or an image of Docker's `ai` namespace.

    Sources: NVIDIA's NIM documentation (`nvcr.io/nim/<publisher>/<model>`); Docker Hub's `ai` namespace.
    """
    nim, model = _NIM.match(image), _MODEL_REGISTRY.match(image)
    if nim is not None:
        name, revision = nim["name"], nim["tag"]
    elif model is not None:
        name = model["hub"] or f"ai/{model['name']}" + (f":{model['tag']}" if model["tag"] else "")
        revision = None
    else:
        return []
    return [
        Candidate(
            surface=surface,
            api=api,
            location=location,
            written=printable(image),
            model=Text(text=printable(name), location=location),
            namespace="hub" if model is not None and model["hub"] else "",
            revision=Text(text=printable(revision), location=location) if revision else None,
        )
    ]
