"""What does a call give to an object of a library: its model, its address, other objects?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gauger.core.inventory import Role
from gauger.core.text import printable
from gauger.scan.collector import Candidate
from gauger.scan.model_words import could_be_model
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_objects import (
    Function,
    Instance,
    Klass,
    Member,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)
from gauger.scan.python_table import CallSite, NamespaceHint
from gauger.scan.typed_bodies import TypedBodies
from gauger.scan.typed_objects import Made, State
from gauger.scan.typed_words import (
    snake,
)
from gauger.scan.values import Either, Joined, Name, Opaque, Text

_POSTS = re.compile(
    r"^(?:post|put|uri|url|newrequest\w*|request|execute|send|resource|to|patch|target)(?:async|asjson\w*|json)?$"
)
_HTTP = "http"
_TOLD = (Setting, Reference, Unknown)


class TypedTake(TypedBodies):
    """Reads one file and writes down the models that its calls are given."""

    def take(
        self, state: State, path: str, site: CallSite | None, arguments: Arguments, node: ast.Call
    ) -> None:
        """Write down what a call gives to an object: its model, its address, other objects."""
        self.adopt_all(state, arguments, node)
        last = path.rpartition(".")[2]
        word = snake(last)
        named = {snake(name): pair for name, pair in arguments.keywords.items()}
        self.address_in(state, last, word, named, arguments, node)
        if state.text is None and arguments.positional and not state.keys:
            first = self.given(arguments.positional[0][0])
            state.text = first if is_value(first) or isinstance(first, _TOLD) else None
        if self.kind_of(state.dotted) == _HTTP:
            return
        for thing, at, name in self.models_in(site, last, named, arguments):
            api = f"{state.dotted}.{path}" if not state.dotted.endswith(path) else state.dotted
            role = site.role if site is not None and site.role else self.calls.role(api, str(name))
            namespace = site.namespace if site is not None and site.namespace is not None else None
            weak = site.weak if site is not None else False
            self.model_in(state, thing, at, api=api, weak=weak, role=role, namespace=namespace)

    def models_in(
        self, site: CallSite | None, last: str, named: dict[str, tuple[Thing, ast.expr]], arguments: Arguments
    ) -> Iterator[tuple[Thing, ast.expr, str | int]]:
        """The arguments that hold a model."""
        if site is not None:
            for wanted in site.model:
                found = named.get(wanted) if isinstance(wanted, str) else arguments.find(wanted)
                if found is not None:
                    yield self.given(found[0]) or found[0], found[1], wanted
                    return
            if not site.model:
                return
        for name, (thing, at) in named.items():
            if self.calls.names_model(name):
                yield self.given(thing) or thing, at, name
        word = snake(last)
        if self.calls.names_model(word) and arguments.positional and not named:
            thing, at = arguments.positional[0]
            model = self.given(thing) or thing
            told = text_of(model) is not None or self.is_constant(model)
            if told or (
                len(arguments.positional) == 1 and not (last[:1].isupper() and isinstance(model, Reference))
            ):
                yield model, at, word

    def address_in(
        self,
        state: State,
        last: str,
        word: str,
        named: dict[str, tuple[Thing, ast.expr]],
        arguments: Arguments,
        node: ast.Call,
    ) -> None:
        """The address that a call gives to an object."""
        place = self.place(node)
        addresses = self.calls.table.addresses
        found = next((named[name][0] for name in addresses if name in named), None)
        if found is None and word in addresses and arguments.positional:
            found = arguments.positional[0][0]
        http = self.kind_of(state.dotted) == _HTTP and bool(_POSTS.match(last.lower().replace("_", "")))
        for thing, at in arguments.positional if found is None else ():
            value = self.given(thing)
            text = text_of(value)
            if text is not None and re.match(r"https?://", text):
                found = value
                break
            is_uri = isinstance(at, ast.Call) and re.search(r"(?i)ur[il]", ast.unparse(at.func)[-24:])
            if (is_uri or (http and text is None)) and isinstance(
                value, Name | Joined | Either | Setting | Reference
            ):
                found = value
                break
        value = self.given(found)
        if value is not None and (is_value(value) or isinstance(value, Setting | Reference)):
            address = as_value(value, place)
            if not isinstance(address, Opaque):
                state.endpoint = address

    def adopt_all(self, state: State, arguments: Arguments, node: ast.Call) -> None:
        """Objects that a call is given go the way of the object that it is called on."""
        for thing, _ in (*arguments.positional, *arguments.keywords.values()):
            if isinstance(thing, Function):
                passed = Arguments()
                passed.positional.append((Made(state), node))
                self.record(thing, passed)
                inner = self.apply(thing, passed)
                parts = self.states_in(inner) if isinstance(inner, Made) else []
            else:
                parts = self.states_in(thing)
            for part in parts:
                if part.dotted != "body" or not self.is_learning():
                    state.adopt(part)

    def model_in(
        self,
        state: State,
        thing: Thing | None,
        at: ast.expr,
        *,
        api: str,
        weak: bool = False,
        role: Role | None = None,
        namespace: NamespaceHint | None = None,
    ) -> None:
        """Write a model down, with the object to which it was given."""
        if thing is None or not self.takes_model(thing, weak=weak):
            return
        place = self.place(at)
        kind = self.kind_of(state.dotted)
        own: NamespaceHint = namespace if namespace is not None else kind if kind not in (None, _HTTP) else ""  # type: ignore[assignment]
        world = "|".join(f"{group}={label}" for group, label in self.worlds)
        key = (place.line, place.column, "" if weak else f"{role or 'inference'}@{world}")
        if key not in state.keys:
            state.keys.append(key)
        if not self.is_learning():
            self.homes.setdefault(key, []).append(state)
        model = self.library_constant(thing, at) if self.is_constant(thing) else as_value(thing, place)
        candidate = Candidate(
            surface=self.surface,
            api=printable(api, 160),
            location=place,
            written=self.written(at),
            model=Either(options=(model, model)) if self.worlds else model,
            client=self.client_of(thing.dotted) if isinstance(thing, Reference) else "",
            role=role or "inference",
            namespace=own or ("api" if weak and state.dotted in ("", "body") else ""),
            weak=weak,
        )
        self.note(thing, key, candidate, weak=weak)

    def takes_model(self, thing: Thing, *, weak: bool) -> bool:
        """Can this be a model's name? An object made elsewhere is not."""
        if self.is_constant(thing):
            return True
        if isinstance(thing, Text):
            return could_be_model(thing.text)
        if isinstance(thing, Unknown):
            return not weak and thing.why not in ("None", "not a text")
        if isinstance(thing, Member):
            return not weak and not isinstance(thing.owner, Made)
        if isinstance(thing, Reference):
            return not weak or (thing.module != "builtins" and "(" not in thing.attributes)
        if isinstance(thing, Table | Instance | Klass | Function | Made):
            return False
        return is_value(thing) or isinstance(thing, Setting)
