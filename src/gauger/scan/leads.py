"""Where may a name that is being followed be defined? The words or the module that must be there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from gauger.scan.collector import Binding, Candidate
from gauger.scan.values import Either, Joined, Name, NameKind, Value

Asked = tuple[NameKind, str]
"""A kind and a name, as the resolver is asked for it."""
_WORD = re.compile(r"[\w-]+")


class Lead(msgspec.Struct, frozen=True):
    """What a file holds that may define a name.

    Attributes:
        words: All of these stand in it, without regard to case; empty where only the module tells.
        modules: For code whose modules are files: the module is one of these, or ends with one.
        code: The words count in such code as well.
        folder: Only files directly in a folder whose path ends with this; empty for all.
    """

    words: tuple[str, ...]
    modules: tuple[str, ...] = ()
    code: bool = True
    folder: str = ""


def leads_of(asked: Asked) -> tuple[Lead, ...]:
    """Which files may define this name? None where a file that does is never left waiting.

    An alias stands beside a model's key or in a server's command line, a path is a file's own name.
    """
    kind, name = asked
    if kind in ("alias", "path", "constant") or not name.strip():
        return ()
    if kind == "setting":
        word = _last_word(name.partition("#")[2])
        return (Lead((word,)),) if word else ()
    return _of_symbol(name) if kind == "symbol" else (Lead((name,)),)


def _of_symbol(name: str) -> tuple[Lead, ...]:
    """A name of a module: in its file; for a parameter, wherever the function is called."""
    module, _, symbol = name.partition("(")[0].rpartition(":")
    path = symbol.partition("#")[0]
    word, stem = _last_word(path), _last_word(module)
    if not module or not word:
        return ()
    first, dot, _ = path.partition(".")
    modules = (module, f"{module}/{first}") if dot else (module,)
    if "(" not in name:
        return (Lead((word,), modules, code=False),)
    return (Lead((word, stem or word), modules), Lead((word,), folder=module.partition(":")[2] or module))


def _last_word(path: str) -> str:
    """The last part that is written out in a file: no star and no position in a list."""
    return next((word for word in reversed(_WORD.findall(path)) if not word.isdigit()), "")


def names_of(candidates: Iterable[Candidate]) -> Iterator[Name]:
    """All names in what these places take."""
    for one in candidates:
        for value in (one.model, one.endpoint, one.revision, one.client_name):
            if value is not None:
                yield from names_in(value)


def names_behind(binding: Binding) -> Iterator[Name]:
    """All names in what this name stands for."""
    yield from names_in(binding.value)
    if binding.endpoint is not None:
        yield from names_in(binding.endpoint)


def names_in(value: Value) -> Iterator[Name]:
    """All names in this value; parts that are shared are looked at once."""
    waiting, seen = [value], set[int]()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        match part:
            case Joined():
                waiting += part.parts
            case Either():
                waiting += part.options
            case Name():
                yield part
                if part.default is not None:
                    waiting.append(part.default)
            case _:
                pass
