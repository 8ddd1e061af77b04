"""The documentation as data: pages, headings, code blocks, the scripts that write pages."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
SOURCE = REPOSITORY / "src" / "gauger"
_RULE = re.compile(r"[a-z]+(-[a-z]+)+$")
_BLOCK = re.compile(r"^```(?P<language>[\w-]*)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Every page of the documentation, and the documents in the repository's root."""
    return [*sorted(DOCS.rglob("*.md")), *sorted(REPOSITORY.glob("*.md"))]


def headings(page: Path, level: int = 2) -> list[str]:
    """The headings of one level, outside code blocks, in order, without their back ticks."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return [
        line[level:].strip().strip("`") for line in text.splitlines() if line.startswith("#" * level + " ")
    ]


def blocks(page: Path, language: str) -> list[str]:
    """The bodies of all code blocks in this language."""
    text = page.read_text(encoding="utf-8")
    return [found["body"] for found in _BLOCK.finditer(text) if found["language"] == language]


def script(name: str) -> ModuleType:
    """A script of `scripts/`, as a module."""
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def emitted_rules() -> dict[str, str]:
    """Which rules can a finding name, each with the file that raises it?

    Reads the source for `Finding(rule=...)`. The expression is a text, a name that the file binds to one, or
    a choice between such. Where it is anything else, the module lists its rules in `RULES`; where there is no
    such list, the expression is shown as it is written, so that a test can object to it.
    """
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bound = _bound(tree)
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "Finding":
                for keyword in call.keywords:
                    if keyword.arg == "rule":
                        texts = list(_texts(keyword.value, bound, 4))
                        known = all(_RULE.match(text) for text in texts)
                        found |= dict.fromkeys(texts if known else _listed(path) or texts, path.name)
    return found


def _listed(path: Path) -> frozenset[str]:
    """The rules that the module itself lists."""
    dotted = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    return getattr(importlib.import_module(dotted), "RULES", frozenset())


def _bound(tree: ast.Module) -> dict[str, ast.expr]:
    """Every name that an assignment of this file binds, wherever it stands."""
    bound: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            bound[node.targets[0].id] = node.value
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            bound[node.target.id] = node.value
    return bound


def _texts(node: ast.expr, bound: dict[str, ast.expr], steps: int) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, bound, steps)
        yield from _texts(node.orelse, bound, steps)
    elif isinstance(node, ast.Name) and node.id in bound and steps:
        yield from _texts(bound[node.id], bound, steps - 1)
    else:
        yield ast.unparse(node)
