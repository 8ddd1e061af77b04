"""What does an expression in Python code stand for? A bounded reading of its tree; nothing is executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from gauger.core.errors import LimitExceeded
from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.python_merge import elements, joined, merged, merged_field, otherwise, path_of
from gauger.scan.python_objects import (
    Bound,
    Client,
    Instance,
    Klass,
    Member,
    OpenFile,
    Reference,
    Scope,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    either,
    is_value,
    text_of,
)
from gauger.scan.python_table import Calls
from gauger.scan.values import Either, Joined, Name, Opaque, Text, Value

_MOST_STEPS = 400_000
_DEPTH = 60
_HEIGHT = 12
"""Values set through more names are not followed: the parts of `x = x + x` double at each of them."""
FORMAT_FIELD = re.compile(r"\{\{|\}\}|\{(\w*)[^{}]*\}")
_PERCENT_FIELD = re.compile(r"%%|%(?:\((\w+)\))?[sdrif]")


class Arguments:
    """What a call passes: `**table` is spread out."""

    def __init__(self) -> None:
        self.positional: list[tuple[Thing, ast.expr]] = []
        self.keywords: dict[str, tuple[Thing, ast.expr]] = {}

    def find(self, wanted: str | int) -> tuple[Thing, ast.expr] | None:
        """The argument with this name, or at this position."""
        if isinstance(wanted, str):
            return self.keywords.get(wanted)
        return self.positional[wanted] if wanted < len(self.positional) else None

    def first(self, *wanted: str | int) -> Thing | None:
        """The first of these that is there."""
        return next((found[0] for name in wanted if (found := self.find(name)) is not None), None)


class Expressions:
    """Reads expressions of one file.

    Args:
        path: The file, for locations.
        calls: Which calls read the environment and settings.
    """

    def __init__(self, path: str, calls: Calls) -> None:
        self.path = path
        self.calls = calls
        self.steps = _MOST_STEPS
        self.depth = 0
        self.arguments = Table()
        self.overrides: dict[str, Thing] = {}
        self.heights: dict[int, tuple[Value, int]] = {}

    def place(self, node: ast.AST) -> Location:
        """Where this stands."""
        return Location(
            path=self.path, line=getattr(node, "lineno", 0), column=getattr(node, "col_offset", -1) + 1
        )

    def spend(self) -> None:
        """Count a step.

        Raises:
            LimitExceeded: the file asks for too many.
        """
        self.steps -= 1
        if self.steps < 0:
            raise LimitExceeded(f"more than {_MOST_STEPS} steps to read the code", subject=self.path)

    def read(self, node: ast.expr, scope: Scope) -> Thing:
        """What does this expression stand for?"""
        self.spend()
        if self.depth >= _DEPTH:
            return Unknown("nested too deeply")
        self.depth += 1
        try:
            reader: Callable[[ast.expr, Scope], Thing] = getattr(self, _READERS.get(type(node), "unread"))
            return reader(node, scope)
        finally:
            self.depth -= 1

    def unread(self, node: ast.expr, scope: Scope) -> Thing:
        """Look into the parts, for the calls in them."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.read(child, scope)
        return Unknown("computed")

    def constant(self, node: ast.Constant, scope: Scope) -> Thing:  # noqa: ARG002 - one shape for all readers
        """A text, or something that is none."""
        if isinstance(node.value, str):
            return Text(text=printable(node.value), location=self.place(node))
        return Unknown("None" if node.value is None else "not a text")

    def joined(self, node: ast.JoinedStr, scope: Scope) -> Thing:
        """An f-string."""
        parts: list[Value] = []
        for piece in node.values:
            expression = piece.value if isinstance(piece, ast.FormattedValue) else piece
            parts.append(as_value(self.read(expression, scope), self.place(expression)))
        return joined(parts, self.place(node))

    def binary(self, node: ast.BinOp, scope: Scope) -> Thing:
        """A concatenation, a path with `/`, a `%` pattern."""
        left, right = self.read(node.left, scope), self.read(node.right, scope)
        if isinstance(node.op, ast.Add) and (is_value(left) or is_value(right)):
            return joined(
                [as_value(left, self.place(node.left)), as_value(right, self.place(node.right))],
                self.place(node),
            )
        if isinstance(node.op, ast.Div) and isinstance(left, OpenFile):
            return OpenFile(path_of([left.path, as_value(right, self.place(node.right))], self.place(node)))
        if isinstance(node.op, ast.Mod) and (pattern := text_of(left)) is not None:
            fields: dict[str, Thing] = right.items if isinstance(right, Table) else {"0": right}
            return self.filled(pattern, _PERCENT_FIELD, fields, self.place(node))
        if isinstance(node.op, ast.BitOr) and isinstance(left, Table) and isinstance(right, Table):
            return Table({**left.items, **right.items})
        return Unknown("computed")

    def filled(
        self, pattern: str, fields: re.Pattern[str], items: dict[str, Thing], place: Location
    ) -> Thing:
        """A pattern with its fields filled in."""
        parts: list[Value] = []
        at = position = 0
        for match in fields.finditer(pattern):
            if match.start() > at:
                parts.append(Text(text=pattern[at : match.start()], location=place))
            at = match.end()
            if match[0] in ("{{", "}}", "%%"):
                parts.append(Text(text=match[0][0], location=place))
                continue
            key = match[1] or str(position)
            position += not match[1]
            parts.append(as_value(items.get(key, Unknown("a field of a pattern")), place))
        if at < len(pattern):
            parts.append(Text(text=pattern[at:], location=place))
        return joined(parts, place)

    def boolean(self, node: ast.BoolOp, scope: Scope) -> Thing:
        """`a or b`: `b` is the default of `a`."""
        things = [self.read(value, scope) for value in node.values]
        if isinstance(node.op, ast.And):
            return things[-1]
        result = things[-1]
        for thing, value in zip(reversed(things[:-1]), reversed(node.values[:-1]), strict=True):
            result = otherwise(thing, result, self.place(value))
        return result

    def conditional(self, node: ast.IfExp, scope: Scope) -> Thing:
        """Either branch."""
        self.read(node.test, scope)
        return merged(self.read(node.body, scope), self.read(node.orelse, scope), self.place(node))

    def name(self, node: ast.Name, scope: Scope) -> Thing:
        """What the name was set to."""
        thing = scope.get(node.id)
        if thing is None:
            if node.id == "__file__":
                return OpenFile(Text(text=self.path, location=self.place(node)))
            return Reference("builtins", node.id)
        return self.hop(thing, node.id, node)

    def hop(self, thing: Thing, name: str, node: ast.expr) -> Thing:
        """A value taken from elsewhere in this file, with the name by which it was reached."""
        place = self.place(node)
        if isinstance(thing, Name) and "(" in thing.name:
            return thing
        if isinstance(thing, Text | Name | Joined | Either) and self.height(thing) >= _HEIGHT:
            return Opaque(why=f"set through more than {_HEIGHT} names", location=place)
        if isinstance(thing, Text | Name | Joined | Either) and _where(thing) != (place.line, place.column):
            return Name(kind="symbol", name=f":{printable(name, 100)}", location=place, default=thing)
        return thing

    def height(self, value: Value) -> int:
        """How many names lie between this value and its texts? O(1) where its parts were asked for."""
        known = self.heights.get(id(value))
        if known is not None:
            return known[1]
        match value:
            case Name(default=default) if default is not None:
                height = 1 + self.height(default)
            case Joined(parts=parts) | Either(options=parts):
                height = max((self.height(part) for part in parts), default=0)
            case _:
                height = 0
        self.heights[id(value)] = (value, height)
        return height

    def attribute(self, node: ast.Attribute, scope: Scope) -> Thing:
        """An attribute of whatever stands before the dot."""
        return self.member(self.read(node.value, scope), node.attr, node)

    def member(self, owner: Thing, name: str, node: ast.expr) -> Thing:
        """What an attribute of this thing is."""
        match owner:
            case Reference():
                reference = owner.get(name)
                return self.overrides.get(reference.dotted, reference)
            case Client() | Unknown():
                return Member(owner, name)
            case Member():
                return Member(owner.owner, f"{owner.path}.{name}")
            case Instance():
                return self.of_instance(owner, name, node)
            case Klass():
                found = owner.instance.fields.get(name) or owner.methods.get(name)
                return (
                    self.hop(found, f"{owner.name}.{name}", node)
                    if found is not None
                    else Unknown(f"the attribute {name}")
                )
            case Table() if name in owner.items:
                return self.hop(owner.items[name], name, node)
            case Setting() if name not in ("get", "getboolean", "read", "to_dict"):
                return owner.get(name)
            case OpenFile() if name in ("parent", "name", "stem"):
                text = text_of(owner.path)
                path = str(getattr(PurePosixPath(text), name)) if text is not None else ""
                return (
                    OpenFile(Text(text=path, location=self.place(node)))
                    if path
                    else Unknown("a part of a path")
                )
            case Text() | Name() | Joined() | Either() if name == "value":
                return owner
            case _:
                return Bound(owner, name)

    def of_instance(self, instance: Instance, name: str, node: ast.expr) -> Thing:
        """A field or method of an object of this file."""
        if name in instance.fields:
            return self.hop(
                instance.fields[name], f"{instance.klass.name if instance.klass else ''}.{name}", node
            )
        if instance.klass is not None and name in instance.klass.methods:
            return instance.klass.methods[name]
        if instance.base is not None:
            return instance.base.called().get(name)
        return Unknown(f"the attribute {name}, which this file does not set")

    def subscript(self, node: ast.Subscript, scope: Scope) -> Thing:
        """An item of a table, an environment, a settings file."""
        owner = self.read(node.value, scope)
        key = (
            node.slice.value
            if isinstance(node.slice, ast.Constant)
            else text_of(self.read(node.slice, scope))
        )
        return self.item(owner, None if key is None else str(key), node)

    def item(self, owner: Thing, key: str | None, node: ast.expr) -> Thing:
        """What stands under this key."""
        match owner:
            case Reference() if owner.dotted in self.calls.table.environment_mappings and key is not None:
                return Name(kind="environment", name=printable(key, 200), location=self.place(node))
            case Reference() if key is not None and re.fullmatch(r"[\w./:-]{1,100}", key):
                return owner.get(key)
            case Setting() if key is not None:
                return owner.get(key)
            case Table() if key is not None and key in owner.items:
                return self.hop(owner.items[key], key, node)
            case Table() if key is None and owner.items and all(is_value(t) for t in owner.items.values()):
                return either([as_value(t, self.place(node)) for t in owner.items.values()][:16])
            case Instance() if key is not None:
                return self.of_instance(owner, key, node)
            case _:
                return Unknown("an item of something that is not known")

    def mapping(self, node: ast.Dict, scope: Scope) -> Thing:
        """A dict, by the keys that are texts."""
        table = Table()
        for key, value in zip(node.keys, node.values, strict=True):
            thing = self.read(value, scope)
            if key is None:
                table.items.update(thing.items if isinstance(thing, Table) else {})
                continue
            text = text_of(self.read(key, scope))
            if text is None and isinstance(key, ast.Constant):
                text = str(key.value)
            if text is not None:
                table.items[text] = thing
            elif is_value(thing):
                table.items[f"?{len(table.items)}"] = thing
        return table

    def sequence(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Thing:
        """A list, tuple or set, by position."""
        things = [self.read(element, scope) for element in node.elts]
        return Table({str(i): thing for i, thing in enumerate(things)}, is_list=True)

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, scope: Scope
    ) -> Thing:
        """A list of one element that stands for all."""
        inner = Scope(parent=scope)
        for generator in node.generators:
            self.assign(
                generator.target,
                elements(self.read(generator.iter, inner), self.place(generator.iter)),
                inner,
            )
            for condition in generator.ifs:
                self.read(condition, inner)
        if isinstance(node, ast.DictComp):
            self.read(node.key, inner)
            return Table({"?0": self.read(node.value, inner)})
        return Table({"0": self.read(node.elt, inner)}, is_list=True)

    def inner(self, node: ast.Await | ast.Starred | ast.NamedExpr, scope: Scope) -> Thing:
        """What is awaited, spread out or named."""
        thing = self.read(node.value, scope)
        if isinstance(node, ast.NamedExpr):
            self.assign(node.target, thing, scope)
        return thing

    def function(self, node: ast.Lambda, scope: Scope) -> Thing:
        """A lambda, whose body is looked into."""
        inner = Scope(parent=scope)
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            inner.names[argument.arg] = Unknown("a parameter of a lambda")
        self.read(node.body, inner)
        return Unknown("a lambda")

    def invocation(self, node: ast.Call, scope: Scope) -> Thing:
        """A call."""
        callee = self.read(node.func, scope)
        return self.call(callee, self.passed(node, scope), node)

    def passed(self, node: ast.Call, scope: Scope) -> Arguments:
        """What this call passes."""
        arguments = Arguments()
        for positional in node.args:
            thing = self.read(positional, scope)
            if isinstance(positional, ast.Starred) and isinstance(thing, Table):
                arguments.positional += [(item, positional) for item in thing.items.values()]
            else:
                arguments.positional.append((thing, positional))
        for keyword in node.keywords:
            thing = self.read(keyword.value, scope)
            if keyword.arg is not None:
                arguments.keywords[keyword.arg] = (thing, keyword.value)
            elif isinstance(thing, Table):
                for name, item in thing.items.items():
                    arguments.keywords.setdefault(name, (self.hop(item, name, keyword.value), keyword.value))
        return arguments

    def call(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:
        """What calling this gives."""
        raise NotImplementedError

    def assign(self, target: ast.expr, thing: Thing, scope: Scope) -> None:
        """Set a name, an attribute, an item, or several at once."""
        match target:
            case ast.Name():
                scope.names[target.id] = thing
            case ast.Attribute():
                owner = self.read(target.value, scope)
                if isinstance(owner, Instance):
                    owner.fields[target.attr] = merged_field(owner.fields.get(target.attr), thing)
                elif isinstance(owner, Reference):
                    self.overrides[owner.get(target.attr).dotted] = thing
            case ast.Subscript():
                owner, key = self.read(target.value, scope), text_of(self.read(target.slice, scope))
                if isinstance(owner, Table) and key is not None:
                    owner.items[key] = thing
            case ast.Tuple() | ast.List():
                for i, element in enumerate(target.elts):
                    known = thing.items.get(str(i)) if isinstance(thing, Table) else None
                    self.assign(element, known or Unknown("one of several values"), scope)
            case ast.Starred():
                self.assign(target.value, Unknown("the rest of several values"), scope)
            case _:
                pass


def _where(thing: Text | Name | Joined | Either) -> tuple[int, int]:
    if isinstance(thing, Text | Name):
        return thing.location.line, thing.location.column
    parts = thing.parts if isinstance(thing, Joined) else thing.options
    first = parts[0] if parts else None
    return _where(first) if isinstance(first, Text | Name | Joined | Either) else (0, 0)


_READERS: dict[type[ast.expr], str] = {
    ast.Constant: "constant",
    ast.JoinedStr: "joined",
    ast.BinOp: "binary",
    ast.BoolOp: "boolean",
    ast.IfExp: "conditional",
    ast.Name: "name",
    ast.Attribute: "attribute",
    ast.Subscript: "subscript",
    ast.Dict: "mapping",
    ast.List: "sequence",
    ast.Tuple: "sequence",
    ast.Set: "sequence",
    ast.ListComp: "comprehension",
    ast.SetComp: "comprehension",
    ast.GeneratorExp: "comprehension",
    ast.DictComp: "comprehension",
    ast.Await: "inner",
    ast.Starred: "inner",
    ast.NamedExpr: "inner",
    ast.Lambda: "function",
    ast.Call: "invocation",
}
