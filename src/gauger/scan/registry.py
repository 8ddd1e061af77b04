"""Which collectors are there? One line each, in the order in which they are asked."""

from __future__ import annotations

from gauger.core.plugin import Registry
from gauger.scan.collector import Collector
from gauger.scan.python_source import PythonSource

BUILTIN: tuple[Collector, ...] = (
    PythonSource(),
)

COLLECTORS: Registry[Collector] = Registry("collectors", BUILTIN)
"""All collectors of this project; `with_third_party` adds those of other packages."""
