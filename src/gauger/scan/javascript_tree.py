"""How would this JavaScript or TypeScript read if it were Python? A translation of syntax trees.

The two languages differ in spelling, not in what matters here: constants, objects, functions, classes, calls.
So the tree of the one becomes a tree of the other, and one reader (`python_report`) follows names in both. An
object literal that is passed to a call becomes its keywords; `this` becomes `self`; a function in the middle
of an expression is given a name and put before the statement.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gauger.core.errors import LimitExceeded
from gauger.scan.javascript_expressions import DEPTH, FUNCTIONS, ExpressionTranslator, is_environment

if TYPE_CHECKING:
    from tree_sitter import Node

_BLOCKS = {
    "statement_block",
    "class_static_block",
    "switch_default",
    "switch_case",
    "finally_clause",
    "else_clause",
}


class Translator(ExpressionTranslator):
    """Translates one file.

    Args:
        source: Its bytes.
        path: Its path, for imports that are relative to it.
    """

    def module(self, root: Node) -> ast.Module:
        """The whole file.

        Raises:
            LimitExceeded: it is nested too deeply.
        """
        return ast.Module(body=self.statements(root.named_children), type_ignores=[])

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
        if self.depth > DEPTH:
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
        elif kind in FUNCTIONS and node.child_by_field_name("name") is not None:
            yield self.function(node, self.text(node.child_by_field_name("name")))
        elif kind in ("class_declaration", "abstract_class_declaration", "enum_declaration"):
            yield self.klass(node)
        elif kind == "return_statement":
            value = self.expression(node.named_children[0]) if node.named_children else None
            yield self.at(ast.Return(value=value), node)
        else:
            yield from self.compound(node)

    def compound(self, node: Node) -> Iterator[ast.stmt]:
        """A statement that holds others."""
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
        """`export …`: what it declares, or what it passes on."""
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

    def imports(self, node: Node) -> Iterator[ast.stmt]:
        """`import …`."""
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
        if name.type == "identifier" and value.type in FUNCTIONS:
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
        """`const { a, b: c, d = 1 } = …`."""
        for key, name, default in self.pattern(pattern):
            part: ast.expr = self.at(ast.Attribute(value=value, attr=key, ctx=ast.Load()), pattern)
            if is_environment(value):
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
        """One parameter, with its default and the type that is written at it."""
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
        """A class or an enumeration."""
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
