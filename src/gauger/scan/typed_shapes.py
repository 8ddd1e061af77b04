"""What the grammars of several typed languages name alike: assignments, conditions, operators, casts.

A language that writes one of these in another way has a method of that name of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gauger.scan.typed_tree import TypedTranslator

if TYPE_CHECKING:
    from tree_sitter import Node


class SharedShapes(TypedTranslator):
    """The methods that at least two languages' tables name, each written once."""

    def binary(self, node: Node) -> ast.expr:
        """`a + b`."""
        left = self.expression(node.child_by_field_name("left"))
        right = self.expression(node.child_by_field_name("right"))
        plus = self.text(node.child_by_field_name("operator")) == "+"
        return ast.BinOp(left=left, op=ast.Add() if plus else ast.Sub(), right=right)

    def call(self, node: Node) -> ast.expr:
        """A call."""
        function = self.expression(node.child_by_field_name("function"))
        given = self.parts(node.child_by_field_name("arguments"))
        return ast.Call(func=function, args=[self.expression(a) for a in given], keywords=[])

    def package_name(self, node: Node) -> Iterator[ast.stmt]:
        """`package a.b;`."""
        self.package = self.text(self.first(node)).replace(".", "/")
        yield from ()

    def returned(self, node: Node) -> Iterator[ast.stmt]:
        """`return x;`."""
        yield self.at(ast.Return(value=self.expression(self.first(node))), node)

    def condition(self, node: Node) -> Iterator[ast.stmt]:
        """`if (…) … else …`."""
        body = self.body(node.child_by_field_name("consequence"))
        orelse = self.body(node.child_by_field_name("alternative"))
        yield self.if_statement(node.child_by_field_name("condition"), body, orelse, node)

    def assignment(self, node: Node) -> Iterator[ast.stmt]:
        """`a = b;`."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None:
            yield self.set_to(left, self.expression(right), node)

    def scoped(self, node: Node) -> ast.expr:
        """`a.b.C`."""
        return self.named(self.text(node).partition("<")[0], node)

    def ternary(self, node: Node) -> ast.expr:
        """`a ? b : c`."""
        one = self.expression(node.child_by_field_name("consequence"))
        other = self.expression(node.child_by_field_name("alternative"))
        return self.choice(node.child_by_field_name("condition"), one, other, node)

    def cast(self, node: Node) -> ast.expr:
        """`(T) x`."""
        return self.expression(node.child_by_field_name("value"))

    def assigned(self, node: Node) -> ast.expr:
        """What is assigned."""
        return self.expression(node.child_by_field_name("right"))

    def sequence(self, node: Node) -> ast.expr:
        """`{a, b}`."""
        return ast.List(elts=[self.expression(e) for e in self.parts(node)], ctx=ast.Load())

    def given_back(self, node: Node) -> ast.expr:
        """`?: return x`."""
        return self.unknown(self.parts(node))

    def item(self, node: Node) -> ast.expr:
        """`a[b]`."""
        parts = self.parts(node)
        return ast.Subscript(
            value=self.expression(parts[0]), slice=self.expression(parts[-1]), ctx=ast.Load()
        )
