"""What may other files refer to in this one: constants, settings, clients, functions' results?"""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.inventory import Location
from gauger.scan.collector import Binding
from gauger.scan.model_words import could_be_model
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_objects import (
    Choice,
    Client,
    Function,
    Instance,
    Klass,
    Reference,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
)
from gauger.scan.python_program import Program
from gauger.scan.values import Joined, Name, Text, Value

_MOST = 3_000
_DEPTH = 3
_ITEMS = 200
_ROWS = 16


def exports(program: Program) -> list[Binding]:
    """Which names does a file define, after it was read, and what do its calls pass to its functions?

    `module:NAME`, `module:TABLE.key`, `module:Class.field`, `module:function()` for what it returns,
    `module:function(parameter)` for what it is given; `#client` and `#endpoint` for a client object. At most
    3,000 for a file.
    """
    found: list[Binding] = []
    for name, thing in list(program.scope.names.items()):
        found += _exported(program, f"{program.module}:{name}", thing, _DEPTH)
        if isinstance(thing, Table):
            found += _any_item(program, f"{program.module}:{name}(*)", thing)
    if program.stars and program.path.endswith("/__init__.py"):
        place = Location(path=program.path)
        for module in program.stars:
            value = Name(kind="symbol", name=f"{module}:*", location=place)
            found.append(Binding(kind="symbol", name=f"{program.module}:*", value=value, location=place))
    for function in list(program.functions.values()):
        found += _given(program, function)
    for klass in list(program.classes.values()):
        found += _fields_by_name(program, klass)
    return found[:_MOST]


def _given(program: Program, function: Function) -> Iterator[Binding]:
    for name, things in list(function.arguments.items()):
        for thing in things:
            symbol = f"{program.module}:{function.name}({name})"
            if isinstance(thing, Choice) and is_value(thing):
                options = [as_value(t, thing.place) for t in thing.options.values() if is_value(t)]
                yield from (_symbol(symbol, option, _start(option, thing.place)) for option in options)
            elif is_value(thing):
                place = program.place(function.node)
                value = as_value(thing, place)
                yield _symbol(symbol, value, _start(value, place))


def _any_item(program: Program, symbol: str, table: Table) -> Iterator[Binding]:
    """An item of a table of which the key is not known: what stands in one row belongs together."""
    start = Location(path=program.path)
    for label, item in list(table.items.items())[:_ROWS]:
        site = f"{program.path}:{label}"
        rows = (
            item.items
            if isinstance(item, Table) and not item.is_list
            else item.fields
            if isinstance(item, Instance)
            else {"": item}
        )
        for key, thing in rows.items():
            if is_value(thing):
                value = as_value(thing, start)
                where = value.location if isinstance(value, Text | Name) else start
                name = f"{symbol}.{key}" if key else symbol
                yield Binding(kind="symbol", name=name, value=value, location=where, site=site)


def _fields_by_name(program: Program, klass: Klass) -> Iterator[Binding]:
    """Fields of a class without `__init__`: what whoever makes an object of it gives by that name."""
    if "__init__" in klass.methods:
        return
    start = Location(path=program.path)
    for number, name in enumerate(klass.order[:_ITEMS]):
        symbol = f"{program.module}:{klass.name}"
        default = klass.instance.fields.get(name)
        value = as_value(default, start) if default is not None and is_value(default) else None
        by_place = Name(kind="symbol", name=f"{symbol}(#{number})", location=start, default=value)
        given = Name(kind="symbol", name=f"{symbol}({name})", location=start, default=by_place)
        if value is None:
            yield Binding(kind="symbol", name=f"{symbol}().{name}", value=given, location=start)


def _symbol(symbol: str, value: Value, start: Location) -> Binding:
    where = value.location if isinstance(value, Text | Name) else start
    return Binding(kind="symbol", name=symbol, value=value, location=where)


def _start(value: Value, otherwise: Location) -> Location:
    """Where a value begins: a text put together, at its first part."""
    first = value.parts[0] if isinstance(value, Joined) and value.parts else value
    return first.location if isinstance(first, Text | Name) else otherwise


def _exported(program: Program, symbol: str, thing: Thing, depth: int) -> Iterator[Binding]:
    """A name of the module, and what is in it."""
    start = Location(path=program.path)
    if depth == 0:
        return
    match thing:
        case Text():
            if could_be_model(thing.text):
                yield _symbol(symbol, thing, start)
        case Client():
            yield _symbol(f"{symbol}#endpoint", thing.endpoint or Text(text="", location=start), start)
            yield _symbol(f"{symbol}#client", Text(text=thing.dotted, location=start), start)
        case Reference():
            is_renamed = not thing.attributes.endswith(symbol.rpartition(":")[2])
            if thing.attributes and (is_renamed or program.path.endswith("/__init__.py")):
                yield _symbol(symbol, as_value(thing, start), start)
        case Instance(klass=None, base=Reference() as base):
            yield _symbol(symbol, as_value(base.called(), start), start)
            for key, item in list(thing.fields.items()):
                yield from _exported(program, f"{symbol}.{key}", item, depth - 1)
        case _ if is_value(thing):
            yield _symbol(symbol, as_value(thing, start), start)
        case _:
            for suffix, inner in _inside(program, thing):
                deeper = depth if suffix == "()" and not isinstance(thing, Function) else depth - 1
                yield from _exported(program, symbol + suffix, inner, deeper)


def _inside(program: Program, thing: Thing) -> Iterator[tuple[str, Thing]]:
    """What is in a table, an object, a class, or comes out of a function."""
    match thing:
        case Table():
            yield from ((f".{key}", item) for key, item in list(thing.items.items())[:_ITEMS])
        case Choice():
            options = [t for t in thing.options.values() if not isinstance(t, Unknown)]
            yield from (("", option) for option in options[:1])
        case Instance():
            yield from ((f".{key}", item) for key, item in list(thing.fields.items())[:_ITEMS])
        case Klass():
            yield "()", thing.instance
            yield from ((f".{key}", item) for key, item in list(thing.instance.fields.items())[:_ITEMS])
        case Function():
            if not isinstance(result := program.apply(thing, Arguments()), Function | Unknown):
                yield "()", result
        case _:
            return
