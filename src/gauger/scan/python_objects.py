"""What can an expression in Python code stand for, as far as it matters here?"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from gauger.core.inventory import Location
from gauger.scan.values import Either, Joined, Name, Opaque, Text, Value

_CONFIGURATION = re.compile(r"conf|cfg|setting", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """Something imported, by its dotted name; a call in it is written `()`.

    Attributes:
        module: Path of the module, with `/`: `openai`, `services/api/config`.
        attributes: What is taken from it, with `.`; empty for the module itself.
    """

    module: str
    attributes: str = ""

    @property
    def dotted(self) -> str:
        """`openai.OpenAI`."""
        module = self.module if self.module.startswith("@") else self.module.replace("/", ".")
        return f"{module}.{self.attributes}" if self.attributes else module

    @property
    def symbol(self) -> str:
        """The name under which another file of the stack may define it: `services/api/config:MODEL`."""
        attributes = self.attributes.removesuffix(".value").removesuffix(".get_secret_value()")
        if self.module == "django/conf":
            return f"settings:{attributes.removeprefix('settings.')}"
        return f"{self.module}:{attributes}"

    def get(self, attribute: str) -> Reference:
        """What is taken from it next."""
        return Reference(self.module, f"{self.attributes}.{attribute}" if self.attributes else attribute)

    def called(self) -> Reference:
        """What calling it gives, when nothing more is known."""
        return Reference(self.module, f"{self.attributes}()")


@dataclass(frozen=True)
class Client:
    """An object of a library that takes models.

    Attributes:
        dotted: Which one: `openai.OpenAI`.
        endpoint: The address given to this very object, or None.
        provider: The provider named to it, or empty.
    """

    dotted: str
    endpoint: Value | None = None
    provider: str = ""


@dataclass(frozen=True)
class Member:
    """An attribute chain on a client, or on an object that is not known."""

    owner: Client | Unknown | Reference
    path: str


@dataclass(eq=False)
class Table:
    """A dict, list, tuple, set, a parsed command line: things by key; positions are keys as well.

    Attributes:
        items: The things.
        is_list: Its keys are positions.
        where: The expressions in which items stand, by key, where they are known.
    """

    items: dict[str, Thing] = field(default_factory=dict)
    is_list: bool = False
    where: dict[str, ast.expr] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenFile:
    """An opened file or a path whose text is read; the path is relative to where the program runs."""

    path: Value


@dataclass(frozen=True)
class Setting:
    """A place in a settings file that was read: the file as the code names it (or empty), and the keys.

    Attributes:
        file: The file.
        keys: The keys from the top.
        sections: An INI file, whose `get` takes a section and an option.
    """

    file: str
    keys: tuple[str, ...] = ()
    sections: bool = False

    def get(self, key: str) -> Setting:
        """What stands under this key."""
        return Setting(self.file, (*self.keys, key), self.sections)


@dataclass(eq=False)
class Function:
    """A function of this file.

    Attributes:
        node: Its code.
        scope: Where it was defined.
        name: For names of its parameters; a class's own name for `__init__`.
        owner: The instance that `self` stands for, or None.
        arguments: What calls in this file passed, by parameter.
        rows: The same by call: what one call passed together.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef
    scope: Scope
    name: str
    owner: Instance | None = None
    arguments: dict[str, list[Thing]] = field(default_factory=dict)
    rows: list[dict[str, Thing]] = field(default_factory=list)


@dataclass(eq=False)
class Klass:
    """A class of this file, with the one instance that stands for all.

    Attributes:
        name: Its name.
        instance: The instance.
        methods: Its own methods and those that it takes over.
        bases: Classes of this file that it is derived from.
        heirs: Classes of this file that are derived from it.
        order: Its annotated fields in order: what arguments by position set where there is no `__init__`.
        made: What the fields of its instances were given, where there is no `__init__`.
        defaults: The fields before the first instance was made.
    """

    name: str
    instance: Instance
    methods: dict[str, Function] = field(default_factory=dict)
    bases: list[Klass] = field(default_factory=list)
    heirs: list[Klass] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    made: list[dict[str, Thing]] = field(default_factory=list)
    defaults: dict[str, Thing] = field(default_factory=dict)


@dataclass(eq=False)
class Instance:
    """Any object of a class of this file: one for all, since the fields are set in the same places."""

    fields: dict[str, Thing] = field(default_factory=dict)
    klass: Klass | None = None
    base: Reference | None = None


@dataclass(frozen=True)
class Bound:
    """A method of something that is no client: `.get` of a dict, `.format` of a text."""

    owner: Thing
    name: str


