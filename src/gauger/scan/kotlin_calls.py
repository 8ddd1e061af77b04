"""What do Kotlin's calls pass, with the block that may stand after them?"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gauger.scan.typed_shapes import SharedShapes

if TYPE_CHECKING:
    from tree_sitter import Node


class KotlinCalls(SharedShapes):
    """Translates calls."""

    def call(self, node: Node) -> ast.expr:
        """A call; what a block after it assigns counts as named arguments."""
        parts = self.parts(node)
        function = self.expression(parts[0])
        positional: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        if isinstance(function, ast.Call) and parts[0].type == "call_expression":
            positional, keywords = list(function.args), list(function.keywords)
            function = function.func
        for argument in self.parts(self.child(node, "value_arguments"), "value_argument"):
            inner = self.parts(argument)
            named = len(inner) > 1 and any(c.type == "=" for c in argument.children)
            if named:
                keywords.append(self.keyword(self.text(inner[0]), self.expression(inner[-1])))
            elif inner:
                positional.append(self.expression(inner[-1]))
        block = self.child(node, "annotated_lambda", "lambda_literal")
        if block is not None:
            keywords += self.settings(block, {k.arg for k in keywords})
            positional.append(self.expression(block))
        return ast.Call(func=function, args=positional, keywords=keywords)

    def settings(self, node: Node, known: set[str | None]) -> list[ast.keyword]:
        """`{ model = x; url("…") }`: what a block with a receiver sets."""
        literal = node if node.type == "lambda_literal" else self.child(node, "lambda_literal")
        found: list[ast.keyword] = []
        for statement in self.parts(literal):
            left, right = statement.child_by_field_name("left"), statement.child_by_field_name("right")
            if statement.type == "assignment" and left is not None and left.type == "identifier":
                name, value = self.text(left), right
            elif statement.type == "call_expression" and (own := self.setter(statement)) is not None:
                name, value = own
            else:
                continue
            if name not in known:
                known.add(name)
                found.append(self.keyword(name, self.expression(value)))
        return found

    def setter(self, node: Node) -> tuple[str, Node] | None:
        """`model("x")` in a block with a receiver."""
        parts = self.parts(node)
        given = self.parts(self.child(node, "value_arguments"))
        if (
            len(parts) == 2
            and parts[0].type == "identifier"
            and len(given) == 1
            and (value := self.first(given[0]))
        ):
            return self.text(parts[0]), value
        return None
