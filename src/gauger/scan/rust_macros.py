"""What do the macros of Rust give: `format!`, `json!`, `vec!`, `concat!`, `env!`?"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from gauger.scan.typed_shapes import SharedShapes

if TYPE_CHECKING:
    from tree_sitter import Node

_FORMAT = {
    "format",
    "println",
    "print",
    "eprintln",
    "info",
    "debug",
    "anyhow",
    "bail",
    "panic",
    "write",
    "writeln",
}
_HELD = re.compile(r"\{(\w*)(?::[^{}]*)?\}")


class RustMacros(SharedShapes):
    """Translates macros by the tokens that they are given: the grammar does not read them."""

    def macro(self, node: Node) -> ast.expr:
        """`format!`, `json!`, `vec!`, `concat!`, `env!`: by the tokens that they are given."""
        name = self.text(node.child_by_field_name("macro")).rpartition("::")[2]
        tokens = self.child(node, "token_tree")
        if tokens is None:
            return ast.Constant(value=0)
        if name == "json":
            inner = self.child(tokens, "token_tree")
            return self.json(inner) if inner is not None else ast.Constant(value=0)
        pieces = [self.token_value(piece) for piece in self.split(tokens)]
        given = [piece for piece in pieces if piece is not None]
        if name in _FORMAT:
            return self.formatted(given, node)
        if name == "concat":
            return self.join(given, node)
        if name in ("env", "option_env") and given:
            return self.called("environment_value", given[:1], node)
        return ast.List(elts=given, ctx=ast.Load())

    def split(self, tokens: Node) -> list[list[Node]]:
        """The tokens of a macro between commas."""
        groups: list[list[Node]] = [[]]
        for child in tokens.children[1:-1]:
            if child.type == ",":
                groups.append([])
            else:
                groups[-1].append(child)
        return [group for group in groups if group]

    def token_value(self, tokens: list[Node]) -> ast.expr | None:
        """A value among the tokens of a macro: a text, a name, an object, or something with a text in it."""
        named = [t for t in tokens if t.is_named and "comment" not in t.type]
        if not named:
            return None
        first = named[0]
        if first.type in ("string_literal", "raw_string_literal") or first.type == "token_tree":
            return self.json(first) if first.type == "token_tree" else self.expression(first)
        names = [self.text(t) for t in named if t.type in ("identifier", "self")]
        plain = [t for t in named if t.type in ("identifier", "self")]
        if plain and len(plain) == len(names) and first in plain:
            taken = names[:-1] if len(names) > 1 and names[-1] in ("clone", "to_string", "as_str") else names
            return self.named(".".join({"self": "self"}.get(n, n) for n in taken), first)
        return None

    def json(self, tokens: Node) -> ast.expr:
        """`json!({ "a": b })`, in tokens."""
        if self.text(tokens)[:1] != "{":
            values = [self.token_value(piece) for piece in self.split(tokens)]
            return self.at(ast.List(elts=[v for v in values if v is not None], ctx=ast.Load()), tokens)
        keys: list[ast.expr | None] = []
        items: list[ast.expr] = []
        for piece in self.split(tokens):
            colon = next((i for i, t in enumerate(piece) if t.type == ":"), None)
            value = self.token_value(piece[colon + 1 :]) if colon else None
            if colon and value is not None and piece[0].type == "string_literal":
                keys.append(self.expression(piece[0]))
                items.append(value)
        return self.at(ast.Dict(keys=keys, values=items), tokens)

    def formatted(self, given: list[ast.expr], node: Node) -> ast.expr:
        """`format!("{}/{name}", a)`."""
        if not given or not isinstance(given[0], ast.Constant) or not isinstance(given[0].value, str):
            return self.at(ast.Constant(value=0), node)
        parts: list[ast.expr] = []
        text, rest, at = given[0].value, list(given[1:]), 0
        for match in _HELD.finditer(text):
            parts.append(self.constant(text[at : match.start()], node))
            at = match.end()
            if match[1] and not match[1].isdigit():
                parts.append(self.named(match[1], node))
            elif rest:
                parts.append(rest.pop(0))
            else:
                parts.append(self.called("computed", [], node))
        parts.append(self.constant(text[at:], node))
        return self.join([p for p in parts if not (isinstance(p, ast.Constant) and p.value == "")], node)
