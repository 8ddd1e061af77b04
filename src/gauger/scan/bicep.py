"""Which models do Bicep files deploy, and which do they pass to applications? Collector `bicep`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate, Collected, FileView
from gauger.scan.environment import Variable, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.model_address import model_address
from gauger.scan.model_words import ModelWord, could_be_model, is_secret_name, model_word
from gauger.scan.values import Name, Opaque, Text, Value

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|'(?:[^'\\\n]|\\.)*'|'''.*?'''", re.DOTALL)
_DEFINED = re.compile(
    r"^[ \t]*(?:param[ \t]+(?P<param>\w+)[ \t]+[\w?]+[ \t]*|var[ \t]+(?P<var>\w+)[ \t]*"
    r"|param[ \t]+(?P<given>\w+)[ \t]*)"
    r"=[ \t]*(?P<value>'[^'\n]*')",
    re.MULTILINE,
)
_MODEL = re.compile(r"\bmodel[ \t]*:[ \t]*\{(?P<body>[^{}]*)\}")
_PAIR = re.compile(r"(?P<key>\w+|'[\w-]+')[ \t]*:[ \t]*(?P<value>'[^'\n]*'|[A-Za-z_][\w.]*)")
_SETTING = re.compile(
    r"\bname[ \t]*:[ \t]*'(?P<name>[A-Z][A-Z0-9_]*)'\s*,?\s*"
    r"value[ \t]*:[ \t]*(?P<value>'[^'\n]*'|[A-Za-z_][\w.]*)"
)
_FORMATS = {"openai": "azure-openai"}
"""The `format` of a deployment whose service has an entry of its own in the catalogue; others are Foundry's.

Source: https://learn.microsoft.com/azure/templates/microsoft.cognitiveservices/accounts/deployments
"""


class Bicep:
    """`*.bicep` and `*.bicepparam`: deployments of models, parameters, settings of applications."""

    ident = "bicep"
    globs: tuple[str, ...] = ("**/*.bicep", "**/*.bicepparam")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read one file; what the patterns do not know is passed over.

        Raises:
            LimitExceeded: the file is longer than the bounds allow.
            Unreadable: it cannot be read.
        """
        return _Reader(str(view.path), _uncommented(view.text())).read().collected()


def _uncommented(text: str) -> str:
    """The text with comments blanked, so that every place stays."""

    def blank(match: re.Match[str]) -> str:
        return match[0] if match[0].startswith("'") else re.sub(r"[^\n]", " ", match[0])

    return _COMMENT.sub(blank, text)


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.harvest = Harvest()
        self.taken: set[int] = set()

    def read(self) -> Harvest:
        """Everything that the file says."""
        self.definitions()
        for match in _MODEL.finditer(self.text):
            self.deployment(match)
        for match in _PAIR.finditer(self.text):
            word = model_word(match["key"].strip("'"))
            if word is not None and match.start("value") not in self.taken:
                self.candidate(match["key"].strip("'"), match["value"], match.start("value"), word, "")
        self.harvest.add(read_variables(list(self.settings()), surface="bicep"))
        return self.harvest

    def definitions(self) -> None:
        """Parameters and variables: what their names stand for."""
        for match in _DEFINED.finditer(self.text):
            name = match["param"] or match["var"] or match["given"]
            at = match.start("value")
            if is_secret_name(name):
                continue
            value = self.value(match["value"], at)
            symbol = Binding(
                kind="symbol", name=self.symbol(name), value=value, location=self.place(at),
                overridable=match["param"] is not None,
            )  # fmt: skip
            self.harvest.bindings.append(symbol)
            word = model_word(name)
            if word is not None:
                self.candidate(name, match["value"], at, word, "")

    def deployment(self, match: re.Match[str]) -> None:
        """`model: { format: 'OpenAI', name: 'gpt-4o', version: '…' }`."""
        start = match.start("body")
        pairs = {m["key"]: (m["value"], start + m.start("value")) for m in _PAIR.finditer(match["body"])}
        if "name" not in pairs:
            return
        told = pairs.get("format", ("", 0))[0].strip("'").lower()
        provider = _FORMATS.get(told, "azure-ai-foundry") if told else ""
        text, at = pairs["name"]
        self.taken.add(at)
        word = ModelWord(strength="strong", role="inference")
        self.candidate("model.name", text, at, word, provider, version=pairs.get("version", ("", 0)))

    def candidate(
        self,
        api: str,
        text: str,
        at: int,
        word: ModelWord,
        provider: str,
        version: tuple[str, int] = ("", 0),
    ) -> None:
        """Write down a use."""
        written = text.strip("'")
        if text.startswith("'") and not could_be_model(written):
            return
        known = model_address(written) if text.startswith("'") else None
        pinned = version[0].strip("'") if version[0].startswith("'") else ""
        self.harvest.candidates.append(
            Candidate(
                surface="bicep",
                api=printable(api, 100),
                location=self.place(at),
                written=printable(written),
                model=self.value(text, at),
                namespace=known.namespace if known else "cloud" if provider else "",
                provider=provider,
                role=word.role,
                revision=Text(text=printable(pinned), location=self.place(version[1])) if pinned else None,
                weak=word.strength == "weak" or not text.startswith("'"),
            )
        )

    def settings(self) -> Iterator[Variable]:
        """`{ name: 'X', value: 'y' }` of an application's environment."""
        for match in _SETTING.finditer(self.text):
            at, secret = match.start("value"), is_secret_name(match["name"])
            text = "" if secret else match["value"].strip("'")
            value = Text(text="", location=self.place(at)) if secret else self.value(match["value"], at)
            yield Variable(name=match["name"], text=printable(text), value=value, location=self.place(at))

    def value(self, text: str, at: int) -> Value:
        """A text, or the name of a parameter or variable of this file."""
        place = self.place(at)
        if text.startswith("'"):
            if "${" in text:
                return Opaque(why="a text that is put together", location=place)
            return Text(text=printable(text.strip("'")), location=place)
        return Name(kind="symbol", name=self.symbol(text), location=place)

    def symbol(self, name: str) -> str:
        """Under which name is a parameter bound?"""
        return f"bicep:{self.path}:{printable(name, 200)}"

    def place(self, at: int) -> Location:
        """The place of this character."""
        line = self.text.count("\n", 0, at) + 1
        return Location(path=self.path, line=line, column=at - self.text.rfind("\n", 0, at))
