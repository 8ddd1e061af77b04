"""Which models does a Rust file use? Collector `rust`."""

from __future__ import annotations

from typing import ClassVar

from gauger.scan.python_objects import Reference
from gauger.scan.rust_tree import RustTranslator
from gauger.scan.typed_report import TypedReport
from gauger.scan.typed_source import TypedSource
from gauger.scan.typed_tree import TypedTranslator


class RustReport(TypedReport):
    """Paths begin at the crate, at the module above, or at another crate."""

    implicit_self = False

    def begin(self, path: str) -> None:
        """What `crate` and `super` stand for in this file."""
        folders = path.split("/")[:-1]
        root = "/".join(folders[: folders.index("src") + 1]) if "src" in folders else "/".join(folders)
        self.scope.names["crate"] = Reference(root or "src")
        self.scope.names["super"] = Reference(self.module.rpartition("/")[0] or "src")

    def own_module(self, module: str) -> str:
        """`crate::config` is known by its last part."""
        parts = [p for p in module.split("/") if p not in ("crate", "super", "self")]
        if parts:
            return parts[-1] if parts[0] not in ("std", "core") else module
        above = self.module if module.startswith("self") else self.module.rpartition("/")[0]
        return (above if not module.startswith("crate") else "") or "src"


class RustSource(TypedSource):
    """Rust files. A module is a file."""

    ident: str = "rust"
    globs: tuple[str, ...] = ("**/*.rs",)
    grammar: ClassVar[str] = "rust"
    translator: ClassVar[type[TypedTranslator]] = RustTranslator
    report: ClassVar[type[TypedReport]] = RustReport

    def module_of(self, path: str, package: str) -> str:  # noqa: ARG002 - one shape for all
        """`src/a/mod.rs` is `src/a`; the crate's root is the folder."""
        stem = path.removesuffix(".rs")
        for root in ("/mod", "/lib", "/main"):
            stem = stem.removesuffix(root)
        return stem
