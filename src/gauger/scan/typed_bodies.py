"""Which objects of a translated file may be a request or its body, and what is known of each?"""

from __future__ import annotations

import ast
import re

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Candidate
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_merge import joined
from gauger.scan.python_objects import (
    Instance,
    Member,
    Reference,
    Scope,
    Table,
    Thing,
    as_value,
    is_value,
)
from gauger.scan.typed_objects import Key, Made, State
from gauger.scan.typed_program import TypedProgram
from gauger.scan.typed_words import (
    MODEL_KEYS,
)
from gauger.scan.values import Either, Joined, Name, Text, Value

_IN_JSON = re.compile(r"\\?[\"']model\\?[\"']\s*:\s*\\?[\"']([^\"'\\{}]{1,200})\\?[\"']")
_BEFORE_VALUE = re.compile(r"[\"']model\\?[\"']\s*:\s*\\?[\"']?$")
_MOST_ORIGINS = 32


class TypedBodies(TypedProgram):
    """Reads one file: tables, texts and objects that may be a request's body."""

    def mapping(self, node: ast.Dict, scope: Scope) -> Thing:
        """A table; one with a model may be the body of a request."""
        table = super().mapping(node, scope)
        if isinstance(table, Table):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in MODEL_KEYS:
                    thing = self.given(table.items.get(str(key.value)))
                    self.model_in(self.body_state(table), thing, value, api=f"{key.value}:", weak=True)
        return table

    def constant(self, node: ast.Constant, scope: Scope) -> Thing:
        """A text; JSON with a model in it may be the body of a request."""
        if isinstance(node.value, str) and "model" in node.value and (found := _IN_JSON.search(node.value)):
            down = node.value.count("\n", 0, found.start(1))
            at = ast.copy_location(ast.Constant(value=found[1]), node)
            at.lineno += down
            state = self.texts.setdefault((node.lineno, node.col_offset + 1), State("body"))
            place = Location(path=self.path, line=at.lineno, column=at.col_offset + 1)
            self.model_in(state, Text(text=printable(found[1]), location=place), at, api="model:", weak=True)
        return super().constant(node, scope)

    def joined(self, node: ast.JoinedStr, scope: Scope) -> Thing:
        """A template; JSON whose model is put in may be the body of a request."""
        made = super().joined(node, scope)
        for before, piece in zip(node.values, node.values[1:], strict=False):
            is_text = isinstance(before, ast.Constant) and isinstance(before.value, str)
            if is_text and isinstance(piece, ast.FormattedValue) and _BEFORE_VALUE.search(str(before.value)):  # type: ignore[attr-defined]
                thing = self.read(piece.value, scope)
                state = self.texts.setdefault((node.lineno, node.col_offset + 1), State("body"))
                if is_value(thing):
                    self.model_in(state, thing, piece.value, api="model:", weak=True)
        return made

    def body_state(self, thing: Thing) -> State:
        """What is known of a table or an object that may be the body of a request."""
        return self.bodies.setdefault(id(thing), (thing, State("body")))[1]

    def state_of(self, thing: Thing | None) -> State | None:
        """What is known of an object, where it is one of a library or a body."""
        match thing:
            case Made():
                return thing.state
            case Member(owner=Made() as made):
                return made.state
            case Table() | Instance() if id(thing) in self.bodies:
                return self.bodies[id(thing)][1]
            case Text() | Name() | Joined():
                return self.text_state(thing)
            case _:
                return None

    def text_state(self, value: Value) -> State | None:
        """The body that this text is."""
        match value:
            case Text():
                return self.texts.get((value.location.line, value.location.column))
            case Name(default=default) if default is not None and value.name.startswith(":"):
                return self.text_state(default)
            case Joined(parts=parts):
                return next((s for part in parts if (s := self.text_state(part)) is not None), None)
            case _:
                return None

    def states_in(self, thing: Thing) -> list[State]:
        """What is known of an object, or of the objects in a list."""
        own = self.state_of(thing)
        if own is not None:
            return [own]
        if isinstance(thing, Table):
            return [s for item in list(thing.items.values())[:32] if (s := self.state_of(item)) is not None]
        if isinstance(thing, Instance):
            return [item.state for item in list(thing.fields.values())[:32] if isinstance(item, Made)]
        return []

    def carried(self, arguments: Arguments) -> Thing | None:
        """The object that a call passes on as it is."""
        for thing, _ in arguments.positional:
            state = self.state_of(thing)
            if state is not None:
                return thing if isinstance(thing, Made) else Made(state)
        return None

    def is_constant(self, thing: Thing | None) -> bool:
        """Is this a constant of a library, whose name may tell the model's id?"""
        if isinstance(thing, Member) and isinstance(thing.owner, Made):
            return False
        return (
            isinstance(thing, Reference)
            and "(" not in thing.attributes
            and self.kind_of(thing.dotted) not in (None, "http")
        )

    def library_constant(self, thing: Thing, at: ast.expr) -> Name:
        """A constant of a library as a name to follow."""
        shown = thing.attributes if isinstance(thing, Reference) else ""
        constant = Name(kind="constant", name=printable(shown, 120), location=self.place(at))
        if isinstance(thing, Reference) and thing.module in self.wildcards:
            own = f"{self.module}:{printable(shown, 120)}"
            return Name(kind="symbol", name=own, location=self.place(at), default=constant)
        return constant

    def joined_values(self, parts: list[Thing], place: Location) -> Thing:
        """Texts written one after another."""
        return joined([as_value(part, place) for part in parts], place)

    def is_learning(self) -> bool:
        """Is this the first reading of the functions, which only learns what they set and pass on?"""
        return self.quiet > self.call_depth

    def note(self, thing: Thing, key: Key, candidate: Candidate, *, weak: bool) -> None:
        """Write one place down; a weak candidate never replaces a strong one at the same place."""
        spot = key[:2]
        if self.quiet or (
            weak and (spot in self.used or any(k[:2] == spot and k[2] for k in self.candidates))
        ):
            return
        if not weak:
            self.candidates.pop((*spot, ""), None)
            for origin in _written_at(thing):
                if origin != spot:
                    self.candidates.pop((*origin, ""), None)
                    self.used.add(origin)
        self.candidates[key] = candidate


def _written_at(thing: Thing) -> list[tuple[int, int]]:
    """The places in this file from which a value comes."""
    found: list[tuple[int, int]] = []
    waiting: list[Thing] = [thing]
    while waiting and len(found) < _MOST_ORIGINS:
        one = waiting.pop()
        if isinstance(one, Text):
            found.append((one.location.line, one.location.column))
        elif isinstance(one, Name) and one.default is not None:
            waiting.append(one.default)
        elif isinstance(one, Either):
            waiting += one.options
    return found
