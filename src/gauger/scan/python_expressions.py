"""What does an expression in Python code stand for? A bounded reading of its tree; nothing is executed."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Callable
from pathlib import PurePosixPath

from gauger.core.errors import LimitExceeded
from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.python_choice import (
    OTHERWISE,
    case_of,
    choose,
    group_of,
    key_group,
    projected,
    spread,
    under,
)
from gauger.scan.python_merge import elements, joined, otherwise, path_of
from gauger.scan.python_objects import (
    Bound,
    Choice,
    Client,
    Instance,
    Klass,
    Member,
    OpenFile,
    Partial,
    Reference,
    Scope,
    Setting,
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
_MOST_WORLDS = 48
_BUILTINS = frozenset(dir(builtins)) | {
    "__name__",
    "__file__",
    "__package__",
    "display",
    "get_ipython",
    "reveal_type",
}
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

    def things(self) -> list[Thing]:
        """All that is passed."""
        return [thing for thing, _ in (*self.positional, *self.keywords.values())]

    def where(self, group: str, label: str) -> Arguments:
        """The same arguments where a choice has been made."""
        made = Arguments()
        made.positional = [(projected(t, group, label), at) for t, at in self.positional]
        made.keywords = {k: (projected(t, group, label), at) for k, (t, at) in self.keywords.items()}
        return made

    def after(self, partial: Partial) -> Arguments:
        """These arguments added to those that were set before."""
        made = Arguments()
        made.positional = [*partial.positional, *self.positional]
        made.keywords = {**dict(partial.keywords), **self.keywords}
        return made

    def without(self, count: int) -> Arguments:
        """All but the first ones by position."""
        made = Arguments()
        made.positional, made.keywords = self.positional[count:], dict(self.keywords)
        return made

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
        self.cases: list[tuple[str, str]] = []
        self.worlds: list[tuple[str, str]] = []
        self.branching = 1
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
            return Text(text=printable(node.value), location=self.place(node))
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
        return self.hop(thing, node.id, node)

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

    def attribute(self, node: ast.Attribute, scope: Scope) -> Thing:
        """An attribute of whatever stands before the dot."""
        return self.member(self.read(node.value, scope), node.attr, node)

    def member(self, owner: Thing, name: str, node: ast.expr) -> Thing:  # noqa: C901 - one case a kind
        """What an attribute of this thing is."""
        match owner:
            case Choice():
                return spread([owner], lambda one: self.member(one[0], name, node))
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
                if found is None:
                    return Bound(owner, name)
                return self.hop(found, f"{owner.name}.{name}", node)
            case Table() if name in owner.items:
                return self.hop(owner.items[name], name, node)
            case Setting() if name not in ("get", "getboolean", "read", "to_dict"):
                return owner.get(name)
            case OpenFile() if name in ("parent", "parents", "name", "stem"):
                return self.path_part(owner, name, node)
            case Text() | Name() | Joined() | Either() if name == "value":
                return owner
            case Name() if owner.name in self.kinds:
                return self.kinds[owner.name].called().get(name)
            case _:
                return Bound(owner, name)

    def path_part(self, owner: OpenFile, name: str, node: ast.expr) -> Thing:
        """`.parent`, `.parents`, `.name`, `.stem` of a path."""
        text, place = text_of(owner.path), self.place(node)
        if text is None:
            return Unknown("a part of a path")
        if name == "parents":
            above = list(PurePosixPath(text).parents)[:16]
            return Table({str(i): OpenFile(Text(text=str(p), location=place)) for i, p in enumerate(above)})
        return OpenFile(Text(text=str(getattr(PurePosixPath(text), name)), location=place))

    def of_instance(self, instance: Instance, name: str, node: ast.expr) -> Thing:
        """A field or method of an object of this file."""
        raise NotImplementedError

    def subscript(self, node: ast.Subscript, scope: Scope) -> Thing:
        """An item of a table, an environment, a settings file."""
        owner = self.read(node.value, scope)
        if isinstance(node.slice, ast.Constant):
            return spread([owner], lambda one: self.item(one[0], str(node.slice.value), node))  # type: ignore[attr-defined]
        if isinstance(node.slice, ast.Slice):
            return owner if isinstance(owner, Table) else Unknown("a part of something")
        key = self.read(node.slice, scope)
        return spread([owner, key], lambda both: self.item(both[0], text_of(both[1]), node, node.slice))

    def item(self, owner: Thing, key: str | None, node: ast.expr, by: ast.expr | None = None) -> Thing:
        """What stands under this key; one of all where the key is not known.

        Args:
            owner: What the key is looked up in.
            key: The key, or None.
            node: The whole expression.
            by: The expression of the key: what is looked up by the same one belongs together.
        """
        match owner:
            case Choice():
                return spread([owner], lambda one: self.item(one[0], key, node, by))
            case Reference() if key is not None and (
                (known := self.overrides.get(f"{owner.dotted}[{key}]")) is not None
            ):
                return self.hop(known, key, node)
            case Reference() if owner.dotted in self.calls.table.environment_mappings and key is not None:
                return Name(kind="environment", name=printable(key, 200), location=self.place(node))
            case Reference() if owner.dotted == "flask.current_app.config" and key is not None:
                return Reference("config", f"Config.{key}")
            case Reference() if key is not None and re.fullmatch(r"[\w./:-]{1,100}", key):
                return owner.get(key)
            case Reference() if key is None and owner.attributes and "(" not in owner.attributes:
                return Reference(owner.module, f"{owner.attributes}(*)")
            case Setting() if key is not None:
                return owner.get(key)
            case Table() if key is not None and key in owner.items:
                return self.hop(owner.items[key], key, node)
            case Table() if key is None and owner.items:
                return choose(key_group(by if by is not None else node), owner.items)
            case Table() if key is not None and owner.is_list and key.startswith("-") and owner.items:
                return list(owner.items.values())[int(key)] if key == "-1" else Unknown("an item of a list")
            case Klass() if key is not None and key in owner.instance.fields:
                return self.hop(owner.instance.fields[key], key, node)
            case Klass() if isinstance(members := owner.instance.fields.get("@members"), Table):
                return choose(key_group(by if by is not None else node), members.items)
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
        """A list or dict with one element for each turn."""
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
            key, thing = self.read(node.key, inner), self.read(node.value, inner)
            if isinstance(key, Choice):
                pairs = {
                    text_of(k) or f"?{i}": projected(thing, key.group, label)
                    for i, (label, k) in enumerate(key.options.items())
                }
                return Table(pairs)
            return Table({text_of(key) or "?0": thing})
        thing = self.read(node.elt, inner)
        if isinstance(thing, Choice):
            return Table({str(i): t for i, t in enumerate(thing.options.values())}, is_list=True)
        return Table({"0": thing}, is_list=True)

    def inner(self, node: ast.Await | ast.Starred | ast.NamedExpr, scope: Scope) -> Thing:
        """What is awaited, spread out or named."""
        thing = self.read(node.value, scope)
        if isinstance(node, ast.NamedExpr):
            self.assign(node.target, thing, scope)
        return thing

    def function(self, node: ast.Lambda, scope: Scope) -> Thing:
        """A lambda."""
        raise NotImplementedError

    def invocation(self, node: ast.Call, scope: Scope) -> Thing:
        """A call."""
        callee = self.read(node.func, scope)
        return self.each_call(callee, self.passed(node, scope), node)

    def each_call(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:
        """A call, made once for each way of making the choices in what is called and passed."""
        choice = group_of([callee, *arguments.things()])
        if choice is None or self.branching * len(choice.options) > _MOST_WORLDS:
            return self.call(_settled(callee), arguments, node)
        results: dict[str, Thing] = {}
        self.branching *= len(choice.options)
        for label in choice.options:
            self.worlds.append((choice.group, label))
            self.cases.append((choice.group, label))
            try:
                results[label] = self.each_call(
                    projected(callee, choice.group, label), arguments.where(choice.group, label), node
                )
            finally:
                self.worlds.pop()
                self.cases.pop()
        self.branching //= len(choice.options)
        return choose(choice.group, results)

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
                where = scope.owner_of(target.id)
                where.names[target.id] = (
                    thing if where is scope else self.set_where(where.names.get(target.id), thing)
                )
            case ast.Attribute():
                self.assign_attribute(target, thing, scope)
            case ast.Subscript():
                owner, key = self.read(target.value, scope), text_of(self.read(target.slice, scope))
                if isinstance(owner, Table) and key is not None:
                    owner.items[key] = self.set_where(owner.items.get(key), thing)
                elif isinstance(owner, Reference) and key is not None:
                    if owner.dotted in self.calls.table.environment_mappings:
                        self.set_environment(key, thing, target, soft=False)
                    self.overrides[f"{owner.dotted}[{key}]"] = thing
            case ast.Tuple() | ast.List():
                for i, element in enumerate(target.elts):
                    part = spread([thing], lambda one, at=i: _part(one[0], at))  # type: ignore[misc]
                    self.assign(element, part, scope)
            case ast.Starred():
                self.assign(target.value, Unknown("the rest of several values"), scope)
            case _:
                pass

    def assign_attribute(self, target: ast.Attribute, thing: Thing, scope: Scope) -> None:
        """Set a field of an object, of a client, of something imported."""
        owner = self.read(target.value, scope)
        if isinstance(owner, Instance):
            owner.fields[target.attr] = self.set_where(owner.fields.get(target.attr), thing)
        elif isinstance(owner, Klass):
            fields = owner.instance.fields
            fields[target.attr] = self.set_where(fields.get(target.attr), thing)
        elif isinstance(owner, Table):
            owner.items[target.attr] = self.set_where(owner.items.get(target.attr), thing)
        elif isinstance(owner, Reference):
            self.overrides[owner.get(target.attr).dotted] = thing
            self.attribute_set(owner, target.attr, thing, target)
        elif isinstance(owner, Client) and target.attr in self.calls.table.addresses and is_value(thing):
            moved = Client(owner.dotted, as_value(thing, self.place(target)), owner.provider)
            self.assign(target.value, moved, scope)

    def attribute_set(self, owner: Reference, name: str, thing: Thing, at: ast.expr) -> None:
        """An attribute of something imported is set."""
        raise NotImplementedError

    def set_environment(self, name: str, thing: Thing, at: ast.expr, *, soft: bool) -> None:
        """A name of the process environment is set."""
        raise NotImplementedError

    def set_where(self, known: Thing | None, thing: Thing) -> Thing:
        """What a field holds after it is set here, which may be in one branch only."""
        if isinstance(thing, Unknown) and known is not None and not isinstance(known, Unknown):
            return known
        if not self.cases or isinstance(thing, Unknown) or known == thing:
            return thing
        return under(known, thing, *self.cases[-1])


def _settled(thing: Thing) -> Thing:
    """The first of several things, where there are too many to go through."""
    return next(iter(thing.options.values())) if isinstance(thing, Choice) else thing


def _part(thing: Thing, at: int) -> Thing:
    """One of several things that are unpacked."""
    if isinstance(thing, Table) and (found := list(thing.items.values())[at : at + 1]):
        return found[0] if thing.is_list else Unknown("a key")
    if isinstance(thing, Instance) and thing.klass is not None and at < len(thing.klass.order):
        return thing.fields.get(thing.klass.order[at]) or Unknown("a field")
    return Unknown("one of several values")


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
