"""What do calls give that read settings and options, format texts, or fill tables?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gauger.core.text import printable
from gauger.scan.collector import Binding
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_objects import (
    Function,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)
from gauger.scan.typed_objects import Made, State
from gauger.scan.typed_take import TypedTake
from gauger.scan.typed_words import (
    DEFAULTS,
    FORMATS,
    MODEL_KEYS,
    PUTS,
    SERIALISERS,
    WRAPPERS,
)
from gauger.scan.values import Either, Joined, Name, Opaque, Text

_FORMAT_FIELD = re.compile(r"%%|%-?\d*(?:\((\w+)\))?[sdvqf]")
_BRACE_FIELD = re.compile(r"\{\{|\}\}|\{(\d+)[^{}]*\}")
_OPTION = re.compile(
    r"(?:^|\.)(?:flag|pflag|flags|Flags\(\)|PersistentFlags\(\))\.String(Var)?(P)?$|\.StringVar(P)?$()"
)
_KEY = re.compile(r"[\w.:-]{2,120}")


class TypedValues(TypedTake):
    """Reads one file: values that go through methods and functions."""

    def of_translation(self, name: str, arguments: Arguments, node: ast.Call) -> Thing | None:
        """Calls that the translators write: settings, environment names, pairs, loops."""
        first, text = arguments.first(0), text_of(arguments.first(0))
        if name == "environment_value" and text:
            variable = Name(kind="environment", name=printable(text, 200), location=self.place(node))
            return self.with_default(variable, arguments.first(1), node)
        if name == "setting_value" and text:
            return self.setting(text, arguments, node)
        if name == "option_value" and text:
            default = arguments.first(1)
            value = as_value(default, self.place(node)) if default is not None else None
            return Name(kind="variable", name=printable(text, 100), location=self.place(node), default=value)
        if name == "pair_of":
            return Table({str(i): thing for i, (thing, _) in enumerate(arguments.positional)}, is_list=True)
        if name == "loop_values" and isinstance(first, Table) and not first.is_list:
            return Table(dict(enumerate_items(first)), is_list=True)
        return first if name == "loop_values" else None

    def command_option(self, path: str, arguments: Arguments, node: ast.Call) -> Thing | None:
        """What do options of a command line give: `flag.String("model", "x", "…")`, pflag's, viper's?

        Source: https://pkg.go.dev/flag, https://pkg.go.dev/github.com/spf13/pflag and
            https://pkg.go.dev/github.com/spf13/viper
        """
        found = _OPTION.search(path)
        texts = [text_of(thing) for thing, _ in arguments.positional]
        if path.endswith("viper.SetDefault") and len(texts) > 1 and texts[0]:
            thing, at = arguments.positional[1]
            place = self.place(at)
            if is_value(thing) and not self.quiet:
                name = f"{self.path}#{texts[0]}"
                value = as_value(thing, place)
                self.passed_on.append(
                    Binding(kind="setting", name=name, value=value, location=place, overridable=True)
                )
            return Unknown("None")
        if found is None:
            return None
        first = 1 if found[1] else 0
        default = first + (2 if found[2] else 1)
        if len(texts) <= default or not texts[first]:
            return None
        place = self.place(node)
        given = arguments.positional[default][0]
        usable = is_value(given) and text_of(given) != ""
        why = f"the command line option --{texts[first]} has no default"
        flag = Name(
            kind="variable",
            name=f"--{texts[first]}",
            location=place,
            default=as_value(given, place) if usable else Opaque(why=why, location=place),
        )
        if first and isinstance(node.args[0], ast.Name | ast.Attribute):
            self.assign(node.args[0], flag, self.current)
        return flag

    def setting(self, key: str, arguments: Arguments, node: ast.Call) -> Thing:
        """A key of a settings file, with the default that the code gives."""
        if not _KEY.fullmatch(key):
            return Unknown("a setting whose key is computed")
        if "_" in key and re.fullmatch(r"[A-Z][A-Z0-9_]+", key):
            variable = Name(kind="environment", name=key, location=self.place(node))
            return self.with_default(variable, arguments.first(1), node)
        setting = Setting("", tuple(re.split(r"[.:]|__", key)))
        default = arguments.first(1)
        usable = default is not None and is_value(default)
        return self.or_else(setting, default, self.place(node)) if usable and default is not None else setting

    def with_default(self, variable: Name, default: Thing | None, node: ast.Call) -> Thing:
        """A name with what holds when nothing defines it."""
        thing = self.given(default)
        return (
            self.or_else(variable, thing, self.place(node))
            if thing is not None and is_value(thing)
            else variable
        )

    def given(self, thing: Thing | None) -> Thing | None:
        """What an argument comes to: a closure gives what it returns, a mere wrapper what it holds."""
        if isinstance(thing, Function):
            thing = self.apply(thing, Arguments())
        if isinstance(thing, Made) and not thing.state.keys and thing.state.text is not None:
            return thing.state.text
        return thing

    def formatted(self, arguments: Arguments, node: ast.Call) -> Thing | None:
        """`fmt.Sprintf("%s-%d", a, b)`, `string.Format("{0}", a)`; None where there is no pattern."""
        pattern = text_of(arguments.first(0))
        if pattern is None:
            return None
        fields = {str(i): self.given(t) or t for i, (t, _) in enumerate(arguments.positional[1:])}
        braces = _BRACE_FIELD.search(pattern) is not None and "%" not in pattern
        return self.filled(pattern, _BRACE_FIELD if braces else _FORMAT_FIELD, fields, self.place(node))

    def of_text(
        self, owner: Text | Name | Joined | Either, name: str, arguments: Arguments, node: ast.Call
    ) -> Thing:
        """A method of a text: a default, a pattern, or the same text in another dress."""
        first = self.given(arguments.first(0))
        place = self.place(node)
        if name in DEFAULTS:
            return self.or_else(owner, first, place) if first is not None and is_value(first) else owner
        if name in FORMATS and (pattern := text_of(owner)) is not None:
            fields = {str(i): self.given(t) or t for i, (t, _) in enumerate(arguments.positional)}
            return self.filled(pattern, _FORMAT_FIELD, fields, place)
        text = text_of(owner)
        if text is not None and name in ("replace", "Replace") and len(arguments.positional) == 2:
            old, new = text_of(first), text_of(arguments.first(1))
            if old is not None and new is not None:
                return Text(text=printable(text.replace(old, new)), location=place)
        if name in ("concat", "plus", "join") and first is not None:
            return self.joined_values([owner, first], place)
        lowered = name.lower().replace("_", "")
        if text is not None and lowered in ("tolowercase", "tolower", "lower"):
            return Text(text=text.lower(), location=place)
        plain = not arguments.positional or isinstance(arguments.first(0), Function) or name in WRAPPERS
        plain = plain or name in (
            "expect",
            "context",
            "trimEnd",
            "TrimEnd",
            "trim_end_matches",
            "filter",
            "map",
        )
        return owner if plain or name in SERIALISERS else Unknown(f"the text changed by {name}")

    def of_setting(self, owner: Setting, name: str, arguments: Arguments, node: ast.Call) -> Thing:
        """`section["key"]`, `section.GetValue("key", default)`."""
        key, default = text_of(arguments.first(0)), arguments.first(1)
        if name in DEFAULTS:
            first = self.given(arguments.first(0))
            return self.or_else(owner, first, self.place(node)) if first is not None else owner
        keys = owner.keys[:-1] if owner.keys[-1:] == (name,) else owner.keys
        if key is None:
            return Setting(owner.file, keys)
        found = Setting(owner.file, (*keys, *re.split(r"[.:]", key)))
        return (
            self.or_else(found, default, self.place(node))
            if is_value(default) and default is not None
            else found
        )

    def of_table(self, table: Table, name: str, arguments: Arguments, node: ast.Call) -> Thing:
        """`map.put("model", x)`, `map.get("model")`."""
        key = text_of(arguments.first(0))
        if name in PUTS and key is not None and len(arguments.positional) > 1:
            self.put(table, key, *arguments.positional[1])
            return table
        if name.lower() in ("get", "getordefault", "getvalue", "get_mut", "trygetvalue") and key is not None:
            found = self.item(table, key, node)
            return found if not isinstance(found, Unknown) else (arguments.first(1) or found)
        if name in (
            "first",
            "First",
            "iter",
            "into_iter",
            "ToList",
            "toList",
            "values",
            "as_slice",
            *SERIALISERS,
        ):
            return table
        if name.lower() in ("add", "append", "push") and arguments.positional:
            table.items[str(len(table.items))] = arguments.positional[-1][0]
        return Unknown("computed from a table") if name in ("size", "len", "Count") else table

    def is_table(self, callee: Reference, last: str, arguments: Arguments) -> bool:
        """`Map.of("a", b)`, `mapOf("a" to b)`."""
        first = arguments.first(0)
        pair = isinstance(first, Table) and first.is_list
        return (last == "mapOf" and pair) or callee.attributes.endswith(("Map.of", "Map.ofEntries"))

    def table_of(self, arguments: Arguments) -> Thing:
        """A table of pairs, or of keys and values in turn."""
        table = Table()
        things = [thing for thing, _ in arguments.positional]
        at = [where for _, where in arguments.positional]
        if things and all(isinstance(t, Table) and t.is_list for t in things):
            for thing, where in zip(things, at, strict=True):
                if isinstance(thing, Table) and (key := text_of(thing.items.get("0"))) is not None:
                    inner = where.args[1] if isinstance(where, ast.Call) and len(where.args) > 1 else where
                    self.put(table, key, thing.items.get("1", Unknown("None")), inner)
            return table
        for i in range(0, len(things) - 1, 2):
            if (key := text_of(things[i])) is not None:
                self.put(table, key, things[i + 1], at[i + 1])
        return table

    def put(self, table: Table, key: str, thing: Thing, at: ast.expr) -> None:
        """A key of a table that may be the body of a request."""
        table.items[key] = thing
        if key in MODEL_KEYS:
            self.model_in(self.body_state(table), self.given(thing), at, api=f"{key}:", weak=True)

    def put_model(self, arguments: Arguments, name: str) -> None:
        """`put("model", x)` on something that is not known."""
        key = text_of(arguments.first(0))
        if key in MODEL_KEYS and len(arguments.positional) > 1:
            thing, at = arguments.positional[1]
            self.model_in(State(""), self.given(thing), at, api=f"{name}({key!r})", weak=True)


def enumerate_items(table: Table) -> Iterator[tuple[str, Thing]]:
    """The values of a table by position."""
    yield from ((str(i), thing) for i, thing in enumerate(table.items.values()))
