"""How would this Go read if it were Python? See `typed_tree`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from gauger.scan.typed_shapes import SharedShapes
from gauger.scan.typed_tree import unescaped

if TYPE_CHECKING:
    from tree_sitter import Node

Parameter = tuple[str, ast.expr | None, ast.expr | None]


class GoTranslator(SharedShapes):
    """Translates one Go file. Methods are put into the class of their receiver."""

    STATEMENTS: ClassVar[dict[str, str]] = {
        "package_clause": "nothing", "import_declaration": "imports", "type_alias": "nothing",
        "method_declaration": "nothing", "const_spec": "declared", "var_spec": "declared",
        "type_spec": "type_spec", "function_declaration": "function_declaration",
        "short_var_declaration": "assignment", "assignment_statement": "assignment",
        "return_statement": "returned", "if_statement": "condition", "for_statement": "loop",
        "expression_switch_statement": "switch", "type_switch_statement": "switch",
    }  # fmt: skip
    EXPRESSIONS: ClassVar[dict[str, str]] = {
        "interpreted_string_literal": "string", "raw_string_literal": "raw_string",
        "identifier": "identifier",
        "type_identifier": "identifier", "package_identifier": "identifier", "field_identifier": "identifier",
        "nil": "none", "selector_expression": "member", "qualified_type": "qualified",
        "call_expression": "call",
        "composite_literal": "composite", "literal_value": "untyped", "binary_expression": "binary",
        "index_expression": "item", "func_literal": "literal_function", "generic_type": "generic",
        "unary_expression": "unary",
    }  # fmt: skip
    TRANSPARENT: ClassVar[frozenset[str]] = frozenset(
        {"variadic_argument", "parenthesized_expression", "pointer_type", "literal_element",
        "expression_list",
         "expression_statement", "type_conversion_expression", "type_assertion_expression",
         "slice_expression"}
    )  # fmt: skip

    def module(self, root: Node) -> ast.Module:
        """See `TypedTranslator.module`."""
        self.methods: dict[str, list[Node]] = {}
        for node in self.parts(root, "method_declaration"):
            self.methods.setdefault(self.receiver(node)[1], []).append(node)
        made = self.statements(root.named_children)
        for owner, nodes in sorted(self.methods.items()):
            made.append(self.klass(owner, [self.method(node) for node in nodes], nodes[0]))
        return ast.Module(body=made, type_ignores=[])

    def receiver(self, node: Node) -> tuple[str, str]:
        """Name and type of a method's receiver."""
        declaration = self.first(node.child_by_field_name("receiver") or node)
        if declaration is None:
            return "_", ""
        kind = self.text(declaration.child_by_field_name("type")).lstrip("*").partition("[")[0]
        return self.text(declaration.child_by_field_name("name")) or "_", kind

    def method(self, node: Node) -> ast.stmt:
        """A method; its receiver stands for `self`."""
        parameters = [(self.receiver(node)[0], None, None), *self.parameters(node)]
        body = self.body(node.child_by_field_name("body"))
        return self.function(self.text(node.child_by_field_name("name")), parameters, body, node)

    def parameters(self, node: Node) -> list[Parameter]:
        """Parameters with their types."""
        found: list[Parameter] = []
        for one in self.parts(node.child_by_field_name("parameters")):
            kind = one.child_by_field_name("type")
            names = one.children_by_field_name("name")
            found += [(self.text(name), self.kind(kind), None) for name in names]
        return found

    def kind(self, node: Node | None) -> ast.expr | None:
        """A type as an expression; None for one that is no name."""
        if node is None or node.type not in (
            "type_identifier",
            "qualified_type",
            "pointer_type",
            "generic_type",
        ):
            return None
        return self.expression(node)

    def function_declaration(self, node: Node) -> Iterator[ast.stmt]:
        """`func f(…) { … }`."""
        body = self.body(node.child_by_field_name("body"))
        yield self.function(self.text(node.child_by_field_name("name")), self.parameters(node), body, node)

    def literal_function(self, node: Node) -> ast.expr:
        """A function in an expression."""
        return self.closure(self.parameters(node), node.child_by_field_name("body"), node, ("block",))

    def imports(self, node: Node) -> Iterator[ast.stmt]:
        """`import name "path"`."""
        specs = [s for part in (node, *self.parts(node)) for s in self.parts(part, "import_spec")]
        for spec in specs:
            path = self.text(spec.child_by_field_name("path")).strip('"`')
            name = self.text(spec.child_by_field_name("name"))
            if not path or name in ("_", "."):
                continue
            parts = path.split("/")
            if len(parts) > 1 and parts[-1][:1] == "v" and parts[-1][1:].isdigit():
                parts = parts[:-1]
            own = parts[-1].partition(".v")[0]
            own = own.removeprefix("go-").removesuffix("-go").removesuffix("-sdk").replace("-", "_")
            for local in [name] if name else sorted({own, own.replace("_", ""), *own.split("_")}):
                alias = ast.alias(name=path, asname=local)
                yield self.at(ast.Import(names=[alias]), spec)

    def declared(self, node: Node) -> Iterator[ast.stmt]:
        """`const a, b = 1, 2`, `var c T`."""
        names = node.children_by_field_name("name")
        values = self.parts(node.child_by_field_name("value"))
        kind = self.kind(node.child_by_field_name("type"))
        for i, name in enumerate(names):
            value = self.expression(values[i]) if i < len(values) else self.none(node)
            if i < len(values) or kind is not None:
                yield self.assign(self.text(name), value, name, None if i < len(values) else kind)

    def assignment(self, node: Node) -> Iterator[ast.stmt]:
        """`a, err := f()`: the first name takes what matters of several results."""
        left = self.parts(node.child_by_field_name("left"))
        right = self.parts(node.child_by_field_name("right"))
        for i, value in enumerate(right):
            if i < len(left):
                yield self.set_to(left[i], self.expression(value), node)

    def returned(self, node: Node) -> Iterator[ast.stmt]:
        """`return a, err`."""
        values = [v for part in self.parts(node) for v in self.parts(part)] if node.named_children else []
        first, *rest = [self.expression(v) for v in values] or [self.none(node)]
        for value in rest:
            if isinstance(value, ast.Call):
                yield self.at(ast.Expr(value=value), node)
        yield self.at(ast.Return(value=first), node)

    def condition(self, node: Node) -> Iterator[ast.stmt]:
        """`if x := f(); x != "" { … } else { … }`."""
        if (first := node.child_by_field_name("initializer")) is not None:
            yield from self.statement(first)
        body = self.body(node.child_by_field_name("consequence"))
        orelse = self.body(node.child_by_field_name("alternative"))
        yield self.if_statement(node.child_by_field_name("condition"), body, orelse, node)

    def loop(self, node: Node) -> Iterator[ast.stmt]:
        """`for i, v := range list { … }`."""
        clause = self.child(node, "range_clause")
        body = self.body(node.child_by_field_name("body"))
        if clause is None:
            yield from body
            return
        names = self.parts(clause.child_by_field_name("left"))
        target = self.at(ast.Name(id=self.text(names[-1]) if names else "_", ctx=ast.Store()), node)
        iterated = self.expression(clause.child_by_field_name("right"))
        yield self.at(ast.For(target=target, iter=self.values(iterated, node), body=body, orelse=[]), node)

    def values(self, iterated: ast.expr, node: Node) -> ast.expr:
        """What a loop over a map takes: its values."""
        return self.called("loop_values", [iterated], node)

    def switch(self, node: Node) -> Iterator[ast.stmt]:
        """Cases as alternatives."""
        cases = self.parts(node, "expression_case", "default_case", "type_case")
        orelse: list[ast.stmt] = []
        for case in reversed(cases):
            body = self.statements(self.parts(case, "statement_list"))
            test = self.at(ast.Constant(value=True), case)
            orelse = [self.at(ast.If(test=test, body=body, orelse=orelse), case)]
        yield from orelse

    def type_spec(self, node: Node) -> Iterator[ast.stmt]:
        """`type T struct { … }`, with the methods of T."""
        name = self.text(node.child_by_field_name("name"))
        kind = node.child_by_field_name("type")
        body: list[ast.stmt] = []
        if kind is not None and kind.type == "struct_type":
            for field in self.parts(self.first(kind), "field_declaration"):
                annotation = self.kind(field.child_by_field_name("type"))
                hint = annotation or self.named("any", field)
                names = field.children_by_field_name("name")
                body += [self.assign(self.text(one), self.none(one), one, hint) for one in names]
        body += [self.method(one) for one in self.methods.pop(name, [])]
        if body:
            yield self.klass(name, body, node)

    def string(self, node: Node) -> ast.expr:
        """A quoted text."""
        return ast.Constant(value=unescaped(self.text(node)[1:-1]))

    def raw_string(self, node: Node) -> ast.expr:
        """A raw text."""
        return ast.Constant(value=self.text(node)[1:-1])

    def member(self, node: Node) -> ast.expr:
        """`a.b`."""
        owner = self.expression(node.child_by_field_name("operand"))
        return ast.Attribute(value=owner, attr=self.text(node.child_by_field_name("field")), ctx=ast.Load())

    def qualified(self, node: Node) -> ast.expr:
        """`package.Type`."""
        return self.named(self.text(node), node)

    def generic(self, node: Node) -> ast.expr:
        """`Type[T]`."""
        return self.expression(node.child_by_field_name("type"))

    def unary(self, node: Node) -> ast.expr:
        """`&x`, `*x`, `!x`."""
        return self.expression(node.child_by_field_name("operand"))

    def item(self, node: Node) -> ast.expr:
        """`a[b]`."""
        owner = self.expression(node.child_by_field_name("operand"))
        return ast.Subscript(
            value=owner, slice=self.expression(node.child_by_field_name("index")), ctx=ast.Load()
        )

    def composite(self, node: Node) -> ast.expr:
        """`T{A: 1}` as `T(A=1)`, maps and slices as what they are."""
        kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
        if kind is None or body is None:
            return ast.Constant(value=0)
        if kind.type in ("slice_type", "array_type", "implicit_length_array_type"):
            values = [self.expression(self.first(e) or e) for e in self.parts(body)]
            return ast.List(elts=values, ctx=ast.Load())
        if kind.type == "map_type":
            return self.untyped(body)
        keywords: list[ast.keyword] = []
        positional: list[ast.expr] = []
        for element in self.parts(body):
            if element.type == "keyed_element":
                value = self.expression(element.child_by_field_name("value"))
                keywords.append(self.keyword(self.text(element.child_by_field_name("key")), value))
            else:
                positional.append(self.expression(element))
        return ast.Call(func=self.expression(kind), args=positional, keywords=keywords)

    def untyped(self, node: Node) -> ast.expr:
        """`{ "a": 1, B: 2 }`."""
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for element in self.parts(node, "keyed_element"):
            key = self.first(element.child_by_field_name("key") or element)
            plain = key is not None and key.type == "identifier" and self.text(key)[:1].isupper()
            keys.append(self.constant(self.text(key), element) if plain else self.expression(key))
            values.append(self.expression(element.child_by_field_name("value")))
        if not keys:
            return ast.List(elts=[self.expression(e) for e in self.parts(node)], ctx=ast.Load())
        return ast.Dict(keys=keys, values=values)
