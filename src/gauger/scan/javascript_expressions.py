"""How would an expression of JavaScript or TypeScript read if it were Python? See `javascript_tree`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from gauger.core.errors import LimitExceeded
from gauger.scan.javascript_schemas import schema_call, schema_value

if TYPE_CHECKING:
    from tree_sitter import Node

DEPTH = 200
_TRANSPARENT = {
    "parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression",
    "await_expression",
    "expression_statement", "spread_element", "type_assertion", "yield_expression", "unary_expression",
}  # fmt: skip
FUNCTIONS = {"arrow_function", "function_expression", "function", "function_declaration",
              "generator_function",
              "generator_function_declaration", "method_definition"}  # fmt: skip
_REMOTE = re.compile(
    r"^(?:npm:|jsr:|https://(?:esm\.sh|cdn\.skypack\.dev|esm\.run|cdn\.jsdelivr\.net/npm|unpkg\.com|jspm\.dev)/"
    r"(?:v\d+/|npm:|\*)?)/?(?P<rest>.+)$"
)
A = TypeVar("A", bound=ast.AST)


class ExpressionTranslator:
    """Translates the expressions of one file.

    Args:
        source: Its bytes.
        path: Its path, for imports that are relative to it.
    """

    def __init__(self, source: bytes, path: str) -> None:
        self.source = source
        self.folder = path.split("/")[:-1]
        self.before: list[ast.stmt] = []
        self.count = 0
        self.depth = 0

    def at(self, made: A, node: Node) -> A:
        """The made node with the place of the one that it stands for."""
        made.lineno, made.col_offset = node.start_point[0] + 1, node.start_point[1]  # type: ignore[attr-defined]
        made.end_lineno, made.end_col_offset = made.lineno, made.col_offset  # type: ignore[attr-defined]
        made.written = (node.start_byte, node.end_byte)  # type: ignore[attr-defined]
        return made

    def text(self, node: Node | None) -> str:
        """The text of a node."""
        return (
            self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")
            if node is not None
            else ""
        )

    def module_path(self, node: Node) -> str:
        """Which module does an import name: a package, or a file seen from this one?"""
        name = _package_of(self.text(node).strip("'\"`"))
        for ending in (".js", ".ts", ".mjs", ".cjs", ".tsx", ".jsx"):
            name = name.removesuffix(ending)
        if name.startswith("."):
            parts = list(self.folder)
            for part in name.split("/"):
                if part == ".." and parts:
                    parts.pop()
                elif part not in (".", ".."):
                    parts.append(part)
            name = "/".join(parts)
        return name.removeprefix("@/").removeprefix("~/").removeprefix("node:").removesuffix("/index")

    def function(self, node: Node, name: str) -> ast.FunctionDef:
        """A function in the middle of an expression."""
        raise NotImplementedError

    def expression(self, node: Node | None, name: str = "") -> ast.expr:
        """What an expression stands for; `name` is what it is assigned to."""
        if node is None:
            return ast.Constant(value=None, lineno=0, col_offset=0)
        self.depth += 1
        if self.depth > DEPTH:
            raise LimitExceeded("the code is nested too deeply")
        try:
            made = self.made(node, name)
        finally:
            self.depth -= 1
        return self.at(made, node)

    def made(self, node: Node, name: str) -> ast.expr:
        """The expression without its place."""
        kind = node.type
        if kind in _TRANSPARENT and node.named_children:
            return self.expression(node.named_children[0], name)
        if kind in FUNCTIONS:
            self.count += 1
            named = f"{name.rpartition('.')[2] or 'function'}_{self.count}"
            self.before.append(self.function(node, named))
            return ast.Name(id=named, ctx=ast.Load())
        reader = _EXPRESSIONS.get(kind)
        if reader is not None:
            return reader(self, node)
        parts = [self.expression(child) for child in node.named_children if child.type != "comment"]
        call = ast.Name(id="computed", ctx=ast.Load())
        return (
            ast.Tuple(elts=[ast.Starred(value=part, ctx=ast.Load()) for part in parts], ctx=ast.Load())
            if parts
            else call
        )

    def string(self, node: Node) -> ast.expr:
        """A text."""
        return ast.Constant(value=self.text(node)[1:-1])

    def template(self, node: Node) -> ast.expr:
        """A template string."""
        parts: list[ast.expr] = []
        at = node.start_byte + 1
        for child in node.named_children:
            if child.type != "template_substitution":
                continue
            if child.start_byte > at:
                fixed = self.source[at : child.start_byte].decode("utf-8", "replace")
                parts.append(self.at(ast.Constant(value=fixed), node))
            value = (
                self.expression(child.named_children[0]) if child.named_children else ast.Constant(value="")
            )
            parts.append(self.at(ast.FormattedValue(value=value, conversion=-1), child))
            at = child.end_byte
        if node.end_byte - 1 > at or not parts:
            fixed = self.source[at : node.end_byte - 1].decode("utf-8", "replace")
            parts.append(self.at(ast.Constant(value=fixed), node))
        return (
            parts[0]
            if len(parts) == 1 and isinstance(parts[0], ast.Constant)
            else ast.JoinedStr(values=parts)
        )

    def identifier(self, node: Node) -> ast.expr:
        """A name; `this` is `self`."""
        names = {"this": "self", "undefined": "None"}
        return ast.Name(id=names.get(self.text(node), self.text(node)), ctx=ast.Load())

    def member(self, node: Node) -> ast.expr:
        """`a.b`; an environment's member is its item."""
        owner = self.expression(node.child_by_field_name("object"))
        key = self.text(node.child_by_field_name("property")).lstrip("#")
        if is_environment(owner):
            return ast.Subscript(
                value=owner, slice=ast.Constant(value=key, lineno=0, col_offset=0), ctx=ast.Load()
            )
        return ast.Attribute(value=owner, attr=key, ctx=ast.Load())

    def item(self, node: Node) -> ast.expr:
        """`a[b]`."""
        owner = self.expression(node.child_by_field_name("object"))
        return ast.Subscript(
            value=owner, slice=self.expression(node.child_by_field_name("index")), ctx=ast.Load()
        )

    def meta(self, node: Node) -> ast.expr:  # noqa: ARG002 - one shape for all
        """`import.meta`."""
        return ast.Name(id="import_meta", ctx=ast.Load())

    def binary(self, node: Node) -> ast.expr:
        """`a ?? b` and `a || b` give a default, `a + b` joins."""
        left = self.expression(node.child_by_field_name("left"))
        right = self.expression(node.child_by_field_name("right"))
        operator = self.text(node.child_by_field_name("operator"))
        if operator in ("??", "||") and isinstance(right, ast.Constant) and right.value == "":
            return left
        if operator in ("??", "||"):
            return ast.BoolOp(op=ast.Or(), values=[left, right])
        if operator == "&&":
            return ast.BoolOp(op=ast.And(), values=[left, right])
        return ast.BinOp(left=left, op=ast.Add() if operator == "+" else ast.Sub(), right=right)

    def conditional(self, node: Node) -> ast.expr:
        """Either branch."""
        return ast.IfExp(
            test=self.expression(node.child_by_field_name("condition")),
            body=self.expression(node.child_by_field_name("consequence")),
            orelse=self.expression(node.child_by_field_name("alternative")),
        )

    def mapping(self, node: Node) -> ast.expr:
        """An object literal."""
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for child in node.named_children:
            if child.type == "spread_element":
                keys.append(None)
                values.append(self.expression(child))
            elif child.type == "shorthand_property_identifier":
                keys.append(self.at(ast.Constant(value=self.text(child)), child))
                values.append(self.at(ast.Name(id=self.text(child), ctx=ast.Load()), child))
            elif child.type in ("pair", "method_definition"):
                key = child.child_by_field_name("key") or child.child_by_field_name("name")
                value = child.child_by_field_name("value") or child
                keys.append(self.at(ast.Constant(value=self.text(key).strip("'\"`")), child))
                name = self.text(key).strip("'\"`")
                values.append(schema_value(self, value, name) or self.expression(value, self.text(key)))
        return ast.Dict(keys=keys, values=values)

    def sequence(self, node: Node) -> ast.expr:
        """An array, by position."""
        return ast.List(
            elts=[self.expression(c) for c in node.named_children if c.type != "comment"], ctx=ast.Load()
        )

    def assignment(self, node: Node) -> ast.expr:
        """What is assigned."""
        return self.expression(node.child_by_field_name("right"))

    def call(self, node: Node) -> ast.expr:
        """A call; `new` makes no difference, and object literals are keywords as well."""
        schema = schema_call(self, node)
        if schema is not None:
            return schema
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        given = node.child_by_field_name("arguments")
        passed = [c for c in given.named_children if c.type != "comment"] if given is not None else []
        if given is not None and given.type == "template_string":
            passed = [given]
        if (
            callee is not None
            and callee.type in ("identifier", "import")
            and self.text(callee) in ("require", "import")
        ):
            return self.required(node, passed)
        function = self.expression(callee)
        positional: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for argument in passed:
            made = self.expression(argument)
            positional.append(made)
            if argument.type == "object" and isinstance(made, ast.Dict):
                keywords += _keywords(made)
            elif argument is passed[-1] and argument.type in ("identifier", "member_expression"):
                keywords.append(ast.keyword(arg=None, value=made))
        return ast.Call(func=function, args=positional, keywords=keywords)

    def required(self, node: Node, passed: list[Node]) -> ast.expr:
        """`require("x")` and `import("x")`."""
        if not passed or passed[0].type != "string":
            return ast.Name(id="computed", ctx=ast.Load())
        self.count += 1
        name = f"module_{self.count}"
        self.before.append(
            self.at(ast.Import(names=[ast.alias(name=self.module_path(passed[0]), asname=name)]), node)
        )
        return ast.Name(id=name, ctx=ast.Load())


