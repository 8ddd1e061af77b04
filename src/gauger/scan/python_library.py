"""What do calls of Python's own library, of readers of the environment and of settings files give?"""

from __future__ import annotations

import ast

from gauger.core.text import printable
from gauger.scan.python_expressions import FORMAT_FIELD, Arguments, Expressions
from gauger.scan.python_merge import otherwise, path_of
from gauger.scan.python_objects import (
    Bound,
    OpenFile,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    either,
    is_value,
    text_of,
)
from gauger.scan.values import Either, Joined, Name, Text

_SAME = {
    "builtins.str", "builtins.list", "builtins.tuple", "builtins.sorted", "builtins.set", "builtins.iter",
    "builtins.next", "os.path.abspath", "os.path.realpath", "os.path.expanduser", "os.path.expandvars",
    "os.path.normpath", "os.fspath", "copy.copy", "copy.deepcopy", "json.dumps", "asyncio.run", "io.StringIO",
    "builtins.String", "builtins.JSON.stringify", "builtins.Object.freeze",
}  # fmt: skip
"""Calls that give what they were given, as far as it matters here."""
_FIELDS = ("Field", "field", "Option", "Argument", "Query", "Form")
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


def library_call(reader: Expressions, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing | None:
    """What does this call give? None where it is not a call of the libraries that are known here."""
    match callee:
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
        case _:
            return None


def _function(reader: Expressions, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing | None:
    dotted = callee.dotted
    first = arguments.first(0)
    plain = dotted.replace("()", "")
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
    if dotted in reader.calls.table.settings:
        return _settings(first)
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
    if dotted == "configparser.ConfigParser":
        return Setting("")
    return _object(reader, callee, arguments, node)


def _object(reader: Expressions, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing | None:
    dotted, first = callee.dotted, arguments.first(0)
    if dotted in ("builtins.dict", "types.SimpleNamespace"):
        items = dict(first.items) if isinstance(first, Table) else {}
        return Table(items | {name: thing for name, (thing, _) in arguments.keywords.items()})
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
        return Setting(_tidy(text_of(first.path) or ""))
    if is_value(first) and (text := text_of(first)) is not None and "\n" not in text and "{" not in text:
        return Setting(_tidy(text))
    return Unknown("parsed from something that is not a file of the stack")


def _tidy(path: str) -> str:
    """A path as the stack's own files are named: no `./`, no `../`, no leading slash."""
    return "/".join(part for part in path.split("/") if part not in ("", ".", ".."))


def _field(reader: Expressions, arguments: Arguments, node: ast.Call) -> Thing:
    """`Field(default, env=…)`, `field(default=…)`, `typer.Option(default, envvar=…)`."""
    place = reader.place(node)
    default = arguments.first("default", 0)
    alias = arguments.first("env", "envvar", "validation_alias", "alias")
    if isinstance(alias, Text):
        value = as_value(default, place) if default is not None and is_value(default) else None
        return Name(kind="environment", name=alias.text, location=place, default=value)
    return default if default is not None else Unknown("a field without a default")


def _of_table(
    reader: Expressions, table: Table, name: str, arguments: Arguments, node: ast.Call
) -> Thing | None:
    place = reader.place(node)
    if name in ("get", "pop", "setdefault"):
        key = text_of(arguments.first(0))
        found = reader.item(table, key, node)
        default = arguments.first(1, "default")
        return default if isinstance(found, Unknown) and default is not None else found
    if name == "values":
        return Table(dict(table.items), is_list=True)
    if name == "items":
        keys = either(
            [Text(text=printable(key), location=place) for key in list(table.items)[:16]]
            or [Text(text="", location=place)]
        )
        things = list(table.items.values())
        values = (
            either([as_value(t, place) for t in things[:16]])
            if things and all(map(is_value, things))
            else None
        )
        pair: dict[str, Thing] = {
            "0": keys,
            "1": values or (things[0] if things else Unknown("an empty dict")),
        }
        return Table({"0": Table(pair, is_list=True)}, is_list=True)
    if name in ("append", "add", "insert") and arguments.positional:
        table.items[str(len(table.items))] = arguments.positional[-1][0]
    if name == "update":
        first = arguments.first(0)
        table.items.update(first.items if isinstance(first, Table) else {})
        table.items.update({key: thing for key, (thing, _) in arguments.keywords.items()})
    return (
        table if name in ("copy", "append", "add", "insert", "update") else Unknown("computed from a table")
    )


def _of_setting(reader: Expressions, setting: Setting, arguments: Arguments, node: ast.Call) -> Thing:
    """`.get("key", default)`, and `.get("section", "key", fallback=…)` of a parsed INI file."""
    keys = [text_of(thing) for thing, _ in arguments.positional]
    if not keys or keys[0] is None:
        return setting
    fallback = arguments.first("fallback")
    found = setting.get(keys[0])
    if fallback is not None and len(keys) > 1 and keys[1] is not None:
        return otherwise(found.get(keys[1]), fallback, reader.place(node))
    default = arguments.first(1, "default")
    if default is None or not is_value(default):
        return found
    return otherwise(found, default, reader.place(node))


def _of_file(reader: Expressions, file: OpenFile, name: str, arguments: Arguments, node: ast.Call) -> Thing:
    if name in _SAME_FILE:
        return file
    if name == "joinpath":
        parts = [as_value(thing, reader.place(at)) for thing, at in arguments.positional]
        return OpenFile(path_of([file.path, *parts], reader.place(node)))
    return Unknown("computed from a path")


def _of_text(
    reader: Expressions, owner: Text | Name | Joined | Either, name: str, arguments: Arguments, node: ast.Call
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
