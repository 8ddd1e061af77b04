"""What may other files refer to in this one: constants, settings, clients, functions' results?"""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.inventory import Location
from gauger.scan.collector import Binding
from gauger.scan.model_words import could_be_model
from gauger.scan.python_expressions import Arguments
from gauger.scan.python_objects import (
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
from gauger.scan.values import Name, Text, Value

_MOST = 3_000
_DEPTH = 3
_ITEMS = 200


def exports(program: Program) -> list[Binding]:
    """Which names does a file define, after it was read, and what do its calls pass to its functions?

    `module:NAME`, `module:TABLE.key`, `module:Class.field`, `module:function()` for what it returns,
    `module:function(parameter)` for what it is given; `#client` and `#endpoint` for a client object. At most
    3,000 for a file.
    """
    found: list[Binding] = []
    for name, thing in program.scope.names.items():
        found += _exported(program, f"{program.module}:{name}", thing, _DEPTH)
    for function in program.functions.values():
        found += _given(program, function)
    return found[:_MOST]


def _given(program: Program, function: Function) -> Iterator[Binding]:
    for name, things in function.arguments.items():
        for thing in things:
            if is_value(thing):
                place = program.place(function.node)
                value = as_value(thing, place)
                yield _symbol(f"{program.module}:{function.name}({name})", value, place)


def _symbol(symbol: str, value: Value, start: Location) -> Binding:
    where = value.location if isinstance(value, Text | Name) else start
    return Binding(kind="symbol", name=symbol, value=value, location=where)


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
        case Instance():
            yield from ((f".{key}", item) for key, item in thing.fields.items())
        case Klass():
            yield "()", thing.instance
            yield from ((f".{key}", item) for key, item in thing.instance.fields.items())
        case Function():
            needed = len(thing.node.args.args) - len(thing.node.args.defaults)
            if needed > 0:
                return
            if not isinstance(result := program.apply(thing, Arguments()), Function | Unknown):
                yield "()", result
        case _:
            return
