"""What does a text with names in it stand for? One dialect for each kind of file.

Shell and Compose: `$X`, `${X}`, `${X:-default}`. Kubernetes: `$(X)`. Make: `$(X)`. Terraform: `${var.x}`.
Helm and GitHub Actions: `{{ … }}` and `${{ … }}`. Every dialect maps text and place to a `Value`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.values import Joined, Name, NameKind, Opaque, Text, Value

Dialect = Callable[[str, Location], Value]
"""Text and its place → what it stands for."""

DOLLAR = "\x00"
"""Stands for a dollar sign that is not live (quoted or escaped); taken back when the text is written down."""

_NESTING = 8
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KUBERNETES = re.compile(r"\$\$|\$\(([A-Za-z_][\w.-]*)\)")
_ACTIONS = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_ACTIONS_NAME = re.compile(r"^(?:env|vars|inputs|matrix|github\.event\.inputs)\.([\w-]+)$")
_QUOTED = re.compile(r"""^(?:'([^']*)'|"([^"]*)")$""")


def literal(text: str, location: Location) -> Value:
    """The dialect of files that have no names in their text."""
    return Text(text=printable(text.replace(DOLLAR, "$")), location=location)


def joined(parts: list[Value], location: Location) -> Value:
    """One value from parts in order; a single part stands for itself."""
    if not parts:
        return Text(text="", location=location)
    return parts[0] if len(parts) == 1 else Joined(parts=tuple(parts))


def shell(text: str, location: Location) -> Value:
    """The dialect of POSIX shells and of Compose files: `$X`, `${X}`, `${X:-default}`, `$(command)`."""
    return _shell(text, location, {}, 0)


def shell_with(known: Mapping[str, Value]) -> Dialect:
    """The shell's dialect where some names are already known (set earlier in the same script)."""
    return lambda text, location: _shell(text, location, known, 0)


def _shell(text: str, location: Location, known: Mapping[str, Value], depth: int) -> Value:
    if "`" in text:
        return Opaque(why="the output of a command", location=location)
    parts: list[Value] = []
    at = search_from = 0
    while (start := text.find("$", search_from)) >= 0:
        value, end = _reference(text, start, location, known, depth)
        search_from = end if value is not None else start + 1
        if value is not None:
            parts += [literal(text[at:start], location)] if start > at else []
            parts.append(value)
            at = end
    parts += [literal(text[at:], location)] if at < len(text) else []
    return joined(parts, location)


def _reference(
    text: str, start: int, location: Location, known: Mapping[str, Value], depth: int
) -> tuple[Value | None, int]:
    """The value of the reference that starts at this dollar sign, and where it ends; None for a plain `$`."""
    following = text[start + 1 : start + 2]
    if following == "(":
        return Opaque(why="the output of a command", location=location), _closing(text, start + 1, "(", ")")
    if following == "{":
        end = _closing(text, start + 1, "{", "}")
        return _braced(text[start + 2 : end - 1], location, known, depth), end
    if following and (following.isdigit() or following in "@*"):
        return Opaque(why="an argument of the script", location=location), start + 2
    name = _NAME.match(text, start + 1)
    if name is None:
        return None, start
    return known.get(name[0]) or Name(kind="environment", name=name[0], location=location), name.end()


def _braced(inner: str, location: Location, known: Mapping[str, Value], depth: int) -> Value:
    name = _NAME.match(inner)
    rest = inner[name.end() :] if name else inner.lstrip("0123456789@*#!")
    operator = next((op for op in (":-", ":=", "-", "=") if rest.startswith(op)), "")
    default = None
    if operator and depth < _NESTING:
        default = _shell(rest[len(operator) :].strip("'\""), location, known, depth + 1)
    if name is None:
        return default or Opaque(why="an argument of the script", location=location)
    if rest.startswith(("%", "#", "/", "^", ",", "@")):
        return Opaque(why="the shell changes the text of a variable", location=location)
    return known.get(name[0]) or Name(kind="environment", name=name[0], location=location, default=default)


def _closing(text: str, start: int, opening: str, closing: str) -> int:
    """The position after the bracket that closes the one at `start`; the text's end where none does."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == opening) - (text[i] == closing)
        if depth == 0:
            return i + 1
    return len(text) + 1


def actions(text: str, location: Location) -> Value:
    """The dialect of GitHub Actions: `${{ env.MODEL }}`, `${{ inputs.model || 'name' }}`."""
    return substitute(_ACTIONS, text, location, lambda match: _expression(match[1].strip(), location))


def _expression(text: str, location: Location) -> Value:
    first, bars, rest = text.partition("||")
    quoted = _QUOTED.match(first.strip())
    if quoted:
        return literal(quoted[1] or quoted[2] or "", location)
    name = _ACTIONS_NAME.match(first.strip())
    if name is None:
        return Opaque(why=printable(f"the expression {text}", 80), location=location)
    kind: NameKind = "environment" if first.strip().startswith("env.") else "variable"
    spelt = name[1] if kind == "environment" else first.strip().replace("github.event.", "")
    default = _expression(rest.strip(), location) if bars else None
    return Name(kind=kind, name=spelt, location=location, default=default)


def substitute(
    pattern: re.Pattern[str], text: str, location: Location, value: Callable[[re.Match[str]], Value]
) -> Value:
    """The text with each match of the pattern replaced by a value, as one value."""
    parts: list[Value] = []
    at = 0
    for match in pattern.finditer(text):
        if match.start() > at:
            parts.append(literal(text[at : match.start()], location))
        parts.append(value(match))
        at = match.end()
    if at < len(text):
        parts.append(literal(text[at:], location))
    return joined(parts, location)
