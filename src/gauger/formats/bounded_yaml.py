"""YAML from strangers: no tags obeyed, no alias bombs, line marks kept for those who need them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.core.text import printable

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: the same results, ten times slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_LEADING = re.compile(r"^[ \t\-?:]+", re.MULTILINE)
_SAFE_DEPTH = 400
_OPEN = (0, 0)
_INT_DIGITS = 40
_MERGE = "tag:yaml.org,2002:merge"
_TAG = "tag:yaml.org,2002:"
_TRUE = {"true", "yes", "on"}


def yaml_nodes(text: str | bytes, limits: Limits, subject: str = "") -> list[yaml.Node]:
    """Which documents does this stream hold, as PyYAML nodes with line marks?

    Nodes that stand behind an alias are shared, not copied; the bound on nodes
    counts them each time they are referred to. `node.start_mark.line` counts from 0.

    Raises:
        Malformed: not YAML, or an alias refers to a node that contains it.
        LimitExceeded: too long, too many nodes with aliases expanded, nested too deeply.
    """
    limits.check(len(text), "text_file_bytes", subject=subject)
    decoded = _decoded(text, subject)
    try:
        if could_be_large(decoded, limits):
            _check_events(decoded, limits, subject)
        documents = list(yaml.compose_all(decoded, Loader=_Loader))
    except yaml.YAMLError as error:
        raise Malformed(f"not YAML: {_where(error)}", subject=subject) from error
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not YAML: {printable(str(error), 120)}", subject=subject) from error
    known: dict[int, tuple[int, int]] = {}
    if sum(_expanded(node, known, limits, subject) for node in documents) > limits.nodes:
        raise LimitExceeded(f"more than {limits.nodes} nodes with aliases expanded", subject=subject)
    return documents


def bounded_yaml(text: str | bytes, limits: Limits, subject: str = "") -> Any:
    """Which plain value does the first document of this stream hold? None for an empty stream.

    As `plain`, after `yaml_nodes`.

    Raises:
        Malformed: as `yaml_nodes`.
        LimitExceeded: as `yaml_nodes`.
    """
    documents = yaml_nodes(text, limits, subject)
    return plain(documents[0]) if documents else None


def bounded_yaml_all(text: str | bytes, limits: Limits, subject: str = "") -> list[Any]:
    """Which plain values do the documents of this stream hold?

    Raises:
        Malformed: as `yaml_nodes`.
        LimitExceeded: as `yaml_nodes`.
    """
    return [plain(node) for node in yaml_nodes(text, limits, subject)]


def plain(node: yaml.Node, _memo: dict[int, Any] | None = None) -> Any:
    """Which plain Python value does this node stand for?

    Keys are always the text that is written (`on:` is `"on"`, `80:` is `"80"`), merge keys are applied,
    tags are not obeyed: a tagged value is its text, list or mapping. Dates stay text, numbers with more than
    40 digits stay text. A list or mapping behind an alias is the same object at each place: do not change it.

    Args:
        node: A node from `yaml_nodes`, which has bounded its depth and size.
    """
    memo: dict[int, Any] = {} if _memo is None else _memo
    if id(node) in memo:
        return memo[id(node)]
    if isinstance(node, yaml.MappingNode):
        value: Any = {key: plain(child, memo) for key, child in _pairs(node)}
    elif isinstance(node, yaml.SequenceNode):
        value = [plain(child, memo) for child in node.value]
    else:
        value = _scalar(node)
    memo[id(node)] = value
    return value


def _pairs(node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
    """Merged pairs first, so that the mapping's own override them."""
    for key, child in node.value:
        if key.tag == _MERGE:
            sources = child.value if isinstance(child, yaml.SequenceNode) else [child]
            for source in reversed(sources):
                if isinstance(source, yaml.MappingNode):
                    yield from _pairs(source)
    for key, child in node.value:
        if key.tag != _MERGE:
            yield (
                (key.value if isinstance(key, yaml.ScalarNode) else f"line {key.start_mark.line + 1}"),
                child,
            )


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    kind = node.tag.removeprefix(_TAG)
    try:
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in _TRUE
        if kind == "int" and len(text) <= _INT_DIGITS and ":" not in text:
            return _integer(text.replace("_", "").lower())
        if kind == "float" and len(text) <= _INT_DIGITS and "n" not in text.lower() and ":" not in text:
            return float(text.replace("_", ""))
    except ValueError:  # an explicit tag on text that is no number
        return text
    return text


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    if digits.startswith("0") and digits.isdigit():
        return int(text, 8)
    return int(text, 0)


def _decoded(text: str | bytes, subject: str) -> str:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8", subject=subject) from error


def could_be_large(text: str, limits: Limits) -> bool:
    """May composing this text recurse deeply or make too many nodes? An upper bound from its characters.

    libyaml's composer recurses in C and a node takes some 600 bytes, so both are bounded beforehand.
    """
    opened = text.count("[") + text.count("{")
    indent = max((match.end() - match.start() for match in _LEADING.finditer(text)), default=0)
    nodes = 2 * (opened + sum(text.count(mark) for mark in (",", ":", "\n", "- ", "-\n", "?")))
    return opened + indent > _SAFE_DEPTH or nodes > limits.nodes


def _check_events(text: str, limits: Limits, subject: str) -> None:
    """Are depth and number of nodes within bounds? Reads the flat stream of events, keeping none."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=_Loader):
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if nodes > limits.nodes or depth > limits.depth:
            what = f"nested deeper than {limits.depth} levels" if depth > limits.depth else "too many nodes"
            raise LimitExceeded(what, subject=subject)


def _expanded(node: yaml.Node, known: dict[int, tuple[int, int]], limits: Limits, subject: str) -> int:
    """How many nodes are there at and below this one, shared nodes counted at each place?

    Recursion is bounded: what was composed is no deeper than `_SAFE_DEPTH`, and `known` stops at aliases.
    """
    return _measure(node, known, limits, subject)[0]


def _measure(
    node: yaml.Node, known: dict[int, tuple[int, int]], limits: Limits, subject: str
) -> tuple[int, int]:
    if isinstance(node, yaml.ScalarNode):
        return 1, 0
    if id(node) in known:
        if known[id(node)] == _OPEN:
            raise Malformed("an alias refers to a node that contains it", subject=subject)
        return known[id(node)]
    known[id(node)] = _OPEN
    children = [c for pair in node.value for c in pair] if isinstance(node, yaml.MappingNode) else node.value
    total, height = 1, 0
    for child in children:
        below, levels = _measure(child, known, limits, subject)
        total, height = total + below, max(height, levels + 1)
    if height > limits.depth:
        raise LimitExceeded(f"nested deeper than {limits.depth} levels", subject=subject)
    known[id(node)] = (total, height)
    return total, height


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = printable(str(getattr(error, "problem", None) or type(error).__name__), 120)
    return f"line {mark.line + 1}: {problem}" if mark else problem
