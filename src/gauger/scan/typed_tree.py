"""How would this Go, Java, Kotlin, C# or Rust read if it were Python? What the five translators share.

The languages differ in spelling, not in what matters here: constants, classes, functions, calls, literals of
objects. Each has a small adapter that says which node of its grammar is what; the tree that comes out is
Python's, and `typed_report` reads it. A struct's literal and an object's initialiser become a call with
keywords, a closure is given a name and put before the statement, `x != null ? x : d` becomes `x or d`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from gauger.core.errors import LimitExceeded

if TYPE_CHECKING:
    from tree_sitter import Node

_DEPTH = 200
_ESCAPE = re.compile(r"\\(u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": ""}
_EMPTY_TEST = re.compile(
    r"==\s*(?:\"\"|nil|null|None)|is_none\(|is_empty\(|isEmpty\(|isBlank\(|isNullOr|IsNullOr|len\(|is\s+null|^!"
)
A = TypeVar("A", bound=ast.AST)


class TypedTranslator:
    """Translates one file; a language fills in the tables and the methods that they name.

    Args:
        source: Its bytes.
        path: Its path.
    """

    STATEMENTS: ClassVar[dict[str, str]] = {}
    """Method by type of statement; a type that is not there gives the statements inside it."""
    EXPRESSIONS: ClassVar[dict[str, str]] = {}
    """Method by type of expression; a type that is not there gives something unknown, its parts read."""
    TRANSPARENT: ClassVar[frozenset[str]] = frozenset()
    """Expressions that stand for their first part."""
    WRAPPERS: ClassVar[frozenset[str]] = frozenset()
    """Generic types that stand for their argument."""

    def __init__(self, source: bytes, path: str) -> None:
        self.source = source
        self.path = path
        self.before: list[ast.stmt] = []
        self.count = 0
        self.depth = 0
        self.wildcards: list[str] = []
        self.package = ""

    def module(self, root: Node) -> ast.Module:
        """The whole file.

        Raises:
            LimitExceeded: it is nested too deeply.
        """
        return ast.Module(body=self.statements(root.named_children), type_ignores=[])

    def at(self, made: A, node: Node) -> A:
        """The made node with the place of the one that it stands for."""
        made.lineno, made.col_offset = node.start_point[0] + 1, node.start_point[1]  # type: ignore[attr-defined]
        made.end_lineno, made.end_col_offset = made.lineno, made.col_offset  # type: ignore[attr-defined]
        made.written = (node.start_byte, node.end_byte)  # type: ignore[attr-defined]
        return made

    def text(self, node: Node | None) -> str:
        """The text of a node; empty for none."""
        if node is None:
            return ""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def statements(self, nodes: Sequence[Node]) -> list[ast.stmt]:
        """Statements in order, each after the functions that were named in it."""
        outer, made = self.before, []
        self.depth += 1
        if self.depth > _DEPTH:
            raise LimitExceeded("the code is nested too deeply")
        for node in nodes:
            self.before = []
            inner = list(self.statement(node))
            made += [*self.before, *inner]
        self.before = outer
        self.depth -= 1
        return with_defaults(made)

    def statement(self, node: Node) -> Iterator[ast.stmt]:
        """What a statement sets or does."""
        method = self.STATEMENTS.get(node.type)
        inner = self.first(node) if node.type == "expression_statement" else None
        if method is not None:
            yield from getattr(self, method)(node)
        elif inner is not None:
            yield from self.statement(inner)
        elif node.type in self.EXPRESSIONS or node.type in self.TRANSPARENT:
            yield self.at(ast.Expr(value=self.expression(node)), node)
        elif "comment" not in node.type:
            yield from self.statements(node.named_children)

    def nothing(self, node: Node) -> Iterator[ast.stmt]:  # noqa: ARG002 - one shape for all
        """A statement that says nothing here."""
        yield from ()

    def body(self, node: Node | None) -> list[ast.stmt]:
        """The statements of a block, or of a single statement."""
        return [] if node is None else self.statements([node])

    def expression(self, node: Node | None) -> ast.expr:
        """What an expression stands for."""
        if node is None:
            return ast.Constant(value=None, lineno=0, col_offset=0)
        self.depth += 1
        if self.depth > _DEPTH:
            raise LimitExceeded("the code is nested too deeply")
        try:
            method = self.EXPRESSIONS.get(node.type)
            if method is not None:
                made: ast.expr = getattr(self, method)(node)
            elif node.type in self.TRANSPARENT and (first := self.first(node)) is not None:
                return self.expression(first)
            else:
                made = self.unknown([c for c in node.named_children if "comment" not in c.type])
        finally:
            self.depth -= 1
        return self.at(made, node)

    def unknown(self, nodes: Sequence[Node]) -> ast.expr:
        """Something that is not followed, its parts read all the same."""
        parts = [self.expression(child) for child in nodes]
        return ast.Compare(left=parts[0], ops=[], comparators=parts[1:]) if parts else ast.Constant(value=0)

    def first(self, node: Node) -> Node | None:
        """The first part that is no comment."""
        return next((c for c in node.named_children if "comment" not in c.type), None)

    def child(self, node: Node, *kinds: str) -> Node | None:
        """The first part of one of these types."""
        return next((c for c in node.named_children if c.type in kinds), None)

    def parts(self, node: Node | None, *kinds: str) -> list[Node]:
        """All parts of these types, or all but comments."""
        if node is None:
            return []
        return [c for c in node.named_children if (c.type in kinds if kinds else "comment" not in c.type)]

    # Pieces from which the adapters build.

    def identifier(self, node: Node) -> ast.expr:
        """A name; `this` is `self`."""
        name = self.text(node).strip("`@")
        return ast.Name(id={"this": "self", "null": "None", "nil": "None"}.get(name, name), ctx=ast.Load())

    def none(self, node: Node) -> ast.expr:  # noqa: ARG002 - one shape for all
        """Nothing."""
        return ast.Constant(value=None)

    def named(self, name: str, node: Node) -> ast.expr:
        """A dotted name as an expression."""
        first, *rest = name.split(".")
        made: ast.expr = self.at(ast.Name(id=first, ctx=ast.Load()), node)
        for part in rest:
            made = self.at(ast.Attribute(value=made, attr=part, ctx=ast.Load()), node)
        return made

    def called(self, name: str, arguments: list[ast.expr], node: Node) -> ast.expr:
        """A call of a name that the reader knows."""
        return self.at(ast.Call(func=self.named(name, node), args=arguments, keywords=[]), node)

    def constant(self, value: str, node: Node) -> ast.expr:
        """A text."""
        return self.at(ast.Constant(value=value), node)

    def keyword(self, name: str, value: ast.expr) -> ast.keyword:
        """A named argument."""
        return ast.keyword(arg=name, value=value)

    def assign(self, name: str, value: ast.expr, node: Node, annotation: ast.expr | None = None) -> ast.stmt:
        """`name: annotation = value`."""
        target = self.at(ast.Name(id=name, ctx=ast.Store()), node)
        if annotation is not None:
            none = isinstance(value, ast.Constant) and value.value is None
            made = ast.AnnAssign(
                target=target, annotation=annotation, value=None if none else value, simple=1
            )
            return self.at(made, node)
        made_plain = self.at(ast.Assign(targets=[target], value=value), node)
        made_plain.declares = True  # type: ignore[attr-defined]
        return made_plain

    def set_to(self, left: Node, value: ast.expr, node: Node) -> ast.stmt:
        """`left = value`, or an expression for its own sake."""
        target = self.expression(left)
        if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            return self.at(ast.Assign(targets=[target], value=value), node)
        return self.at(ast.Expr(value=value), node)

    def function(
        self,
        name: str,
        parameters: Sequence[tuple[str, ast.expr | None, ast.expr | None]],
        body: list[ast.stmt],
        node: Node,
    ) -> ast.FunctionDef:
        """A function: names, types and defaults of its parameters, its statements."""
        made = [self.at(ast.arg(arg=n or "_", annotation=kind), node) for n, kind, _ in parameters]
        given = [default for _, _, default in parameters]
        start = next((i for i, default in enumerate(given) if default is not None), len(given))
        nothing = self.at(ast.Constant(value=None), node)
        defaults = [default if default is not None else nothing for default in given[start:]]
        arguments = ast.arguments(posonlyargs=[], args=made, kwonlyargs=[], kw_defaults=[], defaults=defaults)
        return self.at(
            ast.FunctionDef(name=name, args=arguments, body=body or [ast.Pass()], decorator_list=[]), node
        )

    def closure(
        self,
        parameters: Sequence[tuple[str, ast.expr | None, ast.expr | None]],
        body: Node | None,
        node: Node,
        blocks: tuple[str, ...],
    ) -> ast.expr:
        """A function in the middle of an expression: named, and put before the statement."""
        self.count += 1
        name = f"closure_{self.count}"
        outer, self.before = self.before, []
        if body is not None and body.type in blocks:
            inner = ending(self.statements(self.parts(body)))
        else:
            returned = self.at(ast.Return(value=self.expression(body)), node)
            inner = [*self.before, returned]
        self.before = outer
        self.before.append(self.function(name, parameters, inner, node))
        return ast.Name(id=name, ctx=ast.Load())

    def klass(self, name: str, body: list[ast.stmt], node: Node, bases: Sequence[ast.expr] = ()) -> ast.stmt:
        """A class."""
        made = ast.ClassDef(
            name=name or "_", bases=list(bases), keywords=[], body=body or [ast.Pass()], decorator_list=[]
        )
        return self.at(made, node)

    def initialiser(
        self, parameters: Sequence[tuple[str, ast.expr | None, ast.expr | None]], node: Node
    ) -> ast.FunctionDef:
        """The constructor that a list of fields stands for: every parameter becomes a field."""
        body: list[ast.stmt] = []
        for name, _, _ in parameters:
            own = ast.Attribute(value=self.named("self", node), attr=name, ctx=ast.Store())
            body.append(self.at(ast.Assign(targets=[self.at(own, node)], value=self.named(name, node)), node))
        return self.function("__init__", [("self", None, None), *parameters], body, node)

    def choice(self, test: Node | None, one: ast.expr, other: ast.expr, node: Node) -> ast.expr:
        """One of two; where the test asks whether one of them is there, the other is its default."""
        written = self.text(test)
        for value, default in ((one, other), (other, one)):
            start, end = getattr(value, "written", (0, 0))
            part = self.source[start:end].decode("utf-8", "replace")
            if part and not part.startswith('"') and part in written:
                return self.at(ast.BoolOp(op=ast.Or(), values=[value, default]), node)
        return self.at(ast.IfExp(test=self.expression(test), body=one, orelse=other), node)

    def if_statement(
        self, test: Node | None, body: list[ast.stmt], orelse: list[ast.stmt], node: Node
    ) -> ast.stmt:
        """A condition; what it says of emptiness is kept for `with_defaults`."""
        made = self.at(ast.If(test=self.expression(test), body=body, orelse=orelse), node)
        made.asks = self.text(test)[:400]  # type: ignore[attr-defined]
        return made

    def join(self, parts: list[ast.expr], node: Node) -> ast.expr:
        """A text put together of parts."""
        if all(isinstance(part, ast.Constant) for part in parts):
            return self.constant("".join(str(getattr(part, "value", "")) for part in parts), node)
        pieces: list[ast.expr] = [
            part if isinstance(part, ast.Constant) else self.at(ast.FormattedValue(part, -1), node)
            for part in parts
        ]
        return self.at(ast.JoinedStr(values=pieces), node)


def unescaped(text: str) -> str:
    """What do the escapes of a quoted text stand for? The common ones of all five languages."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    escape = match[1]
    if escape[0] == "u" and len(escape) > 1:
        code = int(escape.strip("u{}"), 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return _PLAIN_ESCAPES.get(escape, escape)


def ending(body: list[ast.stmt]) -> list[ast.stmt]:
    """A body whose last expression is what it gives."""
    if body and isinstance(body[-1], ast.Expr):
        last = body[-1]
        return [*body[:-1], ast.copy_location(ast.Return(value=last.value), last)]
    return body


def with_defaults(body: list[ast.stmt]) -> list[ast.stmt]:
    """Conditions that only give a default, as `x = x or default` and `return x or default`."""
    made: list[ast.stmt] = []
    for statement in body:
        previous = made[-1] if made else None
        if isinstance(statement, ast.If) and (simple := _default(statement)) is not None:
            made.append(simple)
            continue
        if isinstance(previous, ast.If) and isinstance(statement, ast.Return) and not previous.orelse:
            joint = _returned(previous, statement)
            if joint is not None:
                made[-1] = joint
                continue
        made.append(statement)
    return made


def _default(node: ast.If) -> ast.stmt | None:
    """`if x == "" { x = d }` and `if v != "" { x = v }`."""
    asks, body = getattr(node, "asks", ""), node.body
    if len(body) == 1 and isinstance(body[0], ast.Return) and len(node.orelse) == 1:
        last = node.orelse[0]
        return _returned(node, last) if isinstance(last, ast.Return) else None
    if node.orelse or len(body) != 1 or not isinstance(body[0], ast.Assign) or len(body[0].targets) != 1:
        return None
    target, value = body[0].targets[0], body[0].value
    held = (
        ast.copy_location(ast.parse(ast.unparse(target), mode="eval").body, target)
        if _plain(target)
        else None
    )
    if held is None:
        return None
    for inner in ast.walk(held):
        ast.copy_location(inner, target)
    if _spoken(target) in asks and _EMPTY_TEST.search(asks):
        values = [held, value]
    elif _plain(value) and _spoken(value) in asks:
        values = [value, held]
    else:
        return None
    either = ast.copy_location(ast.BoolOp(op=ast.Or(), values=values), value)
    return ast.copy_location(ast.Assign(targets=[target], value=either), node)


def _returned(node: ast.If, last: ast.Return) -> ast.stmt | None:
    """`if v != "" { return v }; return d`, and the other way round."""
    body, asks = node.body, getattr(node, "asks", "")
    if len(body) != 1 or not isinstance(body[0], ast.Return):
        return None
    one, other = body[0].value, last.value
    if one is None or other is None:
        return None
    values = None
    if _plain(one) and (_spoken(one) in asks or re.fullmatch(r"ok|found|exists|present", asks.strip())):
        values = [one, other]
    elif _plain(other) and _spoken(other) in asks:
        values = [other, one]
    if values is None:
        return None
    either = ast.copy_location(ast.BoolOp(op=ast.Or(), values=values), one)
    return ast.copy_location(ast.Return(value=either), node)


def _plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _plain(node.value))


def _spoken(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else "\0"
