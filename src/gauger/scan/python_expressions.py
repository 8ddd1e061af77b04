"""What does an expression in Python code stand for? A bounded reading of its tree; nothing is executed."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Callable

from gauger.core.errors import LimitExceeded
from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.python_choice import (
    OTHERWISE,
    case_of,
    choose,
    spread,
)
from gauger.scan.python_merge import joined, otherwise, path_of
from gauger.scan.python_objects import (
    Choice,
    OpenFile,
    Reference,
    Scope,
    Table,
    Thing,
    Unknown,
    as_value,
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
_BUILTINS = frozenset(dir(builtins)) | {
    "__name__",
    "__file__",
    "__package__",
    "display",
    "get_ipython",
    "reveal_type",
}
_PERCENT_FIELD = re.compile(r"%%|%(?:\((\w+)\))?[sdrif]")


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
        self.cases: list[tuple[str, str]] = []
        self.worlds: list[tuple[str, str]] = []
        self.branching = 1
        self.constants: dict[ast.Constant, Text] = {}
        self.gone: list[tuple[str, str]] = []
        self.stars: list[str] = []
        self.kinds: dict[str, Reference] = {}

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
            known = self.constants.get(node)
            if known is None:
                known = self.constants[node] = Text(text=printable(node.value), location=self.place(node))
            return known
        return Unknown(str(node.value) if isinstance(node.value, bool | None) else "not a text")

    def joined(self, node: ast.JoinedStr, scope: Scope) -> Thing:
        """An f-string."""
        pieces = [piece.value if isinstance(piece, ast.FormattedValue) else piece for piece in node.values]
        places = [self.place(piece) for piece in pieces]
        things = [self.read(piece, scope) for piece in pieces]
        return spread(
            things,
            lambda parts: joined(
                [as_value(part, place) for part, place in zip(parts, places, strict=True)], self.place(node)
            ),
        )

    def binary(self, node: ast.BinOp, scope: Scope) -> Thing:
        """A concatenation, a path with `/`, a `%` pattern."""
        sides = [self.read(node.left, scope), self.read(node.right, scope)]
        return spread(sides, lambda both: self.combined(node, *both))

    def combined(self, node: ast.BinOp, left: Thing, right: Thing) -> Thing:
        """What the operator makes of two things."""
        if isinstance(node.op, ast.Add) and isinstance(left, Table) and isinstance(right, Table):
            things = [*left.items.values(), *right.items.values()]
            return Table({str(i): thing for i, thing in enumerate(things)}, is_list=True)
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
            place = self.place(value)
            result = spread([thing, result], lambda both, at=place: otherwise(both[0], both[1], at))  # type: ignore[misc]
        return result

    def conditional(self, node: ast.IfExp, scope: Scope) -> Thing:
        """Either branch."""
        self.read(node.test, scope)
        group, label = case_of(node.test, node.lineno)
        return choose(group, {label: self.read(node.body, scope), OTHERWISE: self.read(node.orelse, scope)})

    def name(self, node: ast.Name, scope: Scope) -> Thing:
        """What the name was set to."""
        thing = scope.get(node.id)
        if thing is None:
            if node.id == "__file__":
                return OpenFile(Text(text=self.path, location=self.place(node)))
            if self.stars and node.id not in _BUILTINS:
                return Reference(self.star(), node.id)
            return Reference("builtins", node.id)
        return self.hop(self.here(thing), node.id, node)

    def here(self, thing: Thing) -> Thing:
        """The thing in the branch that is being read: `if provider == "x":` has chosen already."""
        if isinstance(thing, Choice):
            for group, label in self.cases:
                if group == thing.group and label in thing.options:
                    return thing.options[label]
            left = {k: t for k, t in thing.options.items() if (thing.group, k) not in self.gone}
            return choose(thing.group, left) if left and len(left) < len(thing.options) else thing
        return thing

    def star(self) -> str:
        """From which `from x import *` does a name come that nothing here defines?"""
        own = [m for m in self.stars if self.calls.package_kind(m.replace("/", ".")) is None]
        own = [m for m in own if m.partition("/")[0] not in sys.stdlib_module_names]
        return own[-1] if own else self.stars[-1]

    def hop(self, thing: Thing, name: str, node: ast.expr) -> Thing:
        """A value taken from elsewhere in this file, with the name by which it was reached."""
        place = self.place(node)
        if isinstance(thing, Choice):
            return Choice(thing.group, {k: self.hop(t, name, node) for k, t in thing.options.items()})
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
                table.where[text] = value
            elif is_value(thing):
                table.items[f"?{len(table.items)}"] = thing
        return table

    def sequence(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Thing:
        """A list, tuple or set, by position."""
        things = [self.read(element, scope) for element in node.elts]
        where = {str(i): element for i, element in enumerate(node.elts)}
        return Table({str(i): thing for i, thing in enumerate(things)}, is_list=True, where=where)

    def function(self, node: ast.Lambda, scope: Scope) -> Thing:
        """A lambda."""
        raise NotImplementedError


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
