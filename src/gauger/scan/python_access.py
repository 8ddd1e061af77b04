"""What stands behind a dot or under a key in Python code?"""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath

from gauger.core.text import printable
from gauger.scan.python_choice import (
    choose,
    key_group,
    spread,
)
from gauger.scan.python_expressions import Expressions
from gauger.scan.python_objects import (
    Bound,
    Choice,
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
    is_value,
    text_of,
)
from gauger.scan.values import Either, Joined, Name, Text


class Access(Expressions):
    """Reads attributes and items of one file."""

    def attribute(self, node: ast.Attribute, scope: Scope) -> Thing:
        """An attribute of whatever stands before the dot."""
        return self.member(self.read(node.value, scope), node.attr, node)

    def member(self, owner: Thing, name: str, node: ast.expr) -> Thing:  # noqa: C901 - one case a kind
        """What an attribute of this thing is."""
        match owner:
            case Choice():
                return spread([_concrete(owner)], lambda one: self.member(one[0], name, node))
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
            case Reference():
                return self.item_of_reference(owner, key, node)
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

    def item_of_reference(self, owner: Reference, key: str | None, node: ast.expr) -> Thing:
        """What stands under this key of something imported: the environment, a table of another file."""
        if key is None:
            is_table = bool(owner.attributes) and "(" not in owner.attributes
            return Reference(owner.module, f"{owner.attributes}(*)") if is_table else Unknown("an item")
        known = self.overrides.get(f"{owner.dotted}[{key}]")
        if known is not None:
            return self.hop(known, key, node)
        if owner.dotted in self.calls.table.environment_mappings:
            return Name(kind="environment", name=printable(key, 200), location=self.place(node))
        if owner.dotted == "flask.current_app.config":
            return Reference("config", f"Config.{key}")
        if re.fullmatch(r"[\w./:-]{1,100}", key):
            return owner.get(key)
        return Unknown("an item of something that is not known")


def _concrete(choice: Choice) -> Thing:
    """Without parameters of which only the class is known, where there are objects made in this file."""
    made = {label: t for label, t in choice.options.items() if not is_value(t)}
    return choose(choice.group, made) if any(isinstance(t, Instance) for t in made.values()) else choice
