"""How would this Rust read if it were Python? See `typed_tree`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from gauger.scan.rust_macros import RustMacros
from gauger.scan.typed_tree import ending, unescaped

if TYPE_CHECKING:
    from tree_sitter import Node

Parameter = tuple[str, ast.expr | None, ast.expr | None]
_RAW = re.compile(r'^[bc]?r(#*)"(.*)"\1$', re.DOTALL)
_TYPES = ("type_identifier", "scoped_type_identifier", "generic_type", "reference_type")


class RustTranslator(RustMacros):
    """Translates one Rust file. The functions of `impl T` are put into the class T."""

    STATEMENTS: ClassVar[dict[str, str]] = {
        "use_declaration": "imports", "const_item": "declared", "static_item": "declared",
        "let_declaration": "declared", "struct_item": "structure", "enum_item": "structure",
        "impl_item": "nothing",
        "trait_item": "nothing", "mod_item": "inner_module", "function_item": "function_item",
        "attribute_item": "nothing", "inner_attribute_item": "nothing", "macro_definition": "nothing",
        "type_item": "nothing", "assignment_expression": "assignment", "if_expression": "condition",
        "for_expression": "loop", "match_expression": "alternatives", "return_expression": "returned",
        "function_signature_item": "nothing", "extern_crate_declaration": "nothing",
    }  # fmt: skip
    EXPRESSIONS: ClassVar[dict[str, str]] = {
        "string_literal": "string", "raw_string_literal": "raw", "identifier": "identifier",
        "self": "identifier",
        "type_identifier": "identifier", "crate": "identifier", "super": "identifier",
        "field_expression": "member", "scoped_identifier": "scoped", "scoped_type_identifier": "scoped",
        "generic_type": "generic", "generic_function": "generic_function", "call_expression": "call",
        "struct_expression": "creation", "binary_expression": "binary", "if_expression": "ternary",
        "match_expression": "switch", "closure_expression": "arrow", "macro_invocation": "macro",
        "array_expression": "sequence", "tuple_expression": "sequence", "index_expression": "item",
        "block": "last", "async_block": "inside", "assignment_expression": "assigned",
        "return_expression": "given_back",
        "unsafe_block": "inside", "reference_expression": "cast", "type_cast_expression": "cast",
    }  # fmt: skip
    TRANSPARENT: ClassVar[frozenset[str]] = frozenset(
        {"parenthesized_expression", "expression_statement", "await_expression", "try_expression",
         "unary_expression", "reference_type", "type_arguments"}
    )  # fmt: skip
    WRAPPERS: ClassVar[frozenset[str]] = frozenset(
        {"Option", "Arc", "Box", "Rc", "Mutex", "RwLock", "Lazy", "OnceCell", "OnceLock", "LazyLock", "State",
         "Extension", "Data"}
    )  # fmt: skip

    def module(self, root: Node) -> ast.Module:
        """See `TypedTranslator.module`."""
        self.methods: dict[str, list[Node]] = {}
        made = self.items(root.named_children)
        return ast.Module(body=made, type_ignores=[])

    def items(self, nodes: list[Node]) -> list[ast.stmt]:
        """The items of a module, each class with the functions of its `impl` blocks."""
        outer, self.methods = self.methods, {}
        for node in nodes:
            if node.type == "impl_item":
                owner = self.text(node.child_by_field_name("type")).partition("<")[0]
                self.methods.setdefault(owner, []).extend(self.parts(node.child_by_field_name("body")))
        made = self.statements(nodes)
        for owner, inner in sorted(self.methods.items()):
            made.append(self.klass(owner, self.implemented(owner, inner), inner[0] if inner else nodes[0]))
        self.methods = outer
        return made

    def inner_module(self, node: Node) -> Iterator[ast.stmt]:
        """`mod a { … }`: its items as a class's; tests are left out."""
        name, body = self.text(node.child_by_field_name("name")), node.child_by_field_name("body")
        if body is not None and name not in ("tests", "test"):
            yield self.klass(name, self.items(body.named_children), node)

    def implemented(self, owner: str, nodes: list[Node]) -> list[ast.stmt]:
        """What `impl T` holds."""
        made = self.statements(nodes)
        for inner in (n for statement in made for n in ast.walk(statement)):
            if isinstance(inner, ast.Name) and inner.id == "Self":
                inner.id = owner
        return made

    def imports(self, node: Node) -> Iterator[ast.stmt]:
        """`use a::{b::C, d as e};`."""
        for path, name, alias in self.used(node.child_by_field_name("argument"), ()):
            if name == "*":
                self.wildcards.append("/".join(path))
            elif path:
                names = [ast.alias(name=name, asname=alias or None)]
                yield self.at(ast.ImportFrom(module=".".join(path), names=names, level=0), node)
            elif alias:
                yield self.at(ast.Import(names=[ast.alias(name=name, asname=alias)]), node)

    def used(self, node: Node | None, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Path, name and alias of everything that a `use` brings in."""
        if node is None:
            return
        if node.type in ("scoped_use_list", "use_list"):
            inner = node.child_by_field_name("list") or node
            prefix = self.text(node.child_by_field_name("path"))
            for one in self.parts(inner):
                yield from self.used(one, (*path, *(p for p in prefix.split("::") if p)))
        elif node.type == "use_as_clause":
            for found, name, _ in self.used(node.child_by_field_name("path"), path):
                yield found, name, self.text(node.child_by_field_name("alias"))
        elif node.type == "use_wildcard":
            yield (*path, *(p for p in self.text(self.first(node)).split("::") if p)), "*", ""
        elif node.type == "self":
            yield path[:-1], path[-1] if path else "", path[-1] if path else ""
        else:
            *owner, name = self.text(node).split("::")
            yield (*path, *owner), name, ""

    def kind(self, node: Node | None) -> ast.expr | None:
        """A type as an expression; None for one that says nothing."""
        if node is None or node.type not in _TYPES or self.text(node).lstrip("&") in ("String", "str"):
            return None
        made = self.expression(node)
        return (
            made
            if isinstance(made, ast.Name | ast.Attribute) and getattr(made, "id", "") != "String"
            else None
        )

    def generic(self, node: Node) -> ast.expr:
        """`Type<T>`; the argument of a mere wrapper."""
        kind = node.child_by_field_name("type")
        arguments = self.parts(node.child_by_field_name("type_arguments"))
        if self.text(kind).rpartition("::")[2] in self.WRAPPERS and arguments and arguments[0].type in _TYPES:
            return self.expression(arguments[0])
        return self.expression(kind)

    def generic_function(self, node: Node) -> ast.expr:
        """`f::<T>`."""
        return self.expression(node.child_by_field_name("function"))

    def declared(self, node: Node) -> Iterator[ast.stmt]:
        """`let x: T = …;`, `const X: T = …;`."""
        name = node.child_by_field_name("name") or node.child_by_field_name("pattern")
        value = node.child_by_field_name("value")
        while name is not None and name.type in ("tuple_struct_pattern", "mut_pattern", "ref_pattern"):
            inner = self.parts(name)
            name = inner[-1] if inner else None
        if name is None or value is None:
            return
        if name.type == "identifier":
            yield self.assign(self.text(name), self.expression(value), name)
        else:
            yield self.at(ast.Expr(value=self.expression(value)), node)

    def structure(self, node: Node) -> Iterator[ast.stmt]:
        """A struct or enumeration, with what `impl` adds; clap's defaults are the fields' values."""
        name, body = self.text(node.child_by_field_name("name")), node.child_by_field_name("body")
        made: list[ast.stmt] = []
        attributes: list[Node] = []
        for part in self.parts(body):
            if part.type == "attribute_item":
                attributes.append(part)
            elif part.type == "field_declaration":
                field = self.text(part.child_by_field_name("name"))
                value = self.option(field, attributes)
                kind = self.kind(part.child_by_field_name("type")) or self.named("any", part)
                made.append(self.assign(field, value or self.none(part), part, None if value else kind))
                attributes = []
            else:
                attributes = []
        made += self.implemented(name, self.methods.pop(name, []))
        yield self.klass(name, made, node)

    def option(self, field: str, attributes: list[Node]) -> ast.expr | None:
        """`#[arg(long, env = "MODEL", default_value = "x")]`.

        Source: https://docs.rs/clap/latest/clap/_derive/index.html
        """
        for item in attributes:
            attribute = self.first(item)
            if attribute is None or self.text(self.first(attribute)) not in ("arg", "clap", "structopt"):
                continue
            given = self.attribute_values(attribute.child_by_field_name("arguments"))
            default = given.get("default_value") or given.get("default_value_t")
            variable = given.get("env")
            if variable is not None:
                return self.called("environment_value", [variable, *([default] if default else [])], item)
            if default is not None:
                flag = self.constant("--" + field.replace("_", "-"), item)
                return self.called("option_value", [flag, default], item)
        return None

    def attribute_values(self, node: Node | None) -> dict[str, ast.expr]:
        """`name = "value"` pairs of an attribute."""
        found: dict[str, ast.expr] = {}
        name = ""
        for part in self.parts(node):
            if part.type == "identifier":
                name = self.text(part)
            elif part.type == "string_literal" and name:
                found.setdefault(name, self.expression(part))
        return found

    def function_item(self, node: Node) -> Iterator[ast.stmt]:
        """`fn f(…) -> T { … }`; the last expression is what it gives."""
        parameters: list[Parameter] = []
        for one in self.parts(node.child_by_field_name("parameters")):
            if one.type == "self_parameter":
                parameters.append(("self", None, None))
            elif one.type == "parameter":
                pattern = self.text(one.child_by_field_name("pattern")).removeprefix("mut ")
                name = pattern.rpartition("(")[2].strip(")")
                parameters.append((name, self.kind(one.child_by_field_name("type")), None))
        body = node.child_by_field_name("body")
        made = ending(self.statements(self.parts(body))) if body is not None else []
        function = self.function(self.text(node.child_by_field_name("name")), parameters, made, node)
        inside = (
            node.parent is not None
            and node.parent.parent is not None
            and node.parent.parent.type == "impl_item"
        )
        if inside and not (parameters and parameters[0][0] == "self"):
            function.args.args.insert(0, self.at(ast.arg(arg="_class"), node))
        yield function

    def condition(self, node: Node) -> Iterator[ast.stmt]:
        """`if … { … } else { … }`, `if let Some(x) = … { … }`."""
        test = node.child_by_field_name("condition")
        in_block = node.parent is not None and node.parent.type == "block"
        if in_block and node == self.parts(node.parent)[-1] and node.child_by_field_name("alternative"):
            yield self.at(ast.Expr(value=self.expression(node)), node)
            return
        if test is not None and test.type == "let_condition":
            names = self.parts(test.child_by_field_name("pattern"), "identifier")
            value = self.expression(test.child_by_field_name("value"))
            if names:
                yield self.assign(self.text(names[-1]), value, test)
        body = self.body(node.child_by_field_name("consequence"))
        orelse = self.body(node.child_by_field_name("alternative"))
        yield self.if_statement(test, body, orelse, node)

    def loop(self, node: Node) -> Iterator[ast.stmt]:
        """`for x in list { … }`."""
        pattern = node.child_by_field_name("pattern")
        target = self.at(ast.Name(id=self.text(pattern), ctx=ast.Store()), node)
        iterated = self.expression(node.child_by_field_name("value"))
        body = self.body(node.child_by_field_name("body"))
        yield self.at(ast.For(target=target, iter=iterated, body=body, orelse=[]), node)

    def arms(self, node: Node) -> list[Node]:
        """The values of a `match`."""
        block = node.child_by_field_name("body")
        values = [arm.child_by_field_name("value") for arm in self.parts(block, "match_arm")]
        return [v for v in values if v is not None]

    def alternatives(self, node: Node) -> Iterator[ast.stmt]:
        """`match` as a statement, which may be what a function gives."""
        if node.parent is not None and node.parent.type == "block" and node == self.parts(node.parent)[-1]:
            yield self.at(ast.Expr(value=self.expression(node)), node)
            return
        yield self.at(ast.Expr(value=self.expression(node.child_by_field_name("value"))), node)
        orelse: list[ast.stmt] = []
        for value in reversed(self.arms(node)):
            test = self.at(ast.Constant(value=True), value)
            orelse = [self.at(ast.If(test=test, body=self.body(value), orelse=orelse), value)]
        yield from orelse

    def switch(self, node: Node) -> ast.expr:
        """`match` as an expression: one of the arms; `Ok(x) => x` is what is asked about."""
        subject = node.child_by_field_name("value")
        values: list[ast.expr] = []
        for arm in self.parts(node.child_by_field_name("body"), "match_arm"):
            value = arm.child_by_field_name("value")
            pattern = self.text(arm.child_by_field_name("pattern")).rstrip(") ").rpartition("(")[2]
            if value is not None:
                same = pattern == self.text(value) and pattern.isidentifier()
                values.append(self.expression(subject if same else value))
        test = self.expression(subject)
        made = values[-1] if values else test
        for value_made in reversed(values[:-1]):
            told = values.index(value_made) == 0 and isinstance(value_made, ast.Call)
            either: ast.expr = (
                ast.BoolOp(op=ast.Or(), values=[value_made, made])
                if told
                else ast.IfExp(test=test, body=value_made, orelse=made)
            )
            made = self.at(either, node)
        return made

    def ternary(self, node: Node) -> ast.expr:
        """`if a { b } else { c }` as an expression."""
        one = self.expression(node.child_by_field_name("consequence"))
        alternative = node.child_by_field_name("alternative")
        other = self.expression(self.first(alternative) if alternative is not None else None)
        return self.choice(node.child_by_field_name("condition"), one, other, node)

    def last(self, node: Node) -> ast.expr:
        """What a block gives: its last expression."""
        inner = ending(self.statements(self.parts(node)))
        if inner and isinstance(inner[-1], ast.Return) and inner[-1].value is not None:
            self.before += inner[:-1]
            return inner[-1].value
        self.before += inner
        return self.at(ast.Constant(value=None), node)

    def inside(self, node: Node) -> ast.expr:
        """`async move { … }`."""
        block = self.child(node, "block")
        return self.last(block) if block is not None else ast.Constant(value=None)

    def string(self, node: Node) -> ast.expr:
        """A quoted text."""
        return ast.Constant(value=unescaped(self.text(node).lstrip("bc")[1:-1]))

    def raw(self, node: Node) -> ast.expr:
        """`r#"…"#`."""
        found = _RAW.match(self.text(node))
        return ast.Constant(value=found[2] if found else "")

    def member(self, node: Node) -> ast.expr:
        """`a.b`."""
        owner = self.expression(node.child_by_field_name("value"))
        return ast.Attribute(value=owner, attr=self.text(node.child_by_field_name("field")), ctx=ast.Load())

    def scoped(self, node: Node) -> ast.expr:
        """`a::b::C`."""
        text = re.sub(r"::<.*?>|<.*?>", "", self.text(node), flags=re.DOTALL)
        parts = [p.strip() for p in text.split("::") if p.strip()]
        return self.named(".".join(p for p in parts if re.fullmatch(r"\w+", p)) or "unknown", node)

    def arrow(self, node: Node) -> ast.expr:
        """`|x| …`."""
        parameters: list[Parameter] = []
        for one in self.parts(node.child_by_field_name("parameters")):
            pattern = one.child_by_field_name("pattern") or one
            parameters.append((self.text(pattern), self.kind(one.child_by_field_name("type")), None))
        return self.closure(parameters, node.child_by_field_name("body"), node, ("block",))

    def creation(self, node: Node) -> ast.expr:
        """`T { a: 1, b, ..c }` as `T(a=1, b=b)`."""
        keywords: list[ast.keyword] = []
        for part in self.parts(node.child_by_field_name("body")):
            if part.type == "field_initializer":
                value = self.expression(part.child_by_field_name("value"))
                keywords.append(self.keyword(self.text(part.child_by_field_name("field")), value))
            elif part.type == "shorthand_field_initializer":
                name = self.first(part)
                keywords.append(self.keyword(self.text(name), self.expression(name)))
        return ast.Call(func=self.expression(node.child_by_field_name("name")), args=[], keywords=keywords)
