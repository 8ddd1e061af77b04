"""How would this Java read if it were Python? See `typed_tree`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from gauger.scan.typed_annotations import placeholder
from gauger.scan.typed_shapes import SharedShapes
from gauger.scan.typed_tree import unescaped

if TYPE_CHECKING:
    from tree_sitter import Node

Parameter = tuple[str, ast.expr | None, ast.expr | None]
_VALUES = {"Value", "ConfigProperty"}


class JavaTranslator(SharedShapes):
    """Translates one Java file."""

    STATEMENTS: ClassVar[dict[str, str]] = {
        "package_declaration": "package_name", "import_declaration": "imports",
        "class_declaration": "class_declaration", "record_declaration": "class_declaration",
        "enum_declaration": "class_declaration", "interface_declaration": "class_declaration",
        "annotation_type_declaration": "nothing", "field_declaration": "fields",
        "constant_declaration": "fields", "local_variable_declaration": "locals", "resource": "resource",
        "method_declaration": "method", "constructor_declaration": "method",
        "compact_constructor_declaration": "nothing", "enum_constant": "enum_constant",
        "return_statement": "returned", "if_statement": "condition", "enhanced_for_statement": "loop",
        "assignment_expression": "assignment", "switch_expression": "switch_statement",
        "modifiers": "nothing", "superclass": "nothing", "marker_annotation": "nothing",
    }  # fmt: skip
    EXPRESSIONS: ClassVar[dict[str, str]] = {
        "string_literal": "string", "identifier": "identifier", "type_identifier": "identifier",
        "this": "identifier",
        "null_literal": "none", "field_access": "member", "method_invocation": "call",
        "object_creation_expression": "creation", "binary_expression": "binary",
        "ternary_expression": "ternary",
        "lambda_expression": "arrow", "array_initializer": "sequence", "array_creation_expression": "array",
        "scoped_type_identifier": "scoped", "scoped_identifier": "scoped", "generic_type": "generic",
        "assignment_expression": "assigned", "switch_expression": "switch", "cast_expression": "cast",
        "array_access": "item",
    }  # fmt: skip
    TRANSPARENT: ClassVar[frozenset[str]] = frozenset({"parenthesized_expression", "expression_statement"})
    WRAPPERS: ClassVar[frozenset[str]] = frozenset(
        {"Optional", "ObjectProvider", "Provider", "Instance", "Supplier"}
    )

    def imports(self, node: Node) -> Iterator[ast.stmt]:
        """`import a.b.C;`, `import static a.b.C.D;`, `import a.b.*;`."""
        name = self.text(self.child(node, "scoped_identifier", "identifier"))
        if self.child(node, "asterisk") is not None:
            self.wildcards.append(name.replace(".", "/"))
            return
        owner, _, last = name.rpartition(".")
        yield self.at(ast.ImportFrom(module=owner, names=[ast.alias(name=last)], level=0), node)

    def class_declaration(self, node: Node) -> Iterator[ast.stmt]:
        """A class, record, interface or enumeration."""
        prefix = self.prefix(node)
        body = node.child_by_field_name("body")
        made: list[ast.stmt] = []
        for part in self.parts(body):
            inner = self.parts(part) if part.type == "enum_body_declarations" else [part]
            for one in inner:
                made += (
                    self.prefixed(one, prefix)
                    if prefix and one.type == "field_declaration"
                    else self.body(one)
                )
        parameters = self.parameters(node)
        if parameters:
            made.append(self.initialiser(parameters, node))
        yield self.klass(self.text(node.child_by_field_name("name")), made, node, self.bases(node))

    def bases(self, node: Node) -> list[ast.expr]:
        """What a class extends."""
        parent = node.child_by_field_name("superclass")
        return [self.expression(p) for p in self.parts(parent)[:1]]

    def prefix(self, node: Node) -> str:
        """The prefix of `@ConfigurationProperties("ai")`."""
        for annotation in self.annotations(node, {"ConfigurationProperties", "ConfigMapping"}):
            given = self.strings(annotation)
            return next(iter(given.values()), "")
        return ""

    def prefixed(self, node: Node, prefix: str) -> list[ast.stmt]:
        """Fields that a settings file sets."""
        made: list[ast.stmt] = []
        for one in self.parts(node, "variable_declarator"):
            name = self.text(one.child_by_field_name("name"))
            value = one.child_by_field_name("value")
            default = self.expression(value) if value is not None else None
            made.append(self.assign(name, self.setting(f"{prefix}.{name}", default, one), one))
        return made

    def setting(self, key: str, default: ast.expr | None, node: Node) -> ast.expr:
        """What a settings file holds under a key."""
        given = [self.constant(key, node), *([default] if default is not None else [])]
        return self.called("setting_value", given, node)

    def annotations(self, node: Node, names: set[str]) -> list[Node]:
        """Annotations of these names."""
        modifiers = self.child(node, "modifiers")
        found = self.parts(modifiers, "annotation", "marker_annotation")
        return [a for a in found if self.text(a.child_by_field_name("name")).rpartition(".")[2] in names]

    def strings(self, annotation: Node) -> dict[str, str]:
        """The texts that an annotation is given, by name."""
        found: dict[str, str] = {}
        for one in self.parts(annotation.child_by_field_name("arguments")):
            key = self.text(one.child_by_field_name("key")) or "value"
            value = one.child_by_field_name("value") or one
            if value.type == "string_literal":
                found[key] = str(getattr(self.string(value), "value", ""))
        return found

    def injected(self, node: Node) -> ast.expr | None:
        """What `@Value("${a.b:c}")` or `@ConfigProperty(name = "a.b")` puts there."""
        for annotation in self.annotations(node, _VALUES):
            given = self.strings(annotation)
            if "value" in given:
                return placeholder(given["value"], annotation, self)
            if "name" in given:
                default = (
                    self.constant(given["defaultValue"], annotation) if "defaultValue" in given else None
                )
                return self.setting(given["name"], default, annotation)
        return None

    def kind(self, node: Node | None) -> ast.expr | None:
        """A type as an expression; None for one that is no name."""
        if node is None or node.type not in ("type_identifier", "scoped_type_identifier", "generic_type"):
            return None
        return None if self.text(node) in ("var", "String", "Object") else self.expression(node)

    def generic(self, node: Node) -> ast.expr:
        """`Type<T>`; the argument of a mere wrapper."""
        name = self.first(node)
        arguments = self.parts(self.child(node, "type_arguments"))
        if self.text(name) in self.WRAPPERS and arguments:
            return self.expression(arguments[0])
        return self.expression(name)

    def fields(self, node: Node) -> Iterator[ast.stmt]:
        """Fields of a class; one without a value is known by its type."""
        injected = self.injected(node)
        kind = self.kind(node.child_by_field_name("type")) or self.named("any", node)
        for one in self.parts(node, "variable_declarator"):
            value = one.child_by_field_name("value")
            name = self.text(one.child_by_field_name("name"))
            if injected is not None or value is not None:
                yield self.assign(name, injected or self.expression(value), one)
            else:
                yield self.assign(name, self.none(one), one, kind)

    def locals(self, node: Node) -> Iterator[ast.stmt]:
        """Variables of a method."""
        for one in self.parts(node, "variable_declarator"):
            if (value := one.child_by_field_name("value")) is not None:
                yield self.assign(self.text(one.child_by_field_name("name")), self.expression(value), one)

    def resource(self, node: Node) -> Iterator[ast.stmt]:
        """`try (var x = …)`."""
        value = node.child_by_field_name("value")
        if value is not None:
            yield self.assign(self.text(node.child_by_field_name("name")), self.expression(value), node)

    def method(self, node: Node) -> Iterator[ast.stmt]:
        """A method or a constructor."""
        name = (
            "__init__"
            if node.type == "constructor_declaration"
            else self.text(node.child_by_field_name("name"))
        )
        body = self.body(node.child_by_field_name("body"))
        yield self.function(name, [("self", None, None), *self.parameters(node)], body, node)

    def parameters(self, node: Node) -> list[Parameter]:
        """Parameters with their types and what is injected into them."""
        found: list[Parameter] = []
        for one in self.parts(node.child_by_field_name("parameters"), "formal_parameter", "spread_parameter"):
            kind = self.kind(one.child_by_field_name("type"))
            found.append((self.text(one.child_by_field_name("name")), kind, self.injected(one)))
        return found

    def enum_constant(self, node: Node) -> Iterator[ast.stmt]:
        """`GPT_4O("gpt-4o")`: the constant stands for its first text."""
        given = [a for a in self.parts(node.child_by_field_name("arguments")) if a.type == "string_literal"]
        if given:
            yield self.assign(self.text(node.child_by_field_name("name")), self.expression(given[0]), node)

    def loop(self, node: Node) -> Iterator[ast.stmt]:
        """`for (T x : list) …`."""
        target = self.at(ast.Name(id=self.text(node.child_by_field_name("name")), ctx=ast.Store()), node)
        iterated = self.expression(node.child_by_field_name("value"))
        body = self.body(node.child_by_field_name("body"))
        yield self.at(ast.For(target=target, iter=iterated, body=body, orelse=[]), node)

    def switch_statement(self, node: Node) -> Iterator[ast.stmt]:
        """Cases as alternatives."""
        orelse: list[ast.stmt] = []
        for rule in reversed(self.parts(node.child_by_field_name("body"))):
            inner = [c for c in self.parts(rule) if c.type != "switch_label"]
            test = self.at(ast.Constant(value=True), rule)
            orelse = [self.at(ast.If(test=test, body=self.statements(inner), orelse=orelse), rule)]
        yield from orelse

    def switch(self, node: Node) -> ast.expr:
        """What the cases give: one of them."""
        values: list[ast.expr] = []
        for rule in self.parts(node.child_by_field_name("body"), "switch_rule"):
            inner = [c for c in self.parts(rule) if c.type != "switch_label"]
            if inner and inner[-1].type == "expression_statement":
                values.append(self.expression(inner[-1]))
        made = values[-1] if values else self.none(node)
        for value in reversed(values[:-1]):
            made = self.at(
                ast.IfExp(test=self.at(ast.Constant(value=True), node), body=value, orelse=made), node
            )
        return made

    def string(self, node: Node) -> ast.expr:
        """A quoted text or a text block."""
        text = self.text(node)
        return ast.Constant(value=unescaped(text[3:-3] if text.startswith('"""') else text[1:-1]))

    def member(self, node: Node) -> ast.expr:
        """`a.b`."""
        owner = self.expression(node.child_by_field_name("object"))
        return ast.Attribute(value=owner, attr=self.text(node.child_by_field_name("field")), ctx=ast.Load())

    def item(self, node: Node) -> ast.expr:
        """`a[i]`."""
        owner = self.expression(node.child_by_field_name("array"))
        return ast.Subscript(
            value=owner, slice=self.expression(node.child_by_field_name("index")), ctx=ast.Load()
        )

    def arrow(self, node: Node) -> ast.expr:
        """`x -> …`."""
        given = node.child_by_field_name("parameters")
        names = [given] if given is not None and given.type == "identifier" else self.parts(given)
        parameters: list[Parameter] = [
            (self.text(n.child_by_field_name("name") or n), self.kind(n.child_by_field_name("type")), None)
            for n in names
        ]
        return self.closure(parameters, node.child_by_field_name("body"), node, ("block",))

    def array(self, node: Node) -> ast.expr:
        """`new T[]{a, b}`."""
        value = node.child_by_field_name("value")
        return self.sequence(value) if value is not None else ast.List(elts=[], ctx=ast.Load())

    def call(self, node: Node) -> ast.expr:
        """`a.b(c)`, `b(c)`."""
        owner, name = node.child_by_field_name("object"), self.text(node.child_by_field_name("name"))
        function: ast.expr = self.at(ast.Name(id=name, ctx=ast.Load()), node)
        if owner is not None:
            function = self.at(ast.Attribute(value=self.expression(owner), attr=name, ctx=ast.Load()), node)
        given = self.parts(node.child_by_field_name("arguments"))
        return ast.Call(func=function, args=[self.expression(a) for a in given], keywords=[])

    def creation(self, node: Node) -> ast.expr:
        """`new T(a)`."""
        given = self.parts(node.child_by_field_name("arguments"))
        function = self.expression(node.child_by_field_name("type"))
        return ast.Call(func=function, args=[self.expression(a) for a in given], keywords=[])
