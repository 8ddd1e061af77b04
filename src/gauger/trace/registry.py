"""Which probes are there? One line each, cheapest first."""

from __future__ import annotations

from gauger.core.plugin import Registry
from gauger.trace.declared_metadata import DeclaredMetadata
from gauger.trace.probe import Probe
from gauger.trace.structure import Structure
from gauger.trace.tokenizer import Tokenizer

BUILTIN: tuple[Probe, ...] = (
    DeclaredMetadata(),
    Structure(),
    Tokenizer(),
)

PROBES: Registry[Probe] = Registry("probes", tuple(sorted(BUILTIN, key=lambda p: (p.cost, p.ident))))
"""All probes of this project; `with_third_party` adds those of other packages."""
