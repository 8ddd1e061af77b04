"""Which collectors are there? One line each, in the order in which they are asked."""

from __future__ import annotations

from gauger.core.plugin import Registry
from gauger.scan.collector import Collector
from gauger.scan.environment_file import EnvironmentFile
from gauger.scan.javascript import JavaScript
from gauger.scan.notebook import Notebook
from gauger.scan.python_source import PythonSource
from gauger.scan.settings import Settings

BUILTIN: tuple[Collector, ...] = (
    PythonSource(),
    Notebook(),
    JavaScript(),
    EnvironmentFile(),
    Settings(),
)

COLLECTORS: Registry[Collector] = Registry("collectors", BUILTIN)
"""All collectors of this project; `with_third_party` adds those of other packages."""
