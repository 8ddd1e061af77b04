"""What was found in a Python file: one candidate for each place, and each way of getting there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gauger.core.inventory import Artifact, Location, Role
from gauger.core.text import printable
from gauger.scan.chip_targets import chip_of_package
from gauger.scan.collector import Binding, Candidate
from gauger.scan.model_words import is_secret_name
from gauger.scan.python_objects import Scope, Thing, as_value
from gauger.scan.python_program import Program
from gauger.scan.python_table import Calls, NamespaceHint
from gauger.scan.values import Either, Name, Text, Value


class Record(Program):
    """Reads one file and writes down its uses.

    After `run`, `candidates` holds them, `artifacts` the data sets, `passed_on` what is given to functions of
    other files and to the environment.
    """

    surface = "python"

    def __init__(self, path: str, module: str, calls: Calls) -> None:
        super().__init__(path, module, calls)
        self.candidates: dict[tuple[int, int, str], Candidate] = {}
        self.artifacts: dict[tuple[int, int], Artifact] = {}
        self.passed_on: list[Binding] = []
        self.used: set[tuple[int, int]] = set()
        self.keys: dict[tuple[int, int], list[str]] = {}

    def add(
        self,
        thing: Thing,
        at: ast.expr,
        *,
        api: str,
        role: Role = "inference",
        namespace: NamespaceHint = "",
        client: str = "",
        endpoint: Value | None = None,
        provider: str = "",
        revision: Value | None = None,
        weak: bool = False,
        client_name: Value | None = None,
        artifact: str = "",
        location: Location | None = None,
        shown: str = "",
        mention: str = "",
    ) -> None:
        """Write one place down; a weak candidate never replaces a strong one at the same place."""
        place = location or self.place(at)
        spot = (place.line, place.column)
        held = self.keys.setdefault(spot, [])
        if self.quiet or (weak and (spot in self.used or any(not k.startswith("@") for k in held))):
            return
        if not weak:
            self.forget_weak(spot)
            for origin in _written_at(thing):
                if origin != spot:
                    self.forget_weak(origin)
                    self.used.add(origin)
        value = as_value(thing, place)
        key = f"{'' if weak else role}@{'|'.join(f'{group}={label}' for group, label in self.worlds)}"
        held += [key] if key not in held else []
        self.candidates[(*spot, key)] = Candidate(
            surface=self.surface,
            api=api,
            location=place,
            written=shown or self.written(at),
            model=Either(options=(value, value)) if self.worlds else value,
            namespace=namespace,
            client=client,
            endpoint=endpoint,
            provider=provider,
            role=role,
            revision=revision,
            weak=weak,
            client_name=client_name,
            artifact=artifact,
            mention=mention,
        )

    def imported(self, node: ast.Import, scope: Scope) -> None:
        """`import a.b as c`; packages made for one accelerator are written down."""
        for alias in node.names:
            self.note_chip(alias.name, node)
        super().imported(node, scope)

    def imported_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        """`from a.b import c`."""
        if not node.level:
            self.note_chip(node.module or "", node)
        super().imported_from(node, scope)

    def note_chip(self, module: str, node: ast.stmt) -> None:
        """For which accelerator is this package made?"""
        place = self.place(node)
        for chip in chip_of_package(module.partition(".")[0], place):
            self.artifacts[(place.line, -1)] = chip

    def forget_weak(self, spot: tuple[int, int]) -> None:
        """What stands there is accounted for by something better."""
        for key in [k for k in self.keys.get(spot, ()) if k.startswith("@")]:
            self.keys[spot].remove(key)
            self.candidates.pop((*spot, key), None)

    def written(self, at: ast.expr) -> str:
        """The text of a literal, else the expression."""
        if isinstance(at, ast.Constant) and isinstance(at.value, str):
            return printable(at.value)
        return printable(ast.unparse(at), 160)

    def bind(self, name: str, thing: Thing, at: ast.expr, site: str = "") -> None:
        """Tell other files what a symbol of theirs stands for."""
        place = self.place(at)
        value = as_value(thing, place)
        self.passed_on.append(Binding(kind="symbol", name=name, value=value, location=place, site=site))

    def set_environment(self, name: str, thing: Thing, at: ast.expr, *, soft: bool) -> None:
        """The program sets a name of its own environment; what is secret is left out."""
        if self.quiet or is_secret_name(name):
            return
        place = self.place(at)
        self.passed_on.append(
            Binding(
                kind="environment",
                name=printable(name, 200),
                value=as_value(thing, place),
                location=place,
                scope=self.path,
                overridable=soft,
            )
        )


def _written_at(thing: Thing) -> Iterator[tuple[int, int]]:
    """The places in this file from which a value comes."""
    if isinstance(thing, Text):
        yield thing.location.line, thing.location.column
    elif isinstance(thing, Name) and thing.default is not None:
        yield from _written_at(thing.default)
    elif isinstance(thing, Either):
        for option in thing.options:
            yield from _written_at(option)
