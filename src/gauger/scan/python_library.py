"""What do calls of Python's own library, of readers of the environment and of settings files give?"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import PurePosixPath

from gauger.core.text import printable
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_assign import Assignments
from gauger.scan.python_choice import OTHERWISE, choose
from gauger.scan.python_expressions import FORMAT_FIELD
from gauger.scan.python_given import WIDGETS, given_by, tidy, widget
from gauger.scan.python_merge import otherwise, path_of
from gauger.scan.python_objects import (
    Bound,
    Choice,
    Member,
    OpenFile,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)
from gauger.scan.values import Either, Joined, Name, Text, Value

_SAME = {
    "builtins.str", "builtins.list", "builtins.tuple", "builtins.sorted", "builtins.set", "builtins.next",
    "os.path.abspath", "os.path.realpath", "os.path.expanduser", "os.path.expandvars", "os.path.normpath",
    "os.fspath", "copy.copy", "copy.deepcopy", "json.dumps", "asyncio.run", "io.StringIO", "builtins.vars",
    "builtins.reversed", "builtins.dict.items", "shlex.split", "dataclasses.asdict", "dataclasses.replace",
    "click.Choice", "textwrap.dedent", "omegaconf.OmegaConf.to_container", "builtins.iter",
    "omegaconf.OmegaConf.create", "builtins.frozenset", "types.MappingProxyType", "asyncio.gather",
    "random.choice", "builtins.String", "builtins.JSON.stringify", "builtins.Object.freeze",
}  # fmt: skip
"""Calls that give what they were given, as far as it matters here."""
_KEY = re.compile(r"[\w.:-]{1,100}")
_FIELDS = ("Field", "field", "Option", "Argument", "Query", "Form", "parameter", "Body", "ib", "attrib")
_SAME_TEXT = {"strip", "rstrip", "lstrip", "encode", "decode", "get_secret_value", "removesuffix", "__str__"}
_SAME_FILE = {
    "read",
    "read_text",
    "read_bytes",
    "open",
    "resolve",
    "absolute",
    "expanduser",
    "as_posix",
    "readlines",
}
_READ_FILE = {"builtins.open", "io.open", "codecs.open", "aiofiles.open"}


def library_call(reader: Assignments, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing | None:
    """What does this call give? None where it is not a call of the libraries that are known here."""
    match callee:
        case Reference() if callee.attributes.endswith((".get", ".pop")) and is_value(
            arguments.first(1, "default")
        ):
            return _of_foreign(reader, callee, arguments, node)
        case Reference() if (item := _item_of_foreign(reader, callee, arguments)) is not None:
            return item
        case Reference():
            return _function(reader, callee, arguments, node)
        case Bound(owner=Table() as table):
            return _of_table(reader, table, callee.name, arguments, node)
        case Bound(owner=Setting() as setting):
            return _of_setting(reader, setting, arguments, node)
        case Bound(owner=OpenFile() as file):
            return _of_file(reader, file, callee.name, arguments, node)
        case Bound(owner=Text() | Name() | Joined() | Either() as owner):
            return _of_text(reader, owner, callee.name, arguments, node)
        case Member(owner=Unknown(), path="get" | "pop"):
            default = arguments.first(1, "default")
            unknown = Unknown("an item of something that is not known")
            return otherwise(unknown, default, reader.place(node)) if is_value(default) and default else None
        case Member(path=path) | Bound(name=path) if path.rpartition(".")[2] in WIDGETS:
            return widget(path.rpartition(".")[2], arguments, reader, node)
        case _:
            return None


def _of_foreign(reader: Assignments, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing | None:
    """`.get("model", "x")` of something that another file defines."""
    known = _function(reader, callee, arguments, node)
    key, default = text_of(arguments.first(0)), arguments.first(1, "default")
    if (
        known is not None
        or key is None
        or default is None
        or reader.calls.package_kind(callee.dotted) is not None
    ):
        return known
    owner = Reference(callee.module, callee.attributes.rpartition(".")[0])
    value = as_value(owner.get(key), reader.place(node))
    return otherwise(value, default, reader.place(node))


def _item_of_foreign(reader: Assignments, callee: Reference, arguments: Arguments) -> Reference | None:
    """`TABLE.get("key")` of a table of another file; None where it may be anything else."""
    owner, dot, method = callee.attributes.rpartition(".")
    key = text_of(arguments.first(0))
    if method != "get" or not dot or "(" in owner or key is None or len(arguments.things()) > 1:
        return None
    root = callee.module.partition("/")[0]
    known = (
        callee.dotted in reader.calls.table.environment
        or reader.calls.package_kind(callee.dotted) is not None
    )
    if known or root in sys.stdlib_module_names or _KEY.fullmatch(key) is None:
        return None
    return Reference(callee.module, f"{owner}.{key}")


def _function(reader: Assignments, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing | None:
    dotted = callee.dotted
    first = arguments.first(0)
    plain = dotted.replace("()", "")
    if plain == "os.environ.setdefault" and (name := text_of(first)) is not None:
        reader.set_environment(name, arguments.first(1) or Unknown(""), node, soft=True)
    if (
        plain in reader.calls.table.environment
        and (name := text_of(arguments.first(0, "key", "name"))) is not None
    ):
        variable = Name(kind="environment", name=printable(name, 200), location=reader.place(node))
        default = arguments.first(1, "default", "cast_default")
        return (
            otherwise(variable, default, reader.place(node))
            if default is not None and is_value(default)
            else variable
        )
    if plain == "os.environ.update" and isinstance(first, Table):
        for name, thing in first.items.items():
            reader.set_environment(name, thing, node, soft=False)
    if dotted in reader.calls.table.settings:
        return Reference("os", "environ") if plain == "dotenv.dotenv_values" else _settings(first)
    if dotted in _READ_FILE or dotted == "pathlib.Path" or dotted == "pathlib.PurePath":
        parts = [as_value(thing, reader.place(at)) for thing, at in arguments.positional]
        return OpenFile(path_of(parts[:1] if dotted in _READ_FILE else parts, reader.place(node)))
    if dotted == "os.path.join":
        return path_of(
            [as_value(thing, reader.place(at)) for thing, at in arguments.positional], reader.place(node)
        )
    if dotted == "os.path.dirname" and first is not None:
        return reader.member(
            first if isinstance(first, OpenFile) else OpenFile(as_value(first, reader.place(node))),
            "parent",
            node,
        )
    if dotted in _SAME and first is not None:
        return first
    if dotted == "typing.cast":
        return arguments.first(1)
    if dotted in ("configparser.ConfigParser", "configparser.RawConfigParser"):
        return Setting("", sections=True)
    return _object(reader, callee, arguments, node)


def _object(reader: Assignments, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing | None:
    dotted, first = callee.dotted, arguments.first(0)
    if dotted in ("builtins.dict", "types.SimpleNamespace"):
        items = dict(first.items) if isinstance(first, Table) else {}
        return Table(items | {name: thing for name, (thing, _) in arguments.keywords.items()})
    if (given := given_by(reader, callee, arguments, node)) is not None:
        return given
    if (
        dotted == "builtins.getattr"
        and first is not None
        and (name := text_of(arguments.first(1))) is not None
    ):
        found = reader.member(first, name, node)
        default = arguments.first(2)
        return otherwise(found, default, reader.place(node)) if default is not None else found
    if callee.attributes.endswith("ConfigDict"):
        return Table({name: thing for name, (thing, _) in arguments.keywords.items()})
    if callee.attributes.rpartition(".")[2] in _FIELDS:
        return _field(reader, arguments, node)
    return None


def _settings(first: Thing | None) -> Thing:
    if isinstance(first, OpenFile):
        return Setting(tidy(text_of(first.path) or ""))
    if isinstance(first, Text | Name) and (parsed := _parsed(first)) is not None:
        return parsed
    if is_value(first) and (text := text_of(first)) is not None and "\n" not in text and "{" not in text:
        return Setting(tidy(text))
    return Unknown("parsed from something that is not a file of the stack")


def _parsed(value: Value) -> Table | None:
    """`json.loads(os.getenv("MODELS", '["a", "b"]'))`: the texts of a list that is written out."""
    while isinstance(value, Name) and value.default is not None:
        value = value.default
    if not isinstance(value, Text) or not value.text.startswith("["):
        return None
    texts = re.findall(r'"([^"\\]{1,200})"', value.text)[:64]
    items: dict[str, Thing] = {
        str(i): Text(text=text, location=value.location) for i, text in enumerate(texts)
    }
    return Table(items, is_list=True)


def _field(reader: Assignments, arguments: Arguments, node: ast.Call) -> Thing:
    """`Field(default, env=…)`, `field(default=…)`, `typer.Option(default, envvar=…)`."""
    place = reader.place(node)
    default = arguments.first("default", 0)
    factory = arguments.first("default_factory", "factory")
    if factory is not None and (default is None or isinstance(default, Unknown)):
        default = reader.each_call(factory, Arguments(), node)
    alias = arguments.first("env", "envvar", "validation_alias", "alias")
    if isinstance(alias, Text):
        value = as_value(default, place) if default is not None and is_value(default) else None
        return Name(kind="environment", name=alias.text, location=place, default=value)
    return default if default is not None else Unknown("a field without a default")


def _of_table(
    reader: Assignments, table: Table, name: str, arguments: Arguments, node: ast.Call
) -> Thing | None:
    place = reader.place(node)
    if name in ("get", "pop", "setdefault"):
        key = text_of(arguments.first(0))
        found = reader.item(table, key, node, node.args[0] if node.args else None)
        default = arguments.first(1, "default")
        if isinstance(found, Unknown):
            return default if default is not None else found
        if key is None and default is not None and isinstance(found, Choice):
            return choose(found.group, {**found.options, OTHERWISE: default})
        return found
    if name == "values":
        return Table(dict(table.items), is_list=True)
    if name == "items":
        pairs: dict[str, Thing] = {
            key: Table({"0": Text(text=printable(key), location=place), "1": thing}, is_list=True)
            for key, thing in list(table.items.items())[:16]
        }
        return Table(pairs, is_list=True)
    if name == "keys":
        texts = {k: Text(text=printable(k), location=place) for k in list(table.items)[:64]}
        return Table(dict(texts), is_list=True)
    if name in ("append", "add", "insert") and arguments.positional:
        table.where[str(len(table.items))] = arguments.positional[-1][1]
        table.items[str(len(table.items))] = arguments.positional[-1][0]
    if name == "update":
        first = arguments.first(0)
        table.items.update(first.items if isinstance(first, Table) else {})
        table.items.update({key: thing for key, (thing, _) in arguments.keywords.items()})
    return (
        table
        if name in ("encode", "decode", "copy", "append", "add", "insert", "update")
        else Unknown("computed from a table")
    )


def _of_setting(reader: Assignments, setting: Setting, arguments: Arguments, node: ast.Call) -> Thing:
    """`.get("key", default)`, and `.get("section", "key", fallback=…)` of a parsed INI file."""
    keys = [text_of(thing) for thing, _ in arguments.positional]
    if not keys or keys[0] is None:
        return setting
    fallback = arguments.first("fallback")
    found = setting.get(keys[0])
    if setting.sections and len(keys) > 1 and keys[1] is not None and fallback is None:
        return found.get(keys[1])
    if fallback is not None and len(keys) > 1 and keys[1] is not None:
        return otherwise(found.get(keys[1]), fallback, reader.place(node))
    default = arguments.first(1, "default")
    if default is None or not is_value(default):
        return found
    return otherwise(found, default, reader.place(node))


def _of_file(reader: Assignments, file: OpenFile, name: str, arguments: Arguments, node: ast.Call) -> Thing:
    if name in _SAME_FILE:
        return file
    if name in ("with_name", "with_suffix", "with_stem") and (text := text_of(file.path)) is not None:
        given = text_of(arguments.first(0))
        if given is None or not PurePosixPath(text).name or "/" in given:
            return Unknown("computed from a path")
        try:
            made = str(getattr(PurePosixPath(text), name)(given))
        except ValueError:
            return Unknown("computed from a path")
        return OpenFile(Text(text=made, location=reader.place(node)))
    if name == "joinpath":
        parts = [as_value(thing, reader.place(at)) for thing, at in arguments.positional]
        return OpenFile(path_of([file.path, *parts], reader.place(node)))
    return Unknown("computed from a path")


def _of_text(
    reader: Assignments, owner: Text | Name | Joined | Either, name: str, arguments: Arguments, node: ast.Call
) -> Thing:
    text, place = text_of(owner), reader.place(node)
    if name in _SAME_TEXT:
        return owner
    if name == "format" and text is not None:
        fields: dict[str, Thing] = {str(i): thing for i, (thing, _) in enumerate(arguments.positional)}
        fields |= {key: thing for key, (thing, _) in arguments.keywords.items()}
        return reader.filled(text, FORMAT_FIELD, fields, place)
    if name == "join" and text is not None and isinstance(table := arguments.first(0), Table):
        parts = [as_value(thing, place) for thing in table.items.values()]
        return path_of(parts, place) if text == "/" else Unknown("joined texts")
    if text is not None and name in ("lower", "upper"):
        return Text(text=getattr(text, name)(), location=place)
    if text is not None and name == "replace" and len(arguments.positional) == 2:
        old, new = text_of(arguments.first(0)), text_of(arguments.first(1))
        if old is not None and new is not None:
            return Text(text=printable(text.replace(old, new)), location=place)
    return Unknown(f"the text changed by {name}")
