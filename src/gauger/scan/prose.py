"""Which models does a text for people name? Collector `prose`: mentions only, never uses."""

from __future__ import annotations

from gauger.scan.collector import Collected, FileView
from gauger.scan.mentions import mentions

_CARDS = (".safetensors", ".gguf", ".bin", ".onnx", ".pt", ".pth")


class Prose:
    """Documentation: names are counted as mentions, so that a reader sees that they were seen."""

    ident = "prose"
    globs: tuple[str, ...] = ("**/*.md", "**/*.mdx", "**/*.rst", "**/*.adoc", "**/*.txt")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """See `Collector.collect`. A model's own card beside its weights is left to `trace`."""
        path = str(view.path)
        beside = view.tree.files_in(path.rpartition("/")[0])
        if any(name.endswith(_CARDS) for name in beside):
            return Collected()
        return Collected(candidates=tuple(mentions(view.text(), path, surface=self.ident, taken=())))
