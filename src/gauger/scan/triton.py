"""Which models do the repositories of Triton Inference Server name by a parameter? Collector `triton`."""

from __future__ import annotations

import re

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Candidate, Collected, FileView
from gauger.scan.model_address import is_hub_name, model_address
from gauger.scan.model_words import could_be_model, model_word
from gauger.scan.values import Text

_PARAMETER = re.compile(
    r"key\s*:\s*\"(?P<key>[^\"\n]{1,100})\"\s*,?\s*value\s*:?\s*\{\s*string_value\s*:\s*\"(?P<value>[^\"\n]{1,300})\""
)
_TOKENIZERS = {"tokenizer_dir", "tokenizer_path"}
_FOLDERS = {"gpt_model_path", "engine_dir", "decoder_model_path", "encoder_model_path", *_TOKENIZERS}


class Triton:
    """`config.pbtxt`: its parameters that carry a model's name or folder."""

    ident = "triton"
    globs: tuple[str, ...] = ("**/*.pbtxt",)
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read the parameters.

        Source: https://github.com/triton-inference-server/server/blob/main/docs/user_guide/model_configuration.md

        Raises:
            LimitExceeded: the file is longer than the bounds allow.
            Unreadable: it cannot be read.
        """
        text, path = view.text(), str(view.path)
        found = []
        for match in _PARAMETER.finditer(text):
            key, value = match["key"].lower(), match["value"].strip()
            word = model_word(key)
            if (word is None and key not in _FOLDERS) or not could_be_model(value) or "{" in value:
                continue
            line = text.count("\n", 0, match.start("value")) + 1
            column = match.start("value") - text.rfind("\n", 0, match.start("value"))
            place = Location(path=path, line=line, column=column, member=printable(f"parameters.{key}", 200))
            known = model_address(value)
            strong = is_hub_name(value) or known is not None
            found.append(
                Candidate(
                    surface="triton",
                    api=printable(match["key"], 100),
                    location=place,
                    written=printable(value),
                    model=Text(text=printable(known.name if known else value), location=place),
                    namespace=known.namespace if known else "",
                    role="tokenizer" if key in _TOKENIZERS else word.role if word else "inference",
                    weak=not strong,
                )
            )
        return Collected(candidates=tuple(found))
