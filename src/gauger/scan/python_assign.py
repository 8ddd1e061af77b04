"""What do the names of a Python file come to hold, and what do its calls pass on?"""

from __future__ import annotations

import ast

from gauger.scan.python_access import Access
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_choice import (
    choose,
    group_of,
    projected,
    spread,
    under,
)
from gauger.scan.python_merge import elements
from gauger.scan.python_objects import (
    Choice,
    Client,
    Instance,
    Klass,
    Member,
    Reference,
    Scope,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)

_MOST_WORLDS = 48


class Assignments(Access):
    """Reads calls and assignments of one file."""

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

    def invocation(self, node: ast.Call, scope: Scope) -> Thing:
        """A call."""
        callee = self.read(node.func, scope)
        return self.each_call(callee, self.passed(node, scope), node)

    def each_call(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:
        """A call, made once for each way of making the choices in what is called and passed."""
        choice = None if _only_shows(callee) else group_of([callee, *arguments.things()])
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
                    owner.where.pop(key, None)
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


_SHOWS = {"info", "debug", "warning", "error", "exception", "critical", "print", "len", "isinstance", "write"}
"""Functions that show or measure what they are given: whichever of several things it is does not matter."""


def _only_shows(callee: Thing) -> bool:
    """Does nothing follow from what this is called with?"""
    if isinstance(callee, Member):
        return callee.path in _SHOWS
    return isinstance(callee, Reference) and callee.attributes.rpartition(".")[2] in _SHOWS


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
