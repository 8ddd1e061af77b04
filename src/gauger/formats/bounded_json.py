"""JSON from strangers: bounded in bytes, values and depth, with odd numbers refused and odd text repaired."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.text import printable

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_INT_DIGITS = 400


def bounded_json(
    data: bytes | str,
    limits: Limits,
    subject: str = "",
    *,
    size_field: str = "text_file_bytes",
    nodes: int | None = None,
    remarks: list[str] | None = None,
) -> Any:
    """Which value do these bytes hold?

    The number of values is bounded before anything is built, so that eight megabytes of `[],[],[]` end here
    and not in the memory. Lone surrogates (legal in JSON, not in UTF-8) become U+FFFD.

    Args:
        data: UTF-8, UTF-16 or UTF-32 with or without a byte order mark, or text.
        limits: Bounds; `size_field` names the one for the size in bytes.
        subject: The file, for messages.
        size_field: Field of `Limits` that bounds the document's size.
        nodes: How many values are allowed; `limits.nodes` by default.
        remarks: Gets one line for each object in which a key stands more than once (the last one counts).

    Returns:
        None, bool, int, float, str, list or dict with str keys. O(size) time; at most about ten times the
        document's size in memory.

    Raises:
        Malformed: not JSON; NaN or an infinity; a number of more than 400 digits.
        LimitExceeded: too long, too many values, nested too deeply.
    """
    limits.check(len(data), size_field, subject=subject)
    text = _decoded(data, subject)
    _check_nodes(text, limits.nodes if nodes is None else nodes, subject)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_pairs_hook(remarks),
            parse_constant=_refused,
            parse_float=_finite,
            parse_int=_integer,
        )
    except RecursionError as error:
        raise LimitExceeded("nested too deeply", subject=subject) from error
    except ValueError as error:
        raise Malformed(f"not JSON: {printable(str(error))}", subject=subject) from error
    if text.count("[") + text.count("{") > limits.depth:
        _check_depth(value, limits.depth, subject)
    return _scrubbed(value) if _SURROGATE_ESCAPE.search(text) else value


def json_object(data: bytes | str, limits: Limits, subject: str = "", **options: Any) -> dict[str, Any]:
    """Which object do these bytes hold? As `bounded_json`, for documents that must be an object.

    Raises:
        Malformed: as `bounded_json`, or the document is not an object.
        LimitExceeded: as `bounded_json`.
    """
    value = bounded_json(data, limits, subject, **options)
    if not isinstance(value, dict):
        raise Malformed("the document is not a JSON object", subject=subject)
    return value


def _decoded(data: bytes | str, subject: str) -> str:
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else json.detect_encoding(data))
    except UnicodeError as error:
        raise Malformed("not valid Unicode", subject=subject) from error


def _check_nodes(text: str, bound: int, subject: str) -> None:
    """Values are separated by commas or opened by brackets; strings are looked into only if need be."""
    if _separators(text) > bound and _separators(_STRING.sub("", text)) > bound:
        raise LimitExceeded(f"more than {bound} values", subject=subject)


def _separators(text: str) -> int:
    return text.count(",") + text.count("[") + text.count("{") + 1


def _check_depth(value: Any, depth: int, subject: str) -> None:
    level = [value]
    for _ in range(depth + 1):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise LimitExceeded(f"nested deeper than {depth} levels", subject=subject)


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [child for child in value.values() if isinstance(child, dict | list)]
    if isinstance(value, list):
        return [child for child in value if isinstance(child, dict | list)]
    return []


def _pairs_hook(remarks: list[str] | None) -> Any:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) != len(pairs) and remarks is not None:
            twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
            remarks.append(f"the key {printable(twice, 80)!r} stands more than once in one object")
        return table

    return build


def _refused(word: str) -> float:
    raise ValueError(f"{word} is not a JSON number")


def _finite(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _integer(word: str) -> int:
    if len(word) > _INT_DIGITS:
        raise ValueError("a number has too many digits")
    return int(word)


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if isinstance(value, dict):
        return {_scrubbed(key): _scrubbed(item) for key, item in value.items()}
    return value
