"""What is left of a template when its expressions are taken out, and what does each expression refer to?

Helm's templates are no YAML until they are rendered. Each expression becomes a name such as `$TPL3_`, lines
that hold nothing but control are emptied, and the rest is read as YAML with every line where it was.
"""

from __future__ import annotations

import re

import msgspec

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import literal
from gauger.scan.values import Either, Joined, Name, Opaque, Text, Value

_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}|\{#.*?#\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_ONLY_CONTROL = re.compile(r"^\s*(?:\{\{.*?\}\}\s*|\{%.*?%\}\s*)+$")
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\([^()]*\)(?:\.[\w.]+)?|[^\s()]+')
_INDEX = re.compile(r"^index\s+(\S+)((?:\s+(?:\d+|\"[^\"]*\"))+)$")
_INDEXED = re.compile(r"^\((index\s[^()]+)\)((?:\.\w+|\[\d+\])*)$")
_LOOP = re.compile(r"^range\s+(?:(?:\$\w+\s*,\s*)?(?P<name>\$\w+)\s*:=\s*)?(?P<over>.+)$")
_SET = re.compile(r"^(?P<name>\$\w+)\s*:?=\s*(?P<value>.+)$")
_PLACEHOLDER = re.compile(r"\$TPL\d+_")
_EXPRESSIONS = 5_000
_OPENING = ("if ", "if(", "range ", "with ", "define ", "block ")


class Template:
    """A template's text with its expressions taken out.

    Args:
        text: The template.
        path: The file, relative to the root.
        module: Where its values are defined: `helm:<folder of the chart>`; empty where nobody knows.

    Attributes:
        text: As many lines as before; YAML as far as the template's author kept to it.
        values: What each name that stands in the text now refers to.
    """

    def __init__(self, text: str, path: str, module: str = "") -> None:
        self.path = path
        self.module = module
        self.values: dict[str, Value] = {}
        self._spelt: dict[str, str] = {}
        self._contexts: list[tuple[str, str]] = []
        self._variables: dict[str, str] = {}
        blanked = _COMMENT.sub(lambda m: "\n" * m[0].count("\n"), text)
        blanked = _EXPRESSION.sub(lambda m: m[0] if "\n" not in m[0] else "\n" * m[0].count("\n"), blanked)
        self.text = "\n".join(self._line(line, i + 1) for i, line in enumerate(blanked.split("\n")))

    def restored(self, harvest: Harvest) -> Harvest:
        """The same notes with the expressions as they are written in the template."""
        harvest.candidates = [
            msgspec.structs.replace(
                c,
                written=self._restore(c.written),
                api=self._restore(c.api),
                location=self._place(c.location),
            )
            for c in harvest.candidates
        ]
        harvest.artifacts = [
            msgspec.structs.replace(a, id="", location=self._place(a.location)) for a in harvest.artifacts
        ]
        return harvest

    def _place(self, location: Location) -> Location:
        return msgspec.structs.replace(location, member=self._restore(location.member))

    def _restore(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda m: self._spelt.get(m[0], m[0]), text)

    def _line(self, line: str, number: int) -> str:
        if "{{" not in line and "{%" not in line:
            return line
        if _ONLY_CONTROL.match(line):
            for match in _EXPRESSION.finditer(line):
                self._control(match[1])
            return ""
        taken = _EXPRESSION.sub(lambda m: self._expression(m[1], number), line)
        return _STATEMENT.sub("", taken)

    def _control(self, text: str) -> None:
        if text == "end" or text.startswith("end "):
            if self._contexts:
                self._contexts.pop()
            return
        assigned = _SET.match(text)
        if assigned is not None:
            self._variables[assigned["name"]] = self._full(assigned["value"].strip())
            return
        if not text.startswith(_OPENING):
            return
        loop = _LOOP.match(text)
        if loop is not None:
            over = self._full(loop["over"].strip()) + "[*]"
            if loop["name"]:
                self._variables[loop["name"]] = over
            self._contexts.append(("range", over))
        elif text.startswith("with "):
            self._contexts.append(("with", self._full(text[5:].strip())))
        else:
            self._contexts.append((text.split("(", 1)[0].split(" ", 1)[0], ""))

    def _full(self, text: str) -> str:
        """The whole path that a dotted name means here: `.x` inside a loop, `$m.x`, `$.Values.x`."""
        indexed = _INDEXED.match(text)
        if indexed is not None:
            return self._full(indexed[1]) + indexed[2]
        text = text.strip("()")
        index = _INDEX.match(text)
        if index is not None:
            keys = [k.strip('"') for k in re.findall(r"\d+|\"[^\"]*\"", index[2])]
            return self._full(index[1]) + "".join(f"[{k}]" if k.isdigit() else f".{k}" for k in keys)
        if text.startswith("$."):
            return text[1:]
        head, dot, rest = text.partition(".")
        if head in self._variables:
            return self._variables[head] + dot + rest
        if text.startswith(".") and not text.startswith(
            (".Values", ".Release", ".Chart", ".Files", ".Capabilities")
        ):
            context = next((c for _, c in reversed(self._contexts) if c), "")
            return context + ("" if text == "." else text) if context else text
        return text

    def _expression(self, text: str, number: int) -> str:
        opens = text.startswith(_OPENING) or text in ("end", "else") or text.startswith("else ")
        if opens:
            self._control(text)
            return ""
        if len(self.values) >= _EXPRESSIONS:
            return "$TPL_"
        name = f"TPL{len(self.values)}_"
        self._spelt[f"${name}"] = f"{{{{ {text} }}}}"
        self.values[name] = self._value(text, Location(path=self.path, line=number), 0)
        return f"${name}"

    def _value(self, text: str, place: Location, depth: int) -> Value:
        stages = [stage.strip() for stage in _split_pipes(text)]
        value = self._operand(stages[0], place, depth)
        for stage in stages[1:]:
            if stage.startswith("default ") and isinstance(value, Name):
                default = self._operand(stage[8:].strip(), place, depth + 1)
                value = Name(kind=value.kind, name=value.name, location=place, default=default)
        return value

    def _operand(self, text: str, place: Location, depth: int) -> Value:
        """What one operand refers to: a literal, a value, or a function of some."""
        if text[:1] in ('"', "`", "'") and text[-1:] == text[:1] and len(text) > 1:
            return literal(text[1:-1], place)
        if text.startswith("(") and text.endswith(")") and depth < 6:
            return self._value(text[1:-1], place, depth + 1)
        words = _WORD.findall(text)
        if len(words) > 1 and depth < 6 and not text.startswith("index ") and not _INDEXED.match(text):
            return self._function(words[0], words[1:], place, depth + 1)
        return self._reference(text, place)

    def _function(self, name: str, words: list[str], place: Location, depth: int) -> Value:
        values = [self._operand(word, place, depth) for word in words[:8]]
        if name == "default" and len(values) == 2 and isinstance(values[1], Name):
            return Name(kind=values[1].kind, name=values[1].name, location=place, default=values[0])
        if name in ("coalesce", "ternary"):
            return Either(options=tuple(values[:2] if name == "ternary" else values))
        if name in ("required", "tpl", "quote", "squote", "toString", "trim", "printf", "print"):
            if name == "printf" and isinstance(values[0], Text):
                return _formatted(values[0].text, values[1:], place)
            return values[1] if name == "required" and len(values) > 1 else values[0]
        return Opaque(why=printable(f"the template function {name}", 80), location=place)

    def _reference(self, text: str, place: Location) -> Value:
        full = self._full(text)
        if full.startswith(".Values") and self.module:
            return Name(kind="symbol", name=f"{self.module}:{printable(full, 200)}", location=place)
        if full.startswith(".Values"):
            return Name(kind="variable", name=printable(full, 200), location=place)
        return Opaque(why=printable(f"the template expression {text}", 80), location=place)


def _formatted(pattern: str, values: list[Value], place: Location) -> Value:
    """`printf "%s/%s" a b`."""
    pieces = re.split(r"%[svdq]", pattern)
    parts: list[Value] = []
    for at, piece in enumerate(pieces):
        parts += [Text(text=piece, location=place)] if piece else []
        parts += [values[at]] if at < len(values) and at < len(pieces) - 1 else []
    return Joined(parts=tuple(parts))


def _split_pipes(text: str) -> list[str]:
    return re.findall(r'(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^|"`]|["`])+', text) or [text]