def _package_of(name: str) -> str:
    """The package behind the ways in which Deno, browsers and bundlers spell it, without its version."""
    remote = _REMOTE.match(name)
    if remote is None:
        return name
    rest = remote["rest"].partition("?")[0]
    scope, slash, inner = rest.partition("/") if rest.startswith("@") else ("", "", rest)
    package, at, version = inner.partition("@")
    _, deeper, path = version.partition("/") if at else ("", "", "")
    return f"{scope}{slash}{package}{deeper}{path}".removesuffix("/+esm")


def _keywords(table: ast.Dict) -> Iterator[ast.keyword]:
    seen: set[str] = set()
    for key, value in zip(table.keys, table.values, strict=True):
        if key is None:
            yield ast.keyword(arg=None, value=value)
        elif isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value not in seen:
            seen.add(key.value)
            yield ast.keyword(arg=key.value, value=value)


def is_environment(owner: ast.expr) -> bool:
    """Is this `process.env`, `import.meta.env` or the like?"""
    return isinstance(owner, ast.Attribute) and owner.attr == "env" and isinstance(owner.value, ast.Name)


_EXPRESSIONS: dict[str, Callable[[ExpressionTranslator, Node], ast.expr]] = {
    "string": ExpressionTranslator.string,
    "template_string": ExpressionTranslator.template,
    "identifier": ExpressionTranslator.identifier,
    "this": ExpressionTranslator.identifier,
    "undefined": ExpressionTranslator.identifier,
    "type_identifier": ExpressionTranslator.identifier,
    "member_expression": ExpressionTranslator.member,
    "subscript_expression": ExpressionTranslator.item,
    "meta_property": ExpressionTranslator.meta,
    "binary_expression": ExpressionTranslator.binary,
    "ternary_expression": ExpressionTranslator.conditional,
    "object": ExpressionTranslator.mapping,
    "array": ExpressionTranslator.sequence,
    "call_expression": ExpressionTranslator.call,
    "new_expression": ExpressionTranslator.call,
    "assignment_expression": ExpressionTranslator.assignment,
    "augmented_assignment_expression": ExpressionTranslator.assignment,
}