@dataclass(frozen=True)
class Partial:
    """A callable with some of its arguments set: `functools.partial(f, x)`.

    Attributes:
        callee: What is called in the end.
        positional: Arguments by position, each with its expression.
        keywords: Arguments by name, each with its expression.
    """

    callee: Thing
    positional: tuple[tuple[Thing, ast.expr], ...]
    keywords: tuple[tuple[str, tuple[Thing, ast.expr]], ...]


@dataclass(eq=False)
class Choice:
    """One of several things, and this file alone does not tell which; see `gauger.scan.python_choice`.

    Attributes:
        group: What is chosen by: choices of one group are made at once.
        options: The things by label: a key of a table, a branch, a turn of a loop.
    """

    group: str
    options: dict[str, Thing]

    @property
    def place(self) -> Location:
        """Where the first thing that is written out stands; an empty place where none is."""
        first = next((thing for thing in self.options.values() if isinstance(thing, Text | Name)), None)
        return first.location if first is not None else Location(path="")


@dataclass(frozen=True)
class Unknown:
    """Something that is not followed, and why."""

    why: str


Thing = (
    Value
    | Reference
    | Client
    | Member
    | Table
    | OpenFile
    | Setting
    | Function
    | Klass
    | Instance
    | Bound
    | Partial
    | Choice
    | Unknown
)


@dataclass(eq=False)
class Scope:
    """Names of one module, function or comprehension.

    Attributes:
        names: What each stands for.
        parent: The scope around it.
        returns: What is returned, with the case (group and label) in which it is.
        shared: Names that belong to the module (`global`) or a scope around (`nonlocal`).
    """

    names: dict[str, Thing] = field(default_factory=dict)
    parent: Scope | None = None
    returns: list[tuple[tuple[str, str] | None, Thing]] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)

    def owner_of(self, name: str) -> Scope:
        """In which scope does an assignment here set this name?"""
        if name not in self.shared:
            return self
        scope = self
        while scope.parent is not None and (scope is self or name not in scope.names):
            scope = scope.parent
        return scope

    def get(self, name: str) -> Thing | None:
        """What does this name stand for, here or in an outer scope?"""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None


def is_value(thing: Thing | None) -> bool:
    """Is this something that a model's name or an address can be?"""
    if isinstance(thing, Choice):
        options = list(thing.options.values())
        return any(map(is_value, options)) and all(is_value(t) or isinstance(t, Unknown) for t in options)
    return isinstance(thing, Text | Name | Joined | Either | Opaque)


def as_value(thing: Thing, location: Location) -> Value:
    """What stands here, as the resolver understands it?"""
    match thing:
        case Text() | Name() | Joined() | Either() | Opaque():
            return thing
        case Choice():
            options = [t for t in thing.options.values() if not isinstance(t, Unknown)]
            return either(
                [as_value(t, location) for t in options] or [Opaque(why="nothing", location=location)]
            )
        case Reference():
            return Name(
                kind="symbol", name=thing.symbol, location=location, default=_as_setting(thing, location)
            )
        case Setting():
            return Name(kind="setting", name=f"{thing.file}#{'.'.join(thing.keys)}", location=location)
        case OpenFile():
            return thing.path
        case Table(is_list=True) if thing.items:
            return either([as_value(item, location) for item in thing.items.values()][:16])
        case Unknown():
            return Opaque(why=thing.why, location=location)
        case _:
            return Opaque(why="an object of the program", location=location)


def _as_setting(thing: Reference, location: Location) -> Name | None:
    """Where another file read a configuration object from a settings file: the keys, in any such file."""
    head, _, keys = thing.attributes.replace("()", "").partition(".")
    if not _CONFIGURATION.search(head) or "." not in keys or "(" in keys:
        return None
    return Name(kind="setting", name=f"#{keys}", location=location)


def either(options: list[Value]) -> Value:
    """One of these; the only one where they are the same."""
    distinct: list[Value] = []
    for option in options:
        if option not in distinct:
            distinct.append(option)
    return distinct[0] if len(distinct) == 1 else Either(options=tuple(distinct))


def text_of(thing: Thing | None) -> str | None:
    """Which text is this, where this file alone says so? None where it does not."""
    match thing:
        case Text():
            return thing.text
        case Name() if thing.name.startswith(":") and thing.default is not None:
            return text_of(thing.default)
        case Joined():
            parts = [text_of(part) for part in thing.parts]
            return "".join(p for p in parts if p is not None) if None not in parts else None
        case _:
            return None
