"""Which models does a C# file use? Collector `csharp`."""

from __future__ import annotations

from typing import ClassVar

from gauger.scan.csharp_tree import CsharpTranslator
from gauger.scan.typed_report import TypedReport
from gauger.scan.typed_source import TypedSource
from gauger.scan.typed_tree import TypedTranslator


class CsharpReport(TypedReport):
    """Every `using` brings a whole namespace in, so that only names in the table are a library's."""

    certain_wildcards = False


class CsharpSource(TypedSource):
    """C# files and scripts. Namespaces say nothing of files: all names are one module."""

    ident: str = "csharp"
    globs: tuple[str, ...] = ("**/*.cs", "**/*.csx")
    grammar: ClassVar[str] = "c_sharp"
    translator: ClassVar[type[TypedTranslator]] = CsharpTranslator
    report: ClassVar[type[TypedReport]] = CsharpReport
