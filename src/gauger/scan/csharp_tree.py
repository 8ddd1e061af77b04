"""How would this C# read if it were Python? See `typed_tree`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from gauger.scan.typed_shapes import SharedShapes
from gauger.scan.typed_tree import unescaped

if TYPE_CHECKING:
    from tree_sitter import Node

Parameter = tuple[str, ast.expr | None, ast.expr | None]


class CsharpTranslator(SharedShapes):
    """Translates one C# file."""

    STATEMENTS: ClassVar[dict[str, str]] = {
        "using_directive": "imports", "class_declaration": "class_declaration",
        "record_declaration": "class_declaration", "struct_declaration": "class_declaration",
        "interface_declaration": "nothing", "enum_declaration": "nothing", "delegate_declaration": "nothing",
        "attribute_list": "nothing", "field_declaration": "fields",
        "property_declaration": "property_declaration",
        "constructor_declaration": "method", "method_declaration": "method",
        "local_function_statement": "method",
        "variable_declaration": "variables", "assignment_expression": "assignment",
        "return_statement": "returned",
        "if_statement": "condition", "foreach_statement": "loop", "switch_section": "section",
        "arrow_expression_clause": "arrow_body", "modifier": "nothing", "base_list": "nothing",
    }  # fmt: skip
    EXPRESSIONS: ClassVar[dict[str, str]] = {
        "string_literal": "string", "verbatim_string_literal": "verbatim", "raw_string_literal": "raw",
        "interpolated_string_expression": "template", "identifier": "identifier", "this": "identifier",
        "null_literal": "none", "member_access_expression": "member", "invocation_expression": "call",
        "object_creation_expression": "creation", "implicit_object_creation_expression": "implied",
        "anonymous_object_creation_expression": "anonymous", "binary_expression": "binary",
        "conditional_expression": "ternary", "lambda_expression": "arrow",
        "element_access_expression": "item",
        "qualified_name": "scoped", "generic_name": "generic", "assignment_expression": "assigned",
        "switch_expression": "switch", "cast_expression": "cast", "collection_expression": "sequence",
        "initializer_expression": "sequence", "conditional_access_expression": "conditional",
        "array_creation_expression": "array",
        "implicit_array_creation_expression": "array", "anonymous_method_expression": "arrow",
        "with_expression": "copied", "default_expression": "none", "predefined_type": "identifier",
        "nullable_type": "nullable",
    }  # fmt: skip
    TRANSPARENT: ClassVar[frozenset[str]] = frozenset(
        {"parenthesized_expression", "expression_statement", "await_expression", "postfix_unary_expression",
         "prefix_unary_expression", "argument", "collection_element", "expression_element",
         "checked_expression",
         "as_expression", "ref_expression", "spread_element"}
    )  # fmt: skip
    WRAPPERS: ClassVar[frozenset[str]] = frozenset(
        {"IOptions", "IOptionsSnapshot", "IOptionsMonitor", "Lazy", "Task", "Func"}
    )

    def imports(self, node: Node) -> Iterator[ast.stmt]:
        """`using A.B;`: every name may come from there."""
        names = self.parts(node)
        if node.child_by_field_name("name") is not None and len(names) > 1:
            whole = self.text(names[-1])
            owner, _, last = whole.rpartition(".")
            alias = ast.alias(name=last, asname=self.text(node.child_by_field_name("name")))
            yield self.at(ast.ImportFrom(module=owner or whole, names=[alias], level=0), node)
        elif names:
            self.wildcards.append(self.text(names[-1]).replace(".", "/"))

    def class_declaration(self, node: Node) -> Iterator[ast.stmt]:
        """A class, struct or record; the primary constructor sets fields."""
        made = self.statements(self.parts(node.child_by_field_name("body")))
        parameters = self.parameters(self.child(node, "parameter_list"))
        if parameters:
            made.append(self.initialiser(parameters, node))
        bases = [
            self.expression(b)
            for b in self.parts(self.child(node, "base_list"), "identifier", "generic_name")[:1]
        ]
        yield self.klass(self.text(node.child_by_field_name("name")), made, node, bases)

    def kind(self, node: Node | None) -> ast.expr | None:
        """A type as an expression; None for one that says nothing."""
        if node is None or node.type not in ("identifier", "qualified_name", "generic_name", "nullable_type"):
            return None
        if node.type == "nullable_type" and (inner := self.first(node)) is not None:
            return self.kind(inner)
        return self.expression(node)

    def nullable(self, node: Node) -> ast.expr:
        """`T?`."""
        return self.expression(self.first(node))

    def generic(self, node: Node) -> ast.expr:
        """`Type<T>`; the argument of a mere wrapper."""
        name = self.text(self.first(node))
        arguments = self.parts(self.child(node, "type_argument_list"))
        if name in self.WRAPPERS and arguments:
            return self.expression(arguments[0])
        return self.named(name, node)

    def fields(self, node: Node) -> Iterator[ast.stmt]:
        """Fields of a class."""
        yield from self.variables(self.child(node, "variable_declaration") or node)

    def variables(self, node: Node) -> Iterator[ast.stmt]:
        """`T x = …`; without a value, the type tells."""
        type_node = node.child_by_field_name("type")
        kind = self.kind(type_node)
        for one in self.parts(node, "variable_declarator"):
            name_node = one.child_by_field_name("name")
            name = self.text(name_node)
            values = [c for c in self.parts(one) if c != name_node and c.type != "bracketed_argument_list"]
            if values:
                yield self.assign(name, self.typed(values[-1], kind), one)
            else:
                yield self.assign(name, self.none(one), one, kind or self.named("any", one))

    def typed(self, node: Node, kind: ast.expr | None) -> ast.expr:
        """A value whose type may be needed: `new(…)`."""
        made = self.expression(node)
        if (
            node.type == "implicit_object_creation_expression"
            and isinstance(made, ast.Call)
            and kind is not None
        ):
            made.func = kind
        return made

    def property_declaration(self, node: Node) -> Iterator[ast.stmt]:
        """`T P { get; set; } = …`, `T P => …`."""
        name, value = self.text(node.child_by_field_name("name")), node.child_by_field_name("value")
        kind = self.kind(node.child_by_field_name("type"))
        if value is None:
            yield self.assign(name, self.none(node), node, kind or self.named("any", node))
            return
        inner = self.first(value) if value.type == "arrow_expression_clause" else value
        if inner is not None:
            yield self.assign(name, self.typed(inner, kind), node)

    def method(self, node: Node) -> Iterator[ast.stmt]:
        """A method, constructor or local function."""
        name = (
            "__init__"
            if node.type == "constructor_declaration"
            else self.text(node.child_by_field_name("name"))
        )
        parameters = self.parameters(node.child_by_field_name("parameters"))
        body = self.body(node.child_by_field_name("body"))
        local = node.type == "local_function_statement"
        first: list[Parameter] = [] if local else [("self", None, None)]
        yield self.function(name, [*first, *parameters], body, node)

    def arrow_body(self, node: Node) -> Iterator[ast.stmt]:
        """`=> x`."""
        yield self.at(ast.Return(value=self.expression(self.first(node))), node)

    def parameters(self, node: Node | None) -> list[Parameter]:
        """Parameters with their types and defaults."""
        found: list[Parameter] = []
        for one in self.parts(node, "parameter"):
            name, kind = one.child_by_field_name("name"), one.child_by_field_name("type")
            rest = [
                c
                for c in self.parts(one)
                if c not in (name, kind) and c.type not in ("attribute_list", "modifier")
            ]
            found.append((self.text(name), self.kind(kind), self.expression(rest[-1]) if rest else None))
        return found

    def loop(self, node: Node) -> Iterator[ast.stmt]:
        """`foreach (var x in list) …`."""
        target = self.at(ast.Name(id=self.text(node.child_by_field_name("left")), ctx=ast.Store()), node)
        iterated = self.expression(node.child_by_field_name("right"))
        body = self.body(node.child_by_field_name("body"))
        yield self.at(ast.For(target=target, iter=iterated, body=body, orelse=[]), node)

    def section(self, node: Node) -> Iterator[ast.stmt]:
        """A case of a switch: an alternative."""
        inner = [c for c in self.parts(node) if c.type.endswith("_statement") or c.type == "block"]
        test = self.at(ast.Constant(value=True), node)
        yield self.at(ast.If(test=test, body=self.statements(inner), orelse=[]), node)

    def switch(self, node: Node) -> ast.expr:
        """`x switch { a => b }`: one of the arms."""
        values = [self.expression(self.parts(arm)[-1]) for arm in self.parts(node, "switch_expression_arm")]
        made = values[-1] if values else self.none(node)
        for value in reversed(values[:-1]):
            made = self.at(
                ast.IfExp(test=self.at(ast.Constant(value=True), node), body=value, orelse=made), node
            )
        return made

    def string(self, node: Node) -> ast.expr:
        """A quoted text."""
        return ast.Constant(value=unescaped(self.text(node).removesuffix("u8")[1:-1]))

    def verbatim(self, node: Node) -> ast.expr:
        """`@"…"`."""
        return ast.Constant(value=self.text(node)[2:-1].replace('""', '"'))

    def raw(self, node: Node) -> ast.expr:
        """Three quotes."""
        return ast.Constant(value=self.text(self.child(node, "raw_string_content")))

    def template(self, node: Node) -> ast.expr:
        """`$"a{b}"`."""
        parts: list[ast.expr] = []
        for child in self.parts(node, "string_content", "interpolation", "escape_sequence"):
            if child.type == "interpolation":
                inner = [c for c in self.parts(child) if not c.type.startswith("interpolation")]
                parts.append(self.expression(inner[0] if inner else None))
            else:
                text = unescaped(self.text(child))
                parts.append(
                    self.constant(text.replace('""', '"').replace("{{", "{").replace("}}", "}"), node)
                )
        return self.join(parts, node) if parts else ast.Constant(value="")

    def member(self, node: Node) -> ast.expr:
        """`a.b`."""
        name = node.child_by_field_name("name")
        plain = self.first(name) if name is not None and name.type == "generic_name" else name
        owner = self.expression(node.child_by_field_name("expression"))
        return ast.Attribute(value=owner, attr=self.text(plain), ctx=ast.Load())

    def conditional(self, node: Node) -> ast.expr:
        """`a?.b`."""
        parts = self.parts(node)
        owner, binding = parts[0], self.child(node, "member_binding_expression")
        if binding is None:
            return self.unknown(parts[:1])
        name = self.text(binding.child_by_field_name("name"))
        return ast.Attribute(value=self.expression(owner), attr=name, ctx=ast.Load())

    def item(self, node: Node) -> ast.expr:
        """`a["b:c"]`."""
        inner = self.parts(node.child_by_field_name("subscript"))
        owner = self.expression(node.child_by_field_name("expression"))
        return ast.Subscript(value=owner, slice=self.expression(inner[0] if inner else None), ctx=ast.Load())

    def binary(self, node: Node) -> ast.expr:
        """`a ?? b` gives a default, `a + b` joins."""
        left = self.expression(node.child_by_field_name("left"))
        right = self.expression(node.child_by_field_name("right"))
        operator = self.text(node.child_by_field_name("operator"))
        if operator == "??":
            return ast.BoolOp(op=ast.Or(), values=[left, right])
        return ast.BinOp(left=left, op=ast.Add() if operator == "+" else ast.Sub(), right=right)

    def arrow(self, node: Node) -> ast.expr:
        """`x => …`."""
        given = node.child_by_field_name("parameters")
        if given is not None and given.type in ("implicit_parameter", "identifier"):
            parameters: list[Parameter] = [(self.text(given), None, None)]
        else:
            parameters = self.parameters(given)
        body = node.child_by_field_name("body") or self.child(node, "block")
        return self.closure(parameters, body, node, ("block",))

    def array(self, node: Node) -> ast.expr:
        """`new[] { a }`."""
        inner = self.child(node, "initializer_expression")
        return self.sequence(inner) if inner is not None else ast.List(elts=[], ctx=ast.Load())

    def arguments(self, node: Node | None) -> tuple[list[ast.expr], list[ast.keyword]]:
        """Positional and named arguments."""
        positional: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for argument in self.parts(node, "argument"):
            name = argument.child_by_field_name("name")
            value = self.parts(argument)[-1:]
            if not value:
                continue
            if name is not None:
                keywords.append(self.keyword(self.text(name), self.expression(value[0])))
            else:
                positional.append(self.expression(value[0]))
        return positional, keywords

    def call(self, node: Node) -> ast.expr:
        """`a.b(c)`."""
        positional, keywords = self.arguments(node.child_by_field_name("arguments"))
        return ast.Call(
            func=self.expression(node.child_by_field_name("function")), args=positional, keywords=keywords
        )

    def creation(self, node: Node) -> ast.expr:
        """`new T(a) { B = c }`: the initialiser counts as named arguments."""
        kind = self.expression(node.child_by_field_name("type"))
        given = node.child_by_field_name("arguments") or self.child(node, "argument_list")
        return self.made_with(kind, given, node)

    def implied(self, node: Node) -> ast.expr:
        """`new(a)`: the type stands where the value goes."""
        unknown = self.at(ast.Name(id="implied_type", ctx=ast.Load()), node)
        return self.made_with(unknown, self.child(node, "argument_list"), node)

    def made_with(self, kind: ast.expr, given: Node | None, node: Node) -> ast.expr:
        """An object with what its constructor and its initialiser are given."""
        positional, keywords = self.arguments(given)
        initialiser = node.child_by_field_name("initializer") or self.child(node, "initializer_expression")
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for part in self.parts(initialiser):
            left = part.child_by_field_name("left")
            if part.type == "assignment_expression" and left is not None:
                value = self.expression(part.child_by_field_name("right"))
                if left.type == "identifier":
                    keywords.append(self.keyword(self.text(left), value))
                else:
                    inner = self.first(left)
                    keys.append(self.expression(inner))
                    values.append(value)
            elif part.type == "initializer_expression" and len(self.parts(part)) == 2:
                key, value_node = self.parts(part)
                keys.append(self.expression(key))
                values.append(self.expression(value_node))
        if keys:
            return ast.Dict(keys=keys, values=values)
        return ast.Call(func=kind, args=positional, keywords=keywords)

    def copied(self, node: Node) -> ast.expr:
        """`x with { A = b }`."""
        return self.expression(self.first(node))

    def anonymous(self, node: Node) -> ast.expr:
        """`new { model = x }`."""
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        pending: Node | None = None
        for child in node.children:
            if child.type == "=" or not child.is_named or "comment" in child.type:
                if child.type in (",", "}") and pending is not None:
                    keys.append(self.constant(self.text(pending).rpartition(".")[2], pending))
                    values.append(self.expression(pending))
                    pending = None
                continue
            if pending is not None:
                keys.append(self.constant(self.text(pending).lstrip("@"), pending))
                values.append(self.expression(child))
                pending = None
            else:
                pending = child
        return ast.Dict(keys=keys, values=values)
