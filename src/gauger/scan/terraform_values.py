"""What does a Terraform expression stand for? Variables, locals, templates, and a few functions."""

from __future__ import annotations

import re

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.hcl import HclValue
from gauger.scan.interpolate import joined, literal
from gauger.scan.values import Either, Name, Opaque, Text, Value

_REFERENCE = re.compile(r"^(?P<name>(?:var|local)(?:\.[A-Za-z_][\w-]*|\[(?:\d+|\"[^\"]*\")\])+)$")
_BARE = re.compile(r"^[A-Za-z_]\w*$")
"""A variable of a bake file, which needs no `var.` before it."""
_KEY = re.compile(r"\[\"([^\"]*)\"\]")
_EACH = re.compile(r"^each\.(?P<what>key|value)(?P<rest>(?:\.[A-Za-z_][\w-]*)*)$")
_CHOICE = re.compile(r"^[^?]+\?(?P<one>\"[^\"]*\"|[^:\"]+):(?P<other>\"[^\"]*\"|[^:\"]+)$")
_QUOTED = re.compile(r"^\"([^\"$]*)\"$")
_TEMPLATE = re.compile(r"\$\$\{|\$\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|%\{[^}]*\}")
_DEPTH = 8


class TerraformValues:
    """Reads expressions of one file.

    Args:
        path: The file.
        module: The name under which the module's variables and locals are bound.
    """

    def __init__(self, path: str, module: str) -> None:
        self.path = path
        self.module = module
        self.each: tuple[tuple[str, HclValue], ...] = ()
        self.over = ""

    def value(self, item: HclValue) -> Value:
        """What does the right side of an attribute stand for?"""
        place = Location(path=self.path, line=item.line, column=item.column)
        if item.kind == "text":
            return self._template(item.text, place, 0)
        if item.kind == "expression" and item.items and item.text.endswith("()"):
            return self._call(item, place)
        if item.kind == "expression":
            return self._expression(item.text.strip(), place, 0)
        return Opaque(why=f"a {item.kind}", location=place)

    def _template(self, text: str, place: Location, depth: int) -> Value:
        parts: list[Value] = []
        at = 0
        for match in _TEMPLATE.finditer(text):
            if match.start() > at:
                parts.append(literal(text[at : match.start()], place))
            at = match.end()
            if match[1] is not None:
                parts.append(self._expression(match[1].strip(), place, depth + 1))
            elif match[0] == "$${":
                parts.append(literal("${", place))
        if at < len(text):
            parts.append(literal(text[at:], place))
        return joined(parts, place)

    def _expression(self, text: str, place: Location, depth: int) -> Value:
        quoted = _QUOTED.match(text)
        if quoted is not None:
            return literal(quoted[1], place)
        reference = _REFERENCE.match(text)
        if reference is not None:
            name = _KEY.sub(r".\1", reference["name"])
            return Name(kind="symbol", name=f"{self.module}:{printable(name, 200)}", location=place)
        if _BARE.match(text):
            return Name(kind="symbol", name=f"{self.module}:var.{text}", location=place)
        each = _EACH.match(text)
        if each is not None and self.over:
            part = "@key" if each["what"] == "key" else each["rest"]
            name = f"{self.module}:{printable(f'{self.over}[*]{part}', 200)}"
            return Name(kind="symbol", name=name, location=place)
        if each is not None and self.each:
            return self._each(each, place, depth)
        choice = _CHOICE.match(text)
        if choice is not None and depth < _DEPTH:
            return Either(
                options=(
                    self._expression(choice["one"].strip(), place, depth + 1),
                    self._expression(choice["other"].strip(), place, depth + 1),
                )
            )
        return Opaque(why=printable(f"the expression {text}", 80), location=place)

    def _each(self, match: re.Match[str], place: Location, depth: int) -> Value:
        """`each.key`, `each.value`, `each.value.model` of the resource's `for_each`."""
        if match["what"] == "key":
            return Either(options=tuple(Text(text=printable(key), location=place) for key, _ in self.each))
        found: list[Value] = []
        for _, item in self.each:
            leaf: HclValue | None = item
            for part in match["rest"].split(".")[1:]:
                leaf = leaf.body.get(part) if leaf is not None and leaf.body is not None else None
            if leaf is not None and depth < _DEPTH:
                found.append(self.value(leaf))
        return (
            Either(options=tuple(found)) if found else Opaque(why="the expression each.value", location=place)
        )

    def _call(self, item: HclValue, place: Location) -> Value:
        """`coalesce(a, b)`, `try(a, b)`, `lookup(map, key, default)`, `format("%s/%s", a, b)`."""
        name = item.text.removesuffix("()")
        values = [self.value(part) for part in item.items[:8]]
        if name in ("coalesce", "try", "element"):
            return Either(options=tuple(v for v in values if not isinstance(v, Opaque)) or (values[0],))
        if name in ("lower", "upper", "tostring", "replace"):
            return values[0]
        if name == "lookup" and len(values) > 1:
            return Either(options=tuple(values[2:])) if len(values) > 2 else values[0]
        if name == "format" and isinstance(values[0], Text):
            pieces = re.split(r"%[svdq]", values[0].text)
            parts: list[Value] = []
            for at, piece in enumerate(pieces):
                parts += [Text(text=piece, location=place)] if piece else []
                parts += [values[at + 1]] if at < len(pieces) - 1 and at + 1 < len(values) else []
            return joined(parts, place)
        return Opaque(why=printable(f"the function {name}", 80), location=place)
