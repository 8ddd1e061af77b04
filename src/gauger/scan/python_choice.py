"""What if a name stands for one of several things: how are things that belong together kept together?

A table of providers, the branches of a condition, the turns of a loop each give a `Choice`: things by label.
Two choices of one group are made at once, so the model of one row never meets the address of another.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from math import prod

from gauger.scan.python_objects import Choice, Table, Thing, Unknown, as_value, either, is_value

OTHERWISE = "\0otherwise"
_MOST_OPTIONS = 16
_DEPTH = 2
_MOST_WAYS = 32
_SAME_WORD = {"lower", "upper", "strip", "casefold", "value"}


def choose(group: str, options: Mapping[str, Thing]) -> Thing:
    """One of these; the only one where they are the same; choices of the same group become one.

    What is not known is left out where something is, since it would add nothing but doubt.
    """
    flat: dict[str, Thing] = {}
    for label, thing in options.items():
        if isinstance(thing, Choice) and thing.group == group:
            for inner, part in thing.options.items():
                flat.setdefault(label if inner == OTHERWISE and label != OTHERWISE else inner, part)
        else:
            flat[label] = _levelled(thing, _DEPTH - 1)
    telling: dict[str, Thing] = {k: t for k, t in flat.items() if not isinstance(t, Unknown)}
    if any(not is_value(thing) for thing in telling.values()):
        flat = telling
    elif telling:
        flat = {k: t for k, t in flat.items() if not isinstance(t, Unknown) or t.why == "None"}
    if not flat:
        return next(iter(options.values()), Unknown("nothing"))
    first = next(iter(flat.values()))
    if all(thing is first or thing == first for thing in flat.values()):
        return first
    return Choice(group, dict(list(flat.items())[:_MOST_OPTIONS]))


def under(known: Thing | None, thing: Thing, group: str, label: str) -> Thing:
    """A field that was `known` and is set to this thing where a condition holds."""
    if isinstance(known, Choice) and known.group == group:
        return Choice(group, {**known.options, label: thing})
    if known is None or isinstance(known, Unknown):
        return Choice(group, {label: thing})
    return Choice(group, {OTHERWISE: _levelled(known, _DEPTH - 1), label: thing})


def projected(thing: Thing, group: str, label: str, depth: int = 2) -> Thing:
    """The same thing where the choice of this group has been made."""
    match thing:
        case Choice():
            if thing.group != group:
                options = {k: projected(t, group, label, depth) for k, t in thing.options.items()}
                return Choice(thing.group, options)
            return thing.options.get(label) or thing.options.get(OTHERWISE) or Unknown("not in this case")
        case Table() if depth and group_of([thing], depth) is not None:
            items = {k: projected(t, group, label, depth - 1) for k, t in thing.items.items()}
            return Table(items, thing.is_list, thing.where)
        case _:
            return thing


def group_of(things: Sequence[Thing], depth: int = 2) -> Choice | None:
    """The first choice in these things, or in tables among them."""
    for thing in things:
        if isinstance(thing, Choice):
            return thing
        if isinstance(thing, Table) and depth and len(thing.items) <= _MOST_OPTIONS * 4:
            found = group_of(list(thing.items.values()), depth - 1)
            if found is not None:
                return found
    return None


def spread(things: Sequence[Thing], use: Callable[[list[Thing]], Thing]) -> Thing:
    """What comes out of these things, for each way of making the choices in them."""
    choice = next((thing for thing in things if isinstance(thing, Choice)), None)
    if choice is None:
        return use(list(things))
    sizes = {thing.group: len(thing.options) for thing in things if isinstance(thing, Choice)}
    if prod(sizes.values()) > _MOST_WAYS:
        return use([_levelled(thing, 0) for thing in things])
    return choose(
        choice.group,
        {
            label: spread([projected(t, choice.group, label, 0) for t in things], use)
            for label in choice.options
        },
    )


def key_group(node: ast.expr) -> str:
    """The group of choices made by this expression: `provider`, `self.provider`, `args.provider.lower()`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in _SAME_WORD:
            break
        node = node.func.value
    if isinstance(node, ast.Attribute):
        return f"key:{node.attr if node.attr != 'value' else key_group(node.value)[4:]}"
    if isinstance(node, ast.Name):
        return f"key:{node.id}"
    return f"key:{node.lineno}:{node.col_offset}"


def case_of(test: ast.expr, line: int) -> tuple[str, str]:
    """Group and label of the branch that a condition opens: `provider == "groq"`; else the line itself."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        if isinstance(test.ops[0], ast.Eq | ast.Is):
            if isinstance(left, ast.Constant):
                left, right = right, left
            if isinstance(right, ast.Constant) and isinstance(right.value, str):
                return key_group(left), right.value
        if isinstance(test.ops[0], ast.In) and isinstance(right, ast.Tuple | ast.List | ast.Set):
            texts = [e.value for e in right.elts if isinstance(e, ast.Constant)]
            if texts and isinstance(texts[0], str):
                return key_group(left), texts[0]
    return f"if:{line}", "then"


def _levelled(thing: Thing, depth: int) -> Thing:
    """A choice of choices of choices is one of all its texts, or the first object in it."""
    if not isinstance(thing, Choice):
        return thing
    if depth > 0:
        options = {label: _levelled(t, depth - 1) for label, t in thing.options.items()}
        return Choice(thing.group, options)
    leaves = list(_leaves(thing))
    first = next((leaf for leaf in leaves if not is_value(leaf) and not isinstance(leaf, Unknown)), None)
    if first is not None:
        return first
    values = [leaf for leaf in leaves if is_value(leaf)]
    return either([as_value(v, thing.place) for v in values]) if values else Unknown("one of several")


def _leaves(thing: Thing) -> list[Thing]:
    if not isinstance(thing, Choice):
        return [thing]
    return [leaf for option in thing.options.values() for leaf in _leaves(option)][:_MOST_OPTIONS]
