"""Which models does a Kotlin file use? Collector `kotlin`."""

from __future__ import annotations

from typing import ClassVar

from gauger.scan.java_source import JavaSource
from gauger.scan.kotlin_tree import KotlinTranslator
from gauger.scan.typed_tree import TypedTranslator


class KotlinSource(JavaSource):
    """Kotlin files, scripts included; the libraries are Java's and Kotlin's own."""

    ident: str = "kotlin"
    globs: tuple[str, ...] = ("**/*.kt", "**/*.kts")
    grammar: ClassVar[str] = "kotlin"
    translator: ClassVar[type[TypedTranslator]] = KotlinTranslator
