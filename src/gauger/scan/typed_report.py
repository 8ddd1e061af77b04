"""Which calls of a Go, Java, Kotlin, C# or Rust file take a model, and through which client do they go?

These languages build requests: an options object, a builder, a struct. The model is written there, the
address
at the client, and the two meet in a call. So every object of a library that takes models is followed
(`typed_objects`), and who serves a model is decided when the whole file was read.
"""

from __future__ import annotations

import ast
import re

import msgspec

from gauger.core.text import printable
from gauger.scan.model_words import could_be_model, model_word
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_objects import (
    Bound,
    Function,
    Instance,
    Klass,
    Member,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    is_value,
    text_of,
)
from gauger.scan.typed_objects import Key, Made, State
from gauger.scan.typed_values import TypedValues
from gauger.scan.typed_words import (
    DEFAULT_FUNCTIONS,
    DEFAULTS,
    FORMATS,
    GETTERS,
    MAPS,
    MODEL_KEYS,
    PUTS,
    SERIALISERS,
    SETTING_OWNERS,
    SETTING_READERS,
    WRAPPERS,
)
from gauger.scan.values import Either, Joined, Name, Text

_POSTS = re.compile(
    r"^(?:post|put|uri|url|newrequest\w*|request|execute|send|resource|to|patch|target)(?:async|asjson\w*|json)?$"
)


