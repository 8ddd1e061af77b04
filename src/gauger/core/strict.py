"""Plain data to records, with an error that names the place and the nearest right key."""

from __future__ import annotations

import difflib
import re
from typing import Any, TypeVar

import msgspec

from gauger.core.errors import UsageError

T = TypeVar("T")
_UNKNOWN = re.compile(r"unknown field `(?P<key>[^`]*)`(?: - at `(?P<place>[^`]*)`)?")
_MISSING = re.compile(r"missing required field `(?P<key>[^`]*)`(?: - at `(?P<place>[^`]*)`)?")
_CHOICE = re.compile(r"Invalid enum value '(?P<value>[^']*)'(?: - at `(?P<place>[^`]*)`)?")


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """Which of the known words was probably meant? Empty where none is close."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def convert(value: Any, kind: type[T], *, subject: str) -> T:
    """Which record do these plain values make?

    Args:
        value: What a YAML or JSON reader returned.
        kind: A msgspec struct that forbids unknown fields.
        subject: The file, for the message.

    Raises:
        UsageError: an unknown key (with the nearest right one), a missing one, or a value of the wrong type.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise UsageError(_message(str(error)), subject=subject, hint=_hint(str(error), kind)) from error


def _message(text: str) -> str:
    unknown = _UNKNOWN.search(text)
    if unknown:
        place = (unknown["place"] or "$").removeprefix("$").removeprefix(".")
        return f"unknown key {unknown['key']!r}" + (f" in {place}" if place else "")
    missing = _MISSING.search(text)
    if missing:
        place = (missing["place"] or "$").removeprefix("$").removeprefix(".")
        return f"{f'{place} has' if place else 'there is'} no key {missing['key']!r}, and it is needed"
    return text.replace("Object", "It").replace("`$.", "`")


def _hint(text: str, kind: type[Any]) -> str:
    unknown = _UNKNOWN.search(text)
    if unknown:
        keys = _keys_at(kind, unknown["place"] or "$")
        guess = nearest(unknown["key"], keys)
        return f"did you mean {guess!r}?" if guess else "known keys: " + ", ".join(keys)
    choice = _CHOICE.search(text)
    if choice:
        values = _choices_at(kind, choice["place"] or "$")
        guess = nearest(choice["value"], values)
        listed = ", ".join(values)
        return (f"did you mean {guess!r}? " if guess else "") + (f"possible: {listed}" if listed else "")
    return ""


def _keys_at(kind: type[Any], place: str) -> list[str]:
    """Keys of the struct that a msgspec path such as `$.accepted[...]` leads to."""
    node = _node_at(msgspec.inspect.type_info(kind), place)
    return [f.encode_name for f in node.fields] if isinstance(node, msgspec.inspect.StructType) else []


def _choices_at(kind: type[Any], place: str) -> list[str]:
    node = _node_at(msgspec.inspect.type_info(kind), place)
    return [str(v) for v in node.values] if isinstance(node, msgspec.inspect.LiteralType) else []


def _node_at(node: msgspec.inspect.Type, place: str) -> msgspec.inspect.Type:
    for part in re.findall(r"\.([^.\[\]]+)|(\[[^\]]*\])", place):
        name, item = part
        if item:
            node = _element(node)
        elif isinstance(node, msgspec.inspect.StructType):
            node = next((f.type for f in node.fields if f.encode_name == name), node)
    return node


def _element(node: msgspec.inspect.Type) -> msgspec.inspect.Type:
    if isinstance(node, msgspec.inspect.VarTupleType | msgspec.inspect.ListType):
        return node.item_type
    return node.value_type if isinstance(node, msgspec.inspect.DictType) else node
