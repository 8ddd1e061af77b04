"""How are readings put together: parts of a text, alternatives, defaults, the elements of a list?"""

from __future__ import annotations

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.python_choice import choose
from gauger.scan.python_objects import (
    Bound,
    Choice,
    Client,
    Instance,
    Klass,
    Member,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    either,
    is_value,
    text_of,
)
from gauger.scan.values import Joined, Name, Opaque, Text, Value

_LONGEST = 8_000
"""Characters. What is put together to more is a prompt or a page, neither a name nor a command."""


def joined(parts: list[Value], place: Location) -> Value:
    """Parts written one after another; neighbouring texts become one."""
    flat: list[Value] = []
    for part in parts:
        pieces = part.parts if isinstance(part, Joined) else (part,)
        for piece in pieces:
            last = flat[-1] if flat else None
            if isinstance(piece, Text) and isinstance(last, Text):
                if len(last.text) + len(piece.text) > _LONGEST:
                    return Opaque(why="a long text", location=place)
                flat[-1] = Text(text=last.text + piece.text, location=last.location)
            else:
                flat.append(piece)
    if not flat:
        return Text(text="", location=place)
    return flat[0] if len(flat) == 1 else Joined(parts=tuple(flat))


def path_of(parts: list[Value], place: Location) -> Value:
    """Parts of a path, with slashes between them."""
    slashed: list[Value] = []
    for part in parts:
        if slashed:
            slashed.append(Text(text="/", location=place))
        slashed.append(part)
    return joined(slashed, place)


def otherwise(thing: Thing, default: Thing, place: Location) -> Thing:
    """`thing or default`."""
    match thing:
        case Name() if thing.default is None and is_value(default):
            return Name(
                kind=thing.kind, name=thing.name, location=thing.location, default=as_value(default, place)
            )
        case Name() if isinstance(thing.default, Name) and is_value(default):
            inner = otherwise(thing.default, default, place)
            return Name(
                kind=thing.kind, name=thing.name, location=thing.location, default=as_value(inner, place)
            )
        case Name() if is_value(default) and (filled := _filled(thing, as_value(default, place))) is not None:
            return filled
        case Text() if thing.text:
            return thing
        case Unknown(why="None"):
            return default
        case Name() | Unknown() | Member() | Bound() | Reference() if isinstance(default, Client | Instance):
            return default
        case Unknown() | Member() | Bound() if is_value(default):
            return either(
                [Opaque(why="computed while the program runs", location=place), as_value(default, place)]
            )
        case Reference() | Setting() if is_value(default):
            value = as_value(thing, place)
            if isinstance(value, Name):
                return otherwise(value, default, place)
            return default
        case _ if text_of(thing) == "":
            return default
        case _:
            return thing


def _filled(name: Name, default: Value) -> Name | None:
    """The same name with a default where it had none; None where it had one."""
    inner: Value | None = None
    if isinstance(name.default, Opaque) or name.default is None:
        inner = default
    elif isinstance(name.default, Name):
        inner = _filled(name.default, default)
    if inner is None:
        return None
    return Name(kind=name.kind, name=name.name, location=name.location, default=inner)


def merged(one: Thing, other: Thing, place: Location) -> Thing:
    """One of two, and the text does not tell which; something known is preferred to something unknown."""
    if isinstance(one, Unknown):
        return other
    if isinstance(other, Unknown) or one == other:
        return one
    if is_value(one) or is_value(other):
        if isinstance(one, Client | Table | Instance) or isinstance(other, Client | Table | Instance):
            return one if not is_value(one) else other
        return either([as_value(one, place), as_value(other, place)])
    return one


def merged_field(known: Thing | None, thing: Thing) -> Thing:
    """A field set in several places: the last one that says something."""
    return (
        known
        if known is not None and isinstance(thing, Unknown) and not isinstance(known, Unknown)
        else thing
    )


def elements(thing: Thing, place: Location) -> Thing:
    """What a loop over this takes in turn."""
    group = f"for:{place.line}:{place.column}"
    if isinstance(thing, Klass) and isinstance(members := thing.instance.fields.get("@members"), Table):
        return choose(group, members.items)
    if isinstance(thing, Choice):
        options = [elements(option, place) for option in thing.options.values()]
        return choose(group, {str(i): option for i, option in enumerate(options)})
    if isinstance(thing, Table) and thing.items:
        if not thing.is_list:
            return choose(group, {k: Text(text=printable(k), location=place) for k in list(thing.items)[:16]})
        return choose(group, {_turn(k, item): item for k, item in list(thing.items.items())[:16]})
    if isinstance(thing, Bound) or not isinstance(thing, Reference | Setting):
        return Unknown("an element of something that is not known")
    return Unknown("an element of a setting")


def _turn(key: str, item: Thing) -> str:
    """By which label is one turn of a loop known: the text itself, so that tables by that key agree."""
    return item.text if isinstance(item, Text) else key
