"""Which models does a Java file use? Collector `java`."""

from __future__ import annotations

from typing import ClassVar

from gauger.scan.java_tree import JavaTranslator
from gauger.scan.typed_source import TypedSource
from gauger.scan.typed_tree import TypedTranslator


class JavaSource(TypedSource):
    """Java files. Classes of one stack have names of their own, and Kotlin and Java share them."""

    ident: str = "java"
    globs: tuple[str, ...] = ("**/*.java",)
    grammar: ClassVar[str] = "java"
    translator: ClassVar[type[TypedTranslator]] = JavaTranslator

    def module_of(self, path: str, package: str) -> str:  # noqa: ARG002 - one shape for all
        """All classes of the virtual machine are one module."""
        return "jvm"
