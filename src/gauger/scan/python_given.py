"""What do functions give that pair, import, parse, choose: the glue between a setting and its use?"""

from __future__ import annotations

import ast
import re

from gauger.core.text import printable
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_assign import Assignments
from gauger.scan.python_merge import elements
from gauger.scan.python_objects import (
    Instance,
    Klass,
    OpenFile,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    is_value,
    text_of,
)
from gauger.scan.values import Text

_IMPORTS = re.compile(r"import|lazy|optional|require|load_dep", re.IGNORECASE)
_TAKES_CLASS = {"cli", "parse", "CLI", "structured", "from_dict", "structure", "wrap", "load", "parse_config"}
_CHOOSERS = {"selectbox", "radio", "multiselect", "select_slider", "segmented_control", "pills"}
_FIELDS_FOR_TEXT = {"text_input", "text_area", "input_text"}
_SETTINGS_FILE = re.compile(r"\.(?:ya?ml|json|toml|ini|cfg)$")
_READS_SETTINGS = re.compile(r"load|read|parse|open|conf|cfg|setting|yaml|toml|json|Dynaconf", re.IGNORECASE)
_DEPENDS = (
    "fastapi.Depends",
    "fastapi.Security",
    "fastapi.params.Depends",
    "fast_depends.Depends",
    "litestar.di.Provide",
)
"""Defaults of parameters that stand for what a function gives when the framework calls it."""
WIDGETS = _CHOOSERS | _FIELDS_FOR_TEXT
_RESOURCES = ("importlib.resources.files", "importlib_resources.files", "pkgutil.get_data")


def given_by(reader: Assignments, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing | None:
    """What does this call give? None where it is none of these functions."""
    dotted = callee.dotted
    if dotted in _RESOURCES:
        return _packaged(arguments.first(0), arguments, reader, node)
    if dotted in ("builtins.enumerate", "builtins.zip", "itertools.zip_longest", "itertools.cycle"):
        return _paired(arguments, dotted, reader, node)
    if dotted == "omegaconf.OmegaConf.merge":
        return next((t for t in arguments.things() if isinstance(t, Setting | Table | Instance)), None)
    if _IMPORTS.search(callee.attributes) and (name := text_of(arguments.first(0))) is not None:
        known = dotted == "importlib.import_module" or reader.calls.package_kind(name) is not None
        return Reference(name.replace(".", "/")) if known else None
    if dotted in _DEPENDS and (maker := arguments.first("dependency", 0)) is not None:
        return reader.each_call(maker, Arguments(), node)
    if dotted == "collections.namedtuple":
        return _named_tuple(arguments)
    if (made := _from_class(callee, arguments)) is not None:
        return made
    if (chosen := widget(callee.attributes.rpartition(".")[2], arguments, reader, node)) is not None:
        return chosen
    if (read := _by_path(callee, arguments)) is not None and reader.calls.package_kind(dotted) is None:
        return read
    return None


def tidy(path: str) -> str:
    """A path as the stack's own files are named: no `./`, no `../`, no leading slash."""
    return "/".join(part for part in path.split("/") if part not in ("", ".", ".."))


def _packaged(first: Thing | None, arguments: Arguments, reader: Assignments, node: ast.Call) -> Thing:
    """`importlib.resources.files("app")`: the folder of a package."""
    package = (text_of(first) or "").replace(".", "/") if first is not None else ""
    name = text_of(arguments.first(1)) or ""
    return OpenFile(Text(text=f"{package}/{name}".strip("/"), location=reader.place(node)))


def _paired(arguments: Arguments, dotted: str, reader: Assignments, node: ast.Call) -> Thing:
    """`enumerate(…)`, `zip(…)`: a list of pairs."""
    tables = [thing for thing, _ in arguments.positional]
    if dotted.endswith("cycle"):
        return tables[0] if tables else Unknown("nothing")
    if dotted.endswith("enumerate"):
        tables = [Unknown("a number"), *tables[:1]]
    columns: list[list[Thing]] = []
    for table in tables:
        if not isinstance(table, Table):
            columns.append([])
        elif table.is_list:
            columns.append(list(table.items.values()))
        else:
            columns.append([Text(text=printable(k), location=reader.place(node)) for k in table.items])
    count = min(16, max((len(column) for column in columns), default=0))
    rows: dict[str, Thing] = {}
    for at in range(count):
        parts = {str(i): c[at] if at < len(c) else Unknown("a part") for i, c in enumerate(columns)}
        rows[str(at)] = Table(dict(parts), is_list=True)
    return Table(rows, is_list=True) if rows else Unknown("pairs of something")


def _named_tuple(arguments: Arguments) -> Thing:
    """`collections.namedtuple("Config", "name size")`: a class."""
    fields = arguments.first(1, "field_names")
    names = (
        [text_of(t) or "" for t in fields.items.values()]
        if isinstance(fields, Table)
        else (text_of(fields) or "").replace(",", " ").split()
    )
    klass = Klass(text_of(arguments.first(0)) or "tuple", Instance(), order=names)
    klass.instance.klass = klass
    return klass


def _from_class(callee: Reference, arguments: Arguments) -> Thing | None:
    """`tyro.cli(Config)`, `OmegaConf.structured(Config)`: an object of a class of this file."""
    if callee.attributes.rpartition(".")[2] not in _TAKES_CLASS:
        return None
    klass = next((t for t in arguments.things() if isinstance(t, Klass)), None)
    return klass.instance if klass is not None else None


def widget(name: str, arguments: Arguments, reader: Assignments, node: ast.Call) -> Thing | None:
    """What the user of a web page may choose: `st.selectbox("Model", ["a", "b"])`."""
    if name in _CHOOSERS:
        options = arguments.first("options", 1)
        return elements(options, reader.place(node)) if isinstance(options, Table) else None
    if name in _FIELDS_FOR_TEXT:
        return arguments.first("value", 1)
    return None


def _by_path(callee: Reference, arguments: Arguments) -> Thing | None:
    """`load_config("app.yaml")` of another file or library: what stands in that file."""
    if not _READS_SETTINGS.search(callee.attributes):
        return None
    given = arguments.first(0, "settings_files", "settings_file", "path", "file", "filename", "config_path")
    if isinstance(given, Table) and given.items:
        given = next(iter(given.items.values()))
    path = given.path if isinstance(given, OpenFile) else given
    text = text_of(path) if is_value(path) else None
    return Setting(tidy(text)) if text is not None and _SETTINGS_FILE.search(text) else None