class TypedReport(TypedValues):
    """Reads one file that was translated and writes down its uses. See `Report`."""

    def call(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:  # noqa: C901 - one case a kind
        """What calling this gives."""
        match callee:
            case Member(owner=Made() as made):
                return self.of_made(made, callee.path, arguments, node)
            case Made():
                return callee
            case Function():
                self.record(callee, arguments)
                return self.apply(callee, arguments)
            case Klass():
                return self.constructed(callee, arguments)
            case Reference():
                return self.of_name(callee, arguments, node)
            case Bound(owner=Text() | Name() | Joined() | Either() as owner):
                return self.of_text(owner, callee.name, arguments, node)
            case Bound(owner=Setting() as owner):
                return self.of_setting(owner, callee.name, arguments, node)
            case Bound(owner=Table() as table):
                return self.of_table(table, callee.name, arguments, node)
            case Bound(owner=Klass() as klass):
                return klass.instance
            case Bound(owner=Function() as function):
                return self.apply(function, arguments)
            case Bound(owner=Instance() as instance):
                return self.of_unclear(callee.name, arguments, node, self.state_of(instance))
            case Setting():
                return self.of_setting(callee, callee.keys[-1] if callee.keys else "", arguments, node)
            case Member(owner=Unknown()):
                return self.of_unclear(callee.path, arguments, node, None)
            case _:
                return self.of_unclear("", arguments, node, None)

    # Calls of names.

    def of_name(self, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing:
        """A call of something imported, or of a name that another file of the stack may define."""
        plain = callee.dotted.replace("()", "")
        if callee.module == "builtins" and (known := self.of_translation(callee.attributes, arguments, node)):
            return known
        if plain in self.calls.table.environment and (name := text_of(arguments.first(0))) is not None:
            variable = Name(kind="environment", name=printable(name, 200), location=self.place(node))
            return self.with_default(variable, arguments.first(1), node)
        kind = self.kind_of(callee.dotted)
        if kind is not None:
            return self.of_library(callee, arguments, node)
        if (option := self.command_option(callee.dotted, arguments, node)) is not None:
            return option
        last = callee.attributes.rpartition(".")[2] or callee.module.rpartition("/")[2]
        if (
            last in SETTING_READERS
            and SETTING_OWNERS.search(callee.dotted)
            and (key := text_of(arguments.first(0)))
        ):
            return self.setting(key, arguments, node)
        return self.of_stranger_named(callee, last, arguments, node)

    def of_stranger_named(self, callee: Reference, last: str, arguments: Arguments, node: ast.Call) -> Thing:  # noqa: C901 - one question after another
        """A call of a name that no library in the table has."""
        place = self.place(node)
        values = [self.given(thing) for thing, _ in arguments.positional]
        if last in DEFAULT_FUNCTIONS and len(values) > 1 and values[0] is not None:
            result = values[-1] or Unknown("None")
            for thing in reversed(values[:-1]):
                result = self.or_else(thing or Unknown("None"), result, place)
            return result
        if last in FORMATS and (found := self.formatted(arguments, node)) is not None:
            return found
        if last in MAPS or (last in ("of", "mapOf", "ofEntries") and self.is_table(callee, last, arguments)):
            return self.table_of(arguments)
        if last == "append" and isinstance(table := values[0] if values else None, Table):
            for thing, _ in arguments.positional[1:]:
                table.items[str(len(table.items))] = thing
            return table
        if last in ("append", "listOf", "of", "asList") and len(values) > 1:
            return Table({str(i): thing for i, (thing, _) in enumerate(arguments.positional)}, is_list=True)
        carried = self.carried(arguments)
        is_foreign = (
            callee.module != self.module and "/" in callee.module and "." not in callee.module.split("/")[0]
        )
        if carried is not None and (last in SERIALISERS or last in WRAPPERS or is_foreign):
            return carried
        owner = callee.attributes.split(".")[-2:-1]
        if len(values) in (1, 2) and (last in WRAPPERS or (owner and owner[0] in WRAPPERS)):
            return values[0] or Unknown("None")
        for thing, _ in arguments.positional:
            if isinstance(thing, Function) and not self.needs(thing):
                inner = self.apply(thing, Arguments())
                if is_value(inner) or isinstance(inner, Made | Table):
                    return inner
        if not arguments.positional and not arguments.keywords and last in GETTERS and owner:
            return Reference(callee.module, callee.attributes.rpartition(".")[0])
        if last in self.calls.table.client_methods or self.calls.method("", last) is not None:
            return self.of_elsewhere(callee, last, arguments, node)
        return self.of_stack(callee, last, arguments, node)

    def needs(self, function: Function) -> bool:
        """Does a closure take something that matters?"""
        names = [a.arg for a in function.node.args.args]
        return bool(names) and names != ["it"]

    def of_stack(self, callee: Reference, last: str, arguments: Arguments, node: ast.Call) -> Thing:
        """A function or class of another file of the stack, perhaps."""
        self.hand_over(callee, arguments, node)
        state = State(callee.dotted)
        for name, (thing, at) in arguments.keywords.items():
            if (name in MODEL_KEYS or model_word(name) is not None) and text_of(thing) is not None:
                self.model_in(state, thing, at, api=f"{last}({name}=)", weak=True)
        if last in PUTS:
            self.put_model(arguments, last)
        return Made(state) if state.keys else callee.called()

    def hand_over(self, callee: Reference, arguments: Arguments, node: ast.Call) -> None:
        """Tell the file that defines this function or class what it is given."""
        if self.quiet or "()" in callee.attributes:
            return
        site = f"{self.path}:{node.lineno}:{node.col_offset}"
        pairs = [(f"(#{i})", thing, at) for i, (thing, at) in enumerate(arguments.positional[:6])]
        for name, (thing, at) in arguments.keywords.items():
            pairs += [(f"({name})", thing, at), (f".{name}", thing, at)]
        for suffix, thing, at in pairs:
            symbol = f"{callee.symbol}{suffix}"
            if isinstance(thing, Made):
                if (address := thing.endpoint) is not None:
                    self.bind(f"{symbol}#endpoint", address, at, site)
            elif is_value(thing) and (text_of(thing) is None or could_be_model(text_of(thing) or "")):
                self.bind(symbol, thing, at, site)

    def of_elsewhere(self, callee: Reference, last: str, arguments: Arguments, node: ast.Call) -> Thing:
        """A method by which a client is known, of an object that another file or a parameter defines."""
        owner = callee.attributes.rpartition(".")[0].replace(".()", "()")
        symbol = f"{callee.module}:{owner}"
        nothing = Text(text="", location=self.place(node))
        endpoint = Name(kind="symbol", name=f"{symbol}#endpoint", location=self.place(node), default=nothing)
        client = Name(kind="symbol", name=f"{symbol}#client", location=self.place(node))
        return self.of_unclear(last, arguments, node, State("", endpoint=endpoint, client_name=client))

    def of_unclear(self, path: str, arguments: Arguments, node: ast.Call, state: State | None) -> Thing:
        """A method of an object that is not known: the method's name and what it is given may tell."""
        last = path.rpartition(".")[2]
        if (option := self.command_option(path, arguments, node)) is not None:
            return option
        state = state or State("")
        site = self.calls.method("", last) if last in self.calls.table.client_methods else None
        if last in SETTING_READERS and SETTING_OWNERS.search(path) and (key := text_of(arguments.first(0))):
            return self.setting(key, arguments, node)
        if site is not None:
            self.take(State(last, client=site.client), last, site, arguments, node)
        elif last in self.calls.table.client_methods or not last or _POSTS.match(last.lower()):
            self.adopt_all(state, arguments, node)
        if last in PUTS:
            self.put_model(arguments, last)
        carried = self.carried(arguments)
        if carried is not None and (last in SERIALISERS or last in WRAPPERS):
            return carried
        for thing, _ in arguments.positional:
            if isinstance(thing, Function) and not self.needs(thing):
                inner = self.apply(thing, Arguments())
                if isinstance(inner, Made):
                    return inner
        return Unknown("what a call gives")

    # Calls on what is known.

    def constructed(self, klass: Klass, arguments: Arguments) -> Thing:
        """An object of a class of this file; one with a model may be the body of a request."""
        made = self.construct(klass, arguments)
        for name, (thing, at) in arguments.keywords.items():
            if name in MODEL_KEYS:
                state = self.body_state(made) if isinstance(made, Instance) else State("")
                if self.given(thing) is not None and text_of(self.given(thing)) is not None:
                    self.model_in(state, self.given(thing), at, api=f"{klass.name}({name}=)", weak=True)
        if isinstance(made, Instance):
            for thing, _ in (*arguments.positional, *arguments.keywords.values()):
                if (part := self.state_of(thing)) is not None and part.keys and id(made) in self.bodies:
                    self.bodies[id(made)][1].adopt(part)
        return made

    def of_library(self, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing:
        """A function or class of a library that takes models, or that sends requests."""
        dotted = callee.dotted
        made = Made(State(dotted, client=self.client_of(dotted)))
        self.take(made.state, dotted.rpartition(".")[2], self.calls.call(dotted), arguments, node)
        return made

    def of_made(self, made: Made, path: str, arguments: Arguments, node: ast.Call) -> Thing:
        """A method of such an object; most give the object back, or one that goes the same way."""
        last = path.rpartition(".")[2]
        state = made.state
        site = self.calls.method(state.dotted, path) or self.calls.method(state.dotted, last)
        if last in DEFAULTS:
            return made
        if site is not None and site.client:
            own = State(f"{state.dotted}.{last}", client=site.client)
            self.take(own, last, site, arguments, node)
            return made
        if last in PUTS and text_of(arguments.first(0)) in MODEL_KEYS and len(arguments.positional) > 1:
            thing, at = arguments.positional[1]
            self.model_in(state, self.given(thing), at, api=f"{last}('model')", weak=True)
            return made
        self.take(state, path, site, arguments, node)
        return made


def settled(report: TypedReport) -> None:
    """Give every candidate the client and the address that its object ended with."""
    for key, candidate in list(report.candidates.items()):
        states = report.homes.get(key, [])
        if not states:
            continue
        state = next((s for s in states if s.address() is not None), None)
        state = state or next((s for s in states if len(s.ways()) > 1), states[0])
        named = any(s.client for s in state.ways())
        owner = next((s for s in state.ways() if s.client_name is not None), None)
        report.candidates[key] = msgspec.structs.replace(
            candidate,
            client=state.client_in_the_end() if named else candidate.client or state.client_in_the_end(),
            endpoint=state.address(),
            client_name=owner.client_name if owner is not None and not state.client else None,
        )
    _one_world(report)


def _one_world(report: TypedReport) -> None:
    """Where every way to a place gives the same model and address, there is one candidate, and it is sure."""
    places: dict[Key, list[Key]] = {}
    for line, column, role in report.candidates:
        places.setdefault((line, column, role.partition("@")[0]), []).append((line, column, role))
    for keys in places.values():
        found = [report.candidates[key] for key in keys]
        if any(one.model != found[0].model or one.endpoint != found[0].endpoint for one in found):
            continue
        for key in keys[1:]:
            del report.candidates[key]
        model = found[0].model
        if isinstance(model, Either) and len(set(map(str, model.options))) == 1:
            report.candidates[keys[0]] = msgspec.structs.replace(found[0], model=model.options[0])
