"""How would this JavaScript or TypeScript read if it were Python? A translation of syntax trees.

The two languages differ in spelling, not in what matters here: constants, objects, functions, classes, calls. So
the tree of the one becomes a tree of the other, and one reader (`python_report`) follows names in both. An object
literal that is passed to a call becomes its keywords; `this` becomes `self`; a function in the middle of an
expression is given a name and put before the statement.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from gauger.core.errors import LimitExceeded

if TYPE_CHECKING:
    from tree_sitter import Node

_DEPTH = 200
_TRANSPARENT = {
    "parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "await_expression",
    "expression_statement", "spread_element", "type_assertion", "yield_expression", "unary_expression",
}  # fmt: skip
_FUNCTIONS = {"arrow_function", "function_expression", "function", "function_declaration", "generator_function",
              "generator_function_declaration", "method_definition"}  # fmt: skip
_BLOCKS = {
    "statement_block",
    "class_static_block",
    "switch_default",
    "switch_case",
    "finally_clause",
    "else_clause",
}
A = TypeVar("A", bound=ast.AST)


class Translator:
    """Translates one file.

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
        """The text of a node."""
        return (
            self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")
            if node is not None
            else ""
        )

    def statements(self, nodes: Sequence[Node]) -> list[ast.stmt]:
        """Statements in order, each after the functions that were named in it."""
        outer, made = self.before, []
        for node in nodes:
            self.before = []
            inner = list(self.statement(node))
            made += [*self.before, *inner]
        self.before = outer
        return made

    def body(self, node: Node | None) -> list[ast.stmt]:
        """The statements of a block, or of a single statement."""
        if node is None:
            return []
        self.depth += 1
        if self.depth > _DEPTH:
            raise LimitExceeded("the code is nested too deeply")
        try:
            return self.statements(node.named_children if node.type in _BLOCKS else [node])
        finally:
            self.depth -= 1

    def statement(self, node: Node) -> Iterator[ast.stmt]:
        """What a statement sets or does."""
        kind = node.type
        if kind in ("comment", "empty_statement", "interface_declaration", "type_alias_declaration"):
            return
        if kind == "import_statement":
            yield from self.imports(node)
        elif kind in ("lexical_declaration", "variable_declaration"):
            for declarator in node.named_children:
                if declarator.type == "variable_declarator":
                    yield from self.declared(declarator)
        elif kind == "export_statement":
            yield from self.exported(node)
        elif kind in _FUNCTIONS and node.child_by_field_name("name") is not None:
            yield self.function(node, self.text(node.child_by_field_name("name")))
        elif kind in ("class_declaration", "abstract_class_declaration", "enum_declaration"):
            yield self.klass(node)
        elif kind == "return_statement":
            value = self.expression(node.named_children[0]) if node.named_children else None
            yield self.at(ast.Return(value=value), node)
        else:
            yield from self.compound(node)

    def compound(self, node: Node) -> Iterator[ast.stmt]:
        kind = node.type
        if kind == "if_statement":
            test = self.expression(node.child_by_field_name("condition"))
            body = self.body(node.child_by_field_name("consequence"))
            orelse = self.body(node.child_by_field_name("alternative"))
            yield self.at(ast.If(test=test, body=body, orelse=orelse), node)
        elif kind == "for_in_statement":
            name = self.text(node.child_by_field_name("left"))
            target = self.at(ast.Name(id=name, ctx=ast.Store()), node)
            iterated = self.expression(node.child_by_field_name("right"))
            body = self.body(node.child_by_field_name("body"))
            yield self.at(ast.For(target=target, iter=iterated, body=body, orelse=[]), node)
        elif kind == "expression_statement":
            for child in node.named_children:
                yield self.assigned(child)
        elif (
            kind.endswith(("_statement", "_clause", "_declaration", "_body"))
            or kind in _BLOCKS
            or kind == "module"
        ):
            for child in node.named_children:
                yield from self.body(child)
        else:
            yield self.at(ast.Expr(value=self.expression(node)), node)

    def assigned(self, node: Node) -> ast.stmt:
        """`a.b = c`, or an expression for its own sake."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type == "assignment_expression" and left is not None and right is not None:
            target = self.expression(left)
            if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
                return self.at(
                    ast.Assign(targets=[target], value=self.expression(right, self.text(left))), node
                )
        return self.at(ast.Expr(value=self.expression(node)), node)

    def exported(self, node: Node) -> Iterator[ast.stmt]:
        declaration = node.child_by_field_name("declaration")
        value, source = node.child_by_field_name("value"), node.child_by_field_name("source")
        if declaration is not None:
            yield from self.statement(declaration)
        elif value is not None:
            target = self.at(ast.Name(id="default", ctx=ast.Store()), node)
            yield self.at(ast.Assign(targets=[target], value=self.expression(value, "default")), node)
        elif source is not None:
            names = [
                ast.alias(name=self.text(n.child_by_field_name("name")))
                for n in self.of_type(node, "export_specifier")
            ]
            if names:
                yield self.at(ast.ImportFrom(module=self.module_path(source), names=names, level=0), node)

    def of_type(self, node: Node, kind: str) -> list[Node]:
        """Nodes of this type two levels below."""
        return [n for child in node.named_children for n in (child, *child.named_children) if n.type == kind]

    def module_path(self, node: Node) -> str:
        """Which module does an import name: a package, or a file seen from this one?"""
        name = self.text(node).strip("'\"`")
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

    def imports(self, node: Node) -> Iterator[ast.stmt]:
        source = node.child_by_field_name("source")
        clause = next((c for c in node.named_children if c.type == "import_clause"), None)
        if source is None or clause is None:
            return
        module = self.module_path(source)
        names: list[ast.alias] = []
        for child in clause.named_children:
            if child.type == "identifier":
                names.append(ast.alias(name="default", asname=self.text(child)))
            elif child.type == "namespace_import":
                whole = ast.alias(name=module, asname=self.text(child.named_children[0]))
                yield self.at(ast.Import(names=[whole]), node)
            for specifier in child.named_children if child.type == "named_imports" else ():
                name, alias = specifier.child_by_field_name("name"), specifier.child_by_field_name("alias")
                if name is not None:
                    names.append(ast.alias(name=self.text(name), asname=self.text(alias) or None))
        if names:
            yield self.at(ast.ImportFrom(module=module, names=names, level=0), node)

    def declared(self, node: Node) -> Iterator[ast.stmt]:
        """`const x = …`, `const { a, b = 1 } = …`."""
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None:
            return
        if name.type == "identifier" and value.type in _FUNCTIONS:
            yield self.function(value, self.text(name))
        elif name.type == "object_pattern":
            yield from self.destructured(name, self.expression(value))
        elif name.type == "array_pattern":
            targets = [self.at(ast.Name(id=self.text(n), ctx=ast.Store()), n) for n in name.named_children]
            whole = self.at(ast.Tuple(elts=list(targets), ctx=ast.Store()), name)
            yield self.at(ast.Assign(targets=[whole], value=self.expression(value)), node)
        else:
            target = self.at(ast.Name(id=self.text(name), ctx=ast.Store()), name)
            yield self.at(ast.Assign(targets=[target], value=self.expression(value, self.text(name))), node)

    def destructured(self, pattern: Node, value: ast.expr) -> Iterator[ast.stmt]:
        for key, name, default in self.pattern(pattern):
            part: ast.expr = self.at(ast.Attribute(value=value, attr=key, ctx=ast.Load()), pattern)
            if _is_environment(value):
                part = self.at(
                    ast.Subscript(value=value, slice=ast.Constant(value=key), ctx=ast.Load()), pattern
                )
            if default is not None:
                part = self.at(ast.BoolOp(op=ast.Or(), values=[part, default]), pattern)
            yield self.at(
                ast.Assign(targets=[self.at(ast.Name(id=name, ctx=ast.Store()), pattern)], value=part),
                pattern,
            )

    def pattern(self, node: Node) -> Iterator[tuple[str, str, ast.expr | None]]:
        """Key, name and default of each part of `{ a, b: c, d = 1 }`."""
        for child in node.named_children:
            if child.type == "shorthand_property_identifier_pattern":
                yield self.text(child), self.text(child), None
            elif child.type == "object_assignment_pattern":
                name = self.text(child.child_by_field_name("left"))
                yield name, name, self.expression(child.child_by_field_name("right"))
            elif child.type == "pair_pattern":
                value = child.child_by_field_name("value")
                yield self.text(child.child_by_field_name("key")), self.text(value), None

    def function(self, node: Node, name: str) -> ast.FunctionDef:
        """A function; a parameter that is taken apart becomes keywords."""
        arguments = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        extra: list[ast.stmt] = []
        single = node.child_by_field_name("parameter")
        parameters = node.child_by_field_name("parameters")
        for child in (
            [single] if single is not None else parameters.named_children if parameters is not None else []
        ):
            self.parameter(child, arguments, extra)
        if node.type == "method_definition":
            arguments.args.insert(0, ast.arg(arg="self", lineno=node.start_point[0] + 1, col_offset=0))
        block = node.child_by_field_name("body")
        if block is not None and block.type != "statement_block":
            outer, self.before = self.before, []
            returned = self.at(ast.Return(value=self.expression(block)), block)
            body: list[ast.stmt] = [*self.before, returned]
            self.before = outer
        else:
            body = self.body(block)
        made = ast.FunctionDef(
            name=name, args=arguments, body=[*extra, *body] or [ast.Pass()], decorator_list=[]
        )
        return self.at(made, node)

    def parameter(self, node: Node, arguments: ast.arguments, extra: list[ast.stmt]) -> None:
        pattern = node.child_by_field_name("pattern") or node
        if node.type == "assignment_pattern":
            pattern = node.child_by_field_name("left") or node
        default = node.child_by_field_name("value") or node.child_by_field_name("right")
        if pattern.type == "object_pattern":
            for key, _, value in self.pattern(pattern):
                arguments.kwonlyargs.append(self.at(ast.arg(arg=key), node))
                arguments.kw_defaults.append(value)
            return
        name = self.text(pattern)
        annotation = node.child_by_field_name("type")
        kind = annotation.named_children[0] if annotation is not None and annotation.named_children else None
        simple = kind is not None and kind.type == "type_identifier"
        hint = self.at(ast.Name(id=self.text(kind), ctx=ast.Load()), node) if simple else None
        arguments.args.append(self.at(ast.arg(arg=name, annotation=hint), node))
        if default is not None:
            arguments.defaults.append(self.expression(default))
        elif arguments.defaults:
            arguments.defaults.append(self.at(ast.Constant(value=None), node))
        if any(c.type in ("accessibility_modifier", "readonly") for c in node.children):
            own = ast.Attribute(value=ast.Name(id="self", ctx=ast.Load()), attr=name, ctx=ast.Store())
            value = self.at(ast.Name(id=name, ctx=ast.Load()), node)
            extra.append(self.at(ast.Assign(targets=[own], value=value), node))

    def klass(self, node: Node) -> ast.ClassDef:
        body: list[ast.stmt] = []
        block = node.child_by_field_name("body")
        for child in block.named_children if block is not None else ():
            name = self.text(child.child_by_field_name("name"))
            if child.type == "method_definition":
                body.append(self.function(child, "__init__" if name == "constructor" else name))
            elif (value := child.child_by_field_name("value")) is not None:
                target = self.at(ast.Name(id=name.lstrip("#"), ctx=ast.Store()), child)
                outer, self.before = self.before, []
                assigned = self.at(ast.Assign(targets=[target], value=self.expression(value, name)), child)
                body += [*self.before, assigned]
                self.before = outer
        name = self.text(node.child_by_field_name("name")) or "default"
        made = ast.ClassDef(name=name, bases=[], keywords=[], body=body or [ast.Pass()], decorator_list=[])
        return self.at(made, node)

    def expression(self, node: Node | None, name: str = "") -> ast.expr:
        """What an expression stands for; `name` is what it is assigned to."""
        if node is None:
            return ast.Constant(value=None, lineno=0, col_offset=0)
        self.depth += 1
        if self.depth > _DEPTH:
            raise LimitExceeded("the code is nested too deeply")
        try:
            made = self.made(node, name)
        finally:
            self.depth -= 1
        return self.at(made, node)

    def made(self, node: Node, name: str) -> ast.expr:
        kind = node.type
        if kind in _TRANSPARENT and node.named_children:
            return self.expression(node.named_children[0], name)
        if kind in _FUNCTIONS:
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
        names = {"this": "self", "undefined": "None"}
        return ast.Name(id=names.get(self.text(node), self.text(node)), ctx=ast.Load())

    def member(self, node: Node) -> ast.expr:
        owner = self.expression(node.child_by_field_name("object"))
        key = self.text(node.child_by_field_name("property")).lstrip("#")
        if _is_environment(owner):
            return ast.Subscript(
                value=owner, slice=ast.Constant(value=key, lineno=0, col_offset=0), ctx=ast.Load()
            )
        return ast.Attribute(value=owner, attr=key, ctx=ast.Load())

    def item(self, node: Node) -> ast.expr:
        owner = self.expression(node.child_by_field_name("object"))
        return ast.Subscript(
            value=owner, slice=self.expression(node.child_by_field_name("index")), ctx=ast.Load()
        )

    def meta(self, node: Node) -> ast.expr:  # noqa: ARG002 - one shape for all
        return ast.Name(id="import_meta", ctx=ast.Load())

    def binary(self, node: Node) -> ast.expr:
        left = self.expression(node.child_by_field_name("left"))
        right = self.expression(node.child_by_field_name("right"))
        operator = self.text(node.child_by_field_name("operator"))
        if operator in ("??", "||"):
            return ast.BoolOp(op=ast.Or(), values=[left, right])
        if operator == "&&":
            return ast.BoolOp(op=ast.And(), values=[left, right])
        return ast.BinOp(left=left, op=ast.Add() if operator == "+" else ast.Sub(), right=right)

    def conditional(self, node: Node) -> ast.expr:
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
                values.append(self.expression(value, self.text(key)))
        return ast.Dict(keys=keys, values=values)

    def sequence(self, node: Node) -> ast.expr:
        return ast.List(
            elts=[self.expression(c) for c in node.named_children if c.type != "comment"], ctx=ast.Load()
        )

    def assignment(self, node: Node) -> ast.expr:
        return self.expression(node.child_by_field_name("right"))

    def call(self, node: Node) -> ast.expr:
        """A call; `new` makes no difference, and object literals are keywords as well."""
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


def _keywords(table: ast.Dict) -> Iterator[ast.keyword]:
    seen: set[str] = set()
    for key, value in zip(table.keys, table.values, strict=True):
        if key is None:
            yield ast.keyword(arg=None, value=value)
        elif isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value not in seen:
            seen.add(key.value)
            yield ast.keyword(arg=key.value, value=value)


def _is_environment(owner: ast.expr) -> bool:
    """Is this `process.env`, `import.meta.env` or the like?"""
    return isinstance(owner, ast.Attribute) and owner.attr == "env" and isinstance(owner.value, ast.Name)


_EXPRESSIONS: dict[str, Callable[[Translator, Node], ast.expr]] = {
    "string": Translator.string,
    "template_string": Translator.template,
    "identifier": Translator.identifier,
    "this": Translator.identifier,
    "undefined": Translator.identifier,
    "type_identifier": Translator.identifier,
    "member_expression": Translator.member,
    "subscript_expression": Translator.item,
    "meta_property": Translator.meta,
    "binary_expression": Translator.binary,
    "ternary_expression": Translator.conditional,
    "object": Translator.mapping,
    "array": Translator.sequence,
    "call_expression": Translator.call,
    "new_expression": Translator.call,
    "assignment_expression": Translator.assignment,
    "augmented_assignment_expression": Translator.assignment,
}
