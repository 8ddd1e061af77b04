"""Which calls of a language take a model, and where? The tables behind `data/*_calls.yaml`."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml

from gauger.core.inventory import Role
from gauger.scan.model_words import model_word, words_of

NamespaceHint = Literal["", "hub", "ollama", "api", "local", "object-store", "cloud"]


class CallSite(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry: a call that takes a model.

    Attributes:
        call: Pattern of its dotted name.
        model: Keyword names and positions that hold the model, in order of preference.
        teacher: Keyword names that hold a teacher.
        dataset: Keyword names and positions that hold a data set's name.
        provider: Keyword names that hold a provider's name.
        namespace: Which kind of name it takes; None: that of the package.
        role: What for; None: by the words of the call's name.
        client: The client that stands for it; empty: by its dotted name.
        packages: Only for these packages; empty for all that the pattern lets through.
        weak: It takes other things as well.
        objects: It takes a model that is already loaded as well: what is no text is no use.
        also: Further keyword names that hold a model of their own.
        strip: What stands before the name and is no part of it.
    """

    call: str
    model: tuple[str | int, ...] = ()
    teacher: tuple[str, ...] = ()
    dataset: tuple[str | int, ...] = ()
    provider: tuple[str, ...] = ()
    namespace: NamespaceHint | None = None
    role: Role | None = None
    client: str = ""
    packages: tuple[str, ...] = ()
    weak: bool = False
    objects: bool = False
    also: tuple[str, ...] = ()
    strip: str = ""


class CallTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table; see the file for what its parts mean."""

    packages: dict[NamespaceHint, tuple[str, ...]]
    calls: tuple[CallSite, ...]
    methods: tuple[CallSite, ...]
    client_methods: frozenset[str]
    addresses: tuple[str, ...]
    models: frozenset[str]
    revisions: tuple[str, ...]
    roles: dict[Role, frozenset[str]]
    environment: frozenset[str]
    environment_mappings: frozenset[str]
    callable: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    routers: tuple[str, ...] = ("\0",)
    bare_routes: dict[str, tuple[str, ...]] = {}
    settings: frozenset[str]
    http: tuple[str, ...] = ()
    clients: dict[str, str] = {}


class Calls:
    """Questions to the table.

    Args:
        table: What the file says.
    """

    def __init__(self, table: CallTable) -> None:
        self.table = table
        self._packages = {name: kind for kind, names in table.packages.items() for name in names}
        self._calls = [(re.compile(translate(site.call)), site) for site in table.calls]
        self._methods = [(re.compile(translate(site.call)), site) for site in table.methods]
        self._known: dict[str, CallSite | None] = {}

    def package_kind(self, dotted: str) -> NamespaceHint | None:
        """Which kind of name does the package of this dotted name take? None where it takes no models."""
        name = dotted
        while name:
            if name in self._packages:
                return self._packages[name]
            name = name[: max(name.rfind("."), name.rfind("/"), 0)]
        return None

    def call(self, dotted: str) -> CallSite | None:
        """Which entry speaks of this function or class?"""
        if dotted not in self._known:
            self._known[dotted] = _first(self._calls, dotted, dotted)
        return self._known[dotted]

    def method(self, client: str, name: str) -> CallSite | None:
        """Which entry speaks of this method of a client object?"""
        return _first(self._methods, name, client)

    def role(self, dotted: str, argument: str = "") -> Role:
        """What for, by the words of the call's and the argument's name?"""
        words = {*words_of(dotted), *dotted.lower().split(".")[-1:]}
        for role, telling in self.table.roles.items():
            if words & telling or any(t in dotted.rpartition(".")[2].lower() for t in telling if len(t) > 4):
                return role
        word = model_word(argument) if argument else None
        return word.role if word is not None else "inference"

    def names_model(self, keyword: str) -> bool:
        """Does a keyword of this name carry a model's name?"""
        if keyword.endswith(("response_model", "output_model", "data_model", "ref_model")):
            return False
        return keyword in self.table.models or model_word(keyword) is not None


def _first(table: list[tuple[re.Pattern[str], CallSite]], name: str, package: str) -> CallSite | None:
    for pattern, site in table:
        if pattern.match(name) and (not site.packages or package.startswith(site.packages)):
            return site
    return None


@cache
def call_table(language: str) -> Calls:
    """The table for `python` or `javascript` that ships with the package, read once."""
    text = (files("gauger.scan") / "data" / f"{language}_calls.yaml").read_bytes()
    value = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe loaders
    return Calls(msgspec.convert(value, CallTable, strict=False))
