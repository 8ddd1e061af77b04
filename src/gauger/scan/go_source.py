"""Which models does a Go file use? Collector `go`."""

from __future__ import annotations

from typing import ClassVar

from gauger.scan.go_tree import GoTranslator
from gauger.scan.python_objects import Reference, Thing
from gauger.scan.typed_report import TypedReport
from gauger.scan.typed_source import TypedSource
from gauger.scan.typed_tree import TypedTranslator


class GoReport(TypedReport):
    """Names that a Go file does not define are of its package: the folder."""

    implicit_self = False

    def elsewhere(self, name: str) -> Thing:
        """A name of the package, in another file of the folder."""
        return Reference(self.module, name)


class GoSource(TypedSource):
    """Go files."""

    ident: str = "go"
    globs: tuple[str, ...] = ("**/*.go",)
    grammar: ClassVar[str] = "go"
    translator: ClassVar[type[TypedTranslator]] = GoTranslator
    report: ClassVar[type[TypedReport]] = GoReport

    def module_of(self, path: str, package: str) -> str:  # noqa: ARG002 - one shape for all
        """A package is a folder."""
        return path.rpartition("/")[0] or "."
