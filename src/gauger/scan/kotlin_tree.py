"""How would this Kotlin read if it were Python? See `typed_tree`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from gauger.scan.kotlin_calls import KotlinCalls
from gauger.scan.typed_annotations import placeholder
from gauger.scan.typed_tree import ending, unescaped

if TYPE_CHECKING:
    from tree_sitter import Node

Parameter = tuple[str, ast.expr | None, ast.expr | None]
_TYPES = ("user_type", "nullable_type", "function_type")
_BASIC = {"String", "Int", "Long", "Boolean", "Double", "Float", "Any", "Unit"}


class KotlinTranslator(KotlinCalls):
    """Translates one Kotlin file."""

    STATEMENTS: ClassVar[dict[str, str]] = {
        "package_header": "package_name", "import": "imports", "class_declaration": "class_declaration",
        "object_declaration": "class_declaration", "companion_object": "companion",
        "enum_entry": "enum_entry",
        "property_declaration": "variable", "function_declaration": "function_declaration",
        "anonymous_initializer": "nothing", "secondary_constructor": "nothing", "assignment": "assignment",
        "return_expression": "returned", "if_expression": "condition", "for_statement": "loop",
        "when_expression": "choose", "modifiers": "nothing", "type_alias": "nothing", "user_type": "nothing",
    }  # fmt: skip
    EXPRESSIONS: ClassVar[dict[str, str]] = {
        "string_literal": "string", "multiline_string_literal": "string", "identifier": "identifier",
        "this_expression": "itself", "navigation_expression": "member", "call_expression": "call",
        "binary_expression": "binary", "infix_expression": "infix", "index_expression": "item",
        "lambda_literal": "arrow", "annotated_lambda": "annotated", "if_expression": "ternary",
        "when_expression": "switch", "user_type": "named_type", "nullable_type": "named_type",
        "try_expression": "attempt", "anonymous_function": "unnamed", "return_expression": "given_back",
    }  # fmt: skip
    TRANSPARENT: ClassVar[frozenset[str]] = frozenset(
        {"parenthesized_expression", "as_expression", "unary_expression", "value_argument",
        "throw_expression",
         "spread_expression"}
    )  # fmt: skip
    WRAPPERS: ClassVar[frozenset[str]] = frozenset({"Optional", "ObjectProvider", "Lazy", "Provider"})

    def imports(self, node: Node) -> Iterator[ast.stmt]:
        """`import a.b.C as D`, `import a.b.*`."""
        name = self.text(self.child(node, "qualified_identifier", "identifier"))
        alias = self.parts(node)[1:]
        if ".*" in self.text(node):
            self.wildcards.append(name.replace(".", "/"))
            return
        owner, _, last = name.rpartition(".")
        names = [ast.alias(name=last, asname=self.text(alias[0]) if alias else None)]
        yield self.at(ast.ImportFrom(module=owner, names=names, level=0), node)

    def class_declaration(self, node: Node) -> Iterator[ast.stmt]:
        """A class, object, interface or enumeration; the primary constructor sets fields."""
        made: list[ast.stmt] = []
        set_up: list[ast.stmt] = []
        for part in self.parts(self.child(node, "class_body", "enum_class_body")):
            if part.type == "anonymous_initializer":
                set_up += self.statements(self.parts(part))
            else:
                made += self.statements([part])
        constructor = self.child(node, "primary_constructor")
        parameters = self.parameters(self.child(constructor, "class_parameters") if constructor else None)
        if parameters or set_up:
            initialiser = self.initialiser(parameters, node)
            initialiser.body = [*(s for s in initialiser.body if not isinstance(s, ast.Pass)), *set_up]
            made.append(initialiser)
        bases = [self.base(b) for b in self.parts(self.child(node, "delegation_specifiers"))[:1]]
        yield self.klass(self.text(node.child_by_field_name("name")), made, node, [b for b in bases if b])

    def base(self, node: Node) -> ast.expr | None:
        """What a class extends."""
        inner = self.first(node)
        kind = (
            self.child(inner, "user_type")
            if inner is not None and inner.type == "constructor_invocation"
            else inner
        )
        return self.expression(kind) if kind is not None and kind.type == "user_type" else None

    def companion(self, node: Node) -> Iterator[ast.stmt]:
        """`companion object`: its members are the class's."""
        yield from self.statements(self.parts(self.child(node, "class_body")))

    def enum_entry(self, node: Node) -> Iterator[ast.stmt]:
        """`GPT_4O("gpt-4o")`: the constant stands for its first text."""
        for argument in self.parts(self.child(node, "value_arguments")):
            value = self.parts(argument)[-1:]
            if value and value[0].type == "string_literal":
                yield self.assign(self.text(self.first(node)), self.expression(value[0]), node)
                return

    def injected(self, node: Node) -> ast.expr | None:
        """What an annotation such as `@Value` puts there."""
        for annotation in self.parts(self.child(node, "modifiers"), "annotation"):
            made = self.child(annotation, "constructor_invocation")
            if made is None or self.text(self.first(made)) not in ("Value", "ConfigProperty"):
                continue
            texts = {}
            for argument in self.parts(self.child(made, "value_arguments")):
                inner = self.parts(argument)
                if inner and inner[-1].type == "string_literal":
                    written = unescaped(self.text(inner[-1])[1:-1])
                    texts[self.text(inner[0]) if len(inner) > 1 else "value"] = written
            if "value" in texts:
                return placeholder(texts["value"], annotation, self)
            if "name" in texts:
                given = [self.constant(texts[k], annotation) for k in ("name", "defaultValue") if k in texts]
                return self.called("setting_value", given, annotation)
        return None

    def kind(self, node: Node | None) -> ast.expr | None:
        """A type as an expression; None for one that says nothing."""
        if node is None or self.text(node).rstrip("?") in _BASIC or node.type == "function_type":
            return None
        return self.expression(node)

    def named_type(self, node: Node) -> ast.expr:
        """`a.b.C<T>?`."""
        if node.type == "nullable_type":
            return self.expression(self.first(node))
        arguments = self.parts(self.child(node, "type_arguments"))
        name = ".".join(self.text(i) for i in self.parts(node, "identifier"))
        if name in self.WRAPPERS and arguments:
            inner = self.first(arguments[0])
            if inner is not None and inner.type in _TYPES:
                return self.expression(inner)
        return self.named(name or "any", node)

    def parameters(self, node: Node | None) -> list[Parameter]:
        """Parameters with their types and defaults."""
        found: list[Parameter] = []
        for one in self.parts(node):
            if one.type not in ("parameter", "class_parameter"):
                if found and one.type != "parameter_modifiers":
                    found[-1] = (found[-1][0], found[-1][1], self.expression(one))
                continue
            name = self.child(one, "identifier")
            kind = self.child(one, *_TYPES)
            rest = [
                c
                for c in self.parts(one)
                if c.type not in ("modifiers", "identifier", *_TYPES)
                or (c.type == "identifier" and c != name)
            ]
            default = self.injected(one) or (self.expression(rest[-1]) if rest else None)
            found.append((self.text(name), self.kind(kind), default))
        return found

    def variable(self, node: Node) -> Iterator[ast.stmt]:
        """`val x: T = …`, by lazy, with a getter."""
        declared = self.child(node, "variable_declaration")
        if declared is None:
            return
        name = self.text(self.child(declared, "identifier"))
        kind = self.kind(self.child(declared, *_TYPES))
        skipped = {
            "modifiers",
            "variable_declaration",
            "getter",
            "setter",
            "type_parameters",
            "type_constraints",
        }
        values = [c for c in self.parts(node) if c.type not in skipped]
        injected = self.injected(node)
        delegate, getter = self.child(node, "property_delegate"), self.child(node, "getter")
        if injected is not None:
            yield self.assign(name, injected, declared)
        elif delegate is not None:
            yield self.assign(name, self.expression(self.first(delegate)), declared)
        elif values:
            yield self.assign(name, self.expression(values[-1]), declared)
        elif getter is not None and (inner := self.child(getter, "function_body")) is not None:
            value = self.first(inner)
            if value is not None and value.type != "block":
                yield self.assign(name, self.expression(value), declared)
        else:
            yield self.assign(name, self.none(declared), declared, kind or self.named("any", declared))

    def function_declaration(self, node: Node) -> Iterator[ast.stmt]:
        """`fun f(…): T { … }`, `fun f() = …`."""
        parameters = self.parameters(self.child(node, "function_value_parameters"))
        inside = node.parent is not None and node.parent.type in ("class_body", "enum_class_body")
        body = self.function_body(self.child(node, "function_body"))
        first: list[Parameter] = [("self", None, None)] if inside else []
        yield self.function(self.text(node.child_by_field_name("name")), [*first, *parameters], body, node)

    def function_body(self, node: Node | None) -> list[ast.stmt]:
        """A block, or one expression."""
        inner = self.first(node) if node is not None else None
        if inner is None:
            return []
        if inner.type == "block":
            return self.statements(self.parts(inner))
        outer, self.before = self.before, []
        returned = self.at(ast.Return(value=self.expression(inner)), inner)
        made: list[ast.stmt] = [*self.before, returned]
        self.before = outer
        return made

    def condition(self, node: Node) -> Iterator[ast.stmt]:
        """`if (…) … else …`."""
        test, branches = self.branches(node)
        body = self.body(branches[0]) if branches else []
        orelse = self.body(branches[1]) if len(branches) > 1 else []
        yield self.if_statement(test, body, orelse, node)

    def branches(self, node: Node) -> tuple[Node | None, list[Node]]:
        """Condition and branches of an `if`."""
        test = node.child_by_field_name("condition")
        return test, [c for c in self.parts(node) if c != test]

    def ternary(self, node: Node) -> ast.expr:
        """`if (a) b else c` as an expression."""
        test, branches = self.branches(node)
        if len(branches) < 2:
            return self.unknown([c for c in (test, *branches) if c is not None])
        return self.choice(test, self.last(branches[0]), self.last(branches[1]), node)

    def last(self, node: Node) -> ast.expr:
        """What a branch gives: its last expression."""
        if node.type != "block":
            return self.expression(node)
        inner = ending(self.statements(self.parts(node)))
        if inner and isinstance(inner[-1], ast.Return) and inner[-1].value is not None:
            self.before += inner[:-1]
            return inner[-1].value
        return self.at(ast.Constant(value=None), node)

    def loop(self, node: Node) -> Iterator[ast.stmt]:
        """`for (x in list) …`."""
        parts = self.parts(node)
        if len(parts) < 2:
            return
        target = self.at(ast.Name(id=self.text(self.first(parts[0])), ctx=ast.Store()), node)
        body = self.body(parts[2]) if len(parts) > 2 else []
        yield self.at(ast.For(target=target, iter=self.expression(parts[1]), body=body, orelse=[]), node)

    def choose(self, node: Node) -> Iterator[ast.stmt]:
        """`when` as a statement."""
        orelse: list[ast.stmt] = []
        for entry in reversed(self.parts(node, "when_entry")):
            test = self.at(ast.Constant(value=True), entry)
            orelse = [self.at(ast.If(test=test, body=self.body(self.parts(entry)[-1]), orelse=orelse), entry)]
        yield from orelse

    def switch(self, node: Node) -> ast.expr:
        """`when` as an expression: one of the entries."""
        values = [
            self.last(self.parts(entry)[-1]) for entry in self.parts(node, "when_entry") if self.parts(entry)
        ]
        made = values[-1] if values else self.at(ast.Constant(value=None), node)
        for value in reversed(values[:-1]):
            made = self.at(
                ast.IfExp(test=self.at(ast.Constant(value=True), node), body=value, orelse=made), node
            )
        return made

    def attempt(self, node: Node) -> ast.expr:
        """`try { … } catch …` as an expression."""
        block = self.child(node, "block")
        self.before += [s for c in self.parts(node, "catch_block", "finally_block") for s in self.body(c)]
        return self.last(block) if block is not None else ast.Constant(value=None)

    def string(self, node: Node) -> ast.expr:
        """A text with its templates."""
        raw = node.type == "multiline_string_literal"
        parts: list[ast.expr] = []
        for child in self.parts(node):
            if child.type == "interpolation":
                parts.append(self.expression(self.first(child)))
            else:
                text = self.text(child)
                parts.append(self.constant(text if raw else unescaped(text), node))
        return self.join(parts, node) if parts else ast.Constant(value="")

    def itself(self, node: Node) -> ast.expr:  # noqa: ARG002 - one shape for all
        """`this`."""
        return ast.Name(id="self", ctx=ast.Load())

    def member(self, node: Node) -> ast.expr:
        """`a.b`, `a?.b`."""
        parts = self.parts(node)
        if len(parts) < 2:
            return self.unknown(parts)
        return ast.Attribute(value=self.expression(parts[0]), attr=self.text(parts[-1]), ctx=ast.Load())

    def binary(self, node: Node) -> ast.expr:
        """`a ?: b` gives a default, `a + b` joins."""
        left = self.expression(node.child_by_field_name("left"))
        right = self.expression(node.child_by_field_name("right"))
        operator = self.text(node.child_by_field_name("operator"))
        if operator == "?:":
            return ast.BoolOp(op=ast.Or(), values=[left, right])
        return ast.BinOp(left=left, op=ast.Add() if operator == "+" else ast.Sub(), right=right)

    def infix(self, node: Node) -> ast.expr:
        """`"a" to b` is a pair."""
        parts = self.parts(node)
        if len(parts) == 3 and self.text(parts[1]) == "to":
            pair = [self.expression(parts[0]), self.expression(parts[2])]
            return self.called("pair_of", pair, node)
        return self.unknown(parts)

    def arrow(self, node: Node) -> ast.expr:
        """`{ x -> … }`; without a parameter, `it`."""
        given = self.child(node, "lambda_parameters")
        parameters: list[Parameter] = [
            (self.text(self.first(one)), self.kind(self.child(one, *_TYPES)), None)
            for one in self.parts(given)
        ]
        self.count += 1
        name = f"closure_{self.count}"
        inner = ending(self.statements([c for c in self.parts(node) if c != given]))
        self.before.append(self.function(name, parameters or [("it", None, None)], inner, node))
        return ast.Name(id=name, ctx=ast.Load())

    def annotated(self, node: Node) -> ast.expr:
        """A lambda after a call."""
        return self.expression(self.child(node, "lambda_literal"))

    def unnamed(self, node: Node) -> ast.expr:
        """`fun(x) { … }`."""
        return self.unknown(self.parts(self.child(node, "function_body")))
