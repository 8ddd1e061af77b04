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
_WRONG = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<got>[^`]*)`(?: - at `(?P<place>[^`]*)`)?")
_PLAIN = {
    "array": "a list", "bool": "true or false", "float": "a number", "int": "a number", "null": "nothing",
    "object": "keys with values", "str": "text",
}  # fmt: skip
_TABLE = re.compile(r"\$\.(?P<name>[^.\[\]`]+)\[\.\.\.\]`")
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
        told = _named(str(error), value, kind)
        raise UsageError(_message(told), subject=subject, hint=_hint(told, kind)) from error


def _named(text: str, value: Any, kind: type[Any]) -> str:
    """The message with the key of a table in place of `[...]`: `facts.subject-to-ear` for `facts[...]`."""
    place = _TABLE.search(text)
    if place is None or not isinstance(value, dict):
        return text
    name = place["name"]
    table = value.get(name)
    for key, answer in table.items() if isinstance(table, dict) else ():
        try:
            msgspec.convert({**value, name: {key: answer}}, kind)
        except msgspec.ValidationError:
            return text.replace(place[0], f"$.{name}.{key}`")
    return text


def _message(text: str) -> str:
    unknown = _UNKNOWN.search(text)
    if unknown:
        place = (unknown["place"] or "$").removeprefix("$").removeprefix(".")
        return f"unknown key {unknown['key']!r}" + (f" in {place}" if place else "")
    missing = _MISSING.search(text)
    if missing:
        place = (missing["place"] or "$").removeprefix("$").removeprefix(".")
        return f"{f'{place} has' if place else 'there is'} no key {missing['key']!r}, and it is needed"
    wrong = _WRONG.fullmatch(text)
    if wrong:
        wanted = " or ".join(dict.fromkeys(_PLAIN.get(w, w) for w in wrong["wanted"].split(" | ")))
        place = (wrong["place"] or "$").removeprefix("$").removeprefix(".")
        return f"{place or 'the file'} needs {wanted}, and holds {_PLAIN.get(wrong['got'], wrong['got'])}"
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
