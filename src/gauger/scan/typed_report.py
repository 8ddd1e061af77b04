"""Which calls of a Go, Java, Kotlin, C# or Rust file take a model, and through which client do they go?

These languages build requests: an options object, a builder, a struct. The model is written there, the address
at the client, and the two meet in a call. So every object of a library that takes models is followed
(`typed_objects`), and who serves a model is decided when the whole file was read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from gauger.core.inventory import Role
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate
from gauger.scan.model_words import could_be_model, model_word
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_objects import (
    Bound,
    Function,
    Instance,
    Klass,
    Member,
    Reference,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)
from gauger.scan.python_table import CallSite, NamespaceHint
from gauger.scan.typed_objects import Made, State
from gauger.scan.typed_program import TypedProgram
from gauger.scan.typed_words import (
    DEFAULT_FUNCTIONS,
    DEFAULTS,
    FORMATS,
    GETTERS,
    MAPS,
    MODEL_KEYS,
    PUTS,
    SERIALISERS,
    SETTING_OWNERS,
    SETTING_READERS,
    WRAPPERS,
    snake,
)
from gauger.scan.values import Either, Joined, Name, Opaque, Text, Value

_FORMAT_FIELD = re.compile(r"%%|%-?\d*(?:\((\w+)\))?[sdvqf]")
_BRACE_FIELD = re.compile(r"\{\{|\}\}|\{(\d+)[^{}]*\}")
_POSTS = re.compile(
    r"^(?:post|put|uri|url|newrequest\w*|request|execute|send|resource|to|patch|target)(?:async|asjson\w*|json)?$"
)
_OPTION = re.compile(
    r"(?:^|\.)(?:flag|pflag|flags|Flags\(\)|PersistentFlags\(\))\.String(Var)?(P)?$|\.StringVar(P)?$()"
)
_KEY = re.compile(r"[\w.:-]{2,120}")
_HTTP = "http"
_TOLD = (Setting, Reference, Unknown)


class TypedReport(TypedProgram):
    """Reads one file that was translated and writes down its uses. See `Report`."""

    def call(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:
        """What calling this gives."""
        match callee:
            case Member(owner=Made() as made):
                return self.of_made(made, callee.path, arguments, node)
            case Made():
                return callee
            case Function():
                self.record(callee, arguments)
                return self.apply(callee, arguments)
            case Klass():
                return self.constructed(callee, arguments)
            case Reference():
                return self.of_name(callee, arguments, node)
            case Bound(owner=Text() | Name() | Joined() | Either() as owner):
                return self.of_text(owner, callee.name, arguments, node)
            case Bound(owner=Setting() as owner):
                return self.of_setting(owner, callee.name, arguments, node)
            case Bound(owner=Table() as table):
                return self.of_table(table, callee.name, arguments, node)
            case Bound(owner=Klass() as klass):
                return klass.instance
            case Bound(owner=Function() as function):
                return self.apply(function, arguments)
            case Bound(owner=Instance() as instance):
                return self.of_unclear(callee.name, arguments, node, self.state_of(instance))
            case Setting():
                return self.of_setting(callee, callee.keys[-1] if callee.keys else "", arguments, node)
            case Member(owner=Unknown() as unknown):
                return self.of_unclear(callee.path, arguments, node, None) or Unknown(unknown.why)
            case _:
                return self.of_unclear("", arguments, node, None)

    # Calls of names.

    def of_name(self, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing:
        """A call of something imported, or of a name that another file of the stack may define."""
        plain = callee.dotted.replace("()", "")
        if callee.module == "builtins" and (known := self.of_translation(callee.attributes, arguments, node)):
            return known
        if plain in self.calls.table.environment and (name := text_of(arguments.first(0))) is not None:
            variable = Name(kind="environment", name=printable(name, 200), location=self.place(node))
            return self.with_default(variable, arguments.first(1), node)
        kind = self.kind_of(callee.dotted)
        if kind is not None:
            return self.of_library(callee, arguments, node)
        if (option := self.option(callee.dotted, arguments, node)) is not None:
            return option
        last = callee.attributes.rpartition(".")[2] or callee.module.rpartition("/")[2]
        if (
            last in SETTING_READERS
            and SETTING_OWNERS.search(callee.dotted)
            and (key := text_of(arguments.first(0)))
        ):
            return self.setting(key, arguments, node)
        return self.of_stranger_named(callee, last, arguments, node)

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

    def option(self, path: str, arguments: Arguments, node: ast.Call) -> Thing | None:
        """`flag.String("model", "x", "…")`, `flags.StringVarP(&model, "model", "m", "x", "…")`, viper's defaults.

        Source: https://pkg.go.dev/flag, https://pkg.go.dev/github.com/spf13/pflag, https://pkg.go.dev/github.com/spf13/viper
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
        value = as_value(given, place) if is_value(given) and text_of(given) != "" else None
        why = f"the command line option --{texts[first]} has no default"
        flag = Name(
            kind="variable",
            name=f"--{texts[first]}",
            location=place,
            default=value or Opaque(why=why, location=place),
        )
        if first and isinstance(node.args[0], ast.Name | ast.Attribute):
            self.assign(node.args[0], flag, self.here)
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

    def of_stranger_named(self, callee: Reference, last: str, arguments: Arguments, node: ast.Call) -> Thing:
        """A call of a name that no library in the table has."""
        place = self.place(node)
        values = [self.given(thing) for thing, _ in arguments.positional]
        if last in DEFAULT_FUNCTIONS and len(values) > 1 and values[0] is not None:
            result = values[-1] or Unknown("None")
            for thing in reversed(values[:-1]):
                result = self.or_else(thing or Unknown("None"), result, place)
            return result
        if last in FORMATS and (found := self.formatted(arguments, node)) is not None:
            return found
        if last in MAPS or (last in ("of", "mapOf", "ofEntries") and self.is_table(callee, last, arguments)):
            return self.table_of(arguments, node)
        if last in ("append", "listOf", "of", "asList") and len(values) > 1:
            return Table({str(i): v for i, v in enumerate(values) if v is not None}, is_list=True)
        carried = self.carried(arguments)
        is_foreign = (
            callee.module != self.module and "/" in callee.module and "." not in callee.module.split("/")[0]
        )
        if carried is not None and (last in SERIALISERS or last in WRAPPERS or is_foreign):
            return carried
        owner = callee.attributes.split(".")[-2:-1]
        if len(values) in (1, 2) and (last in WRAPPERS or (owner and owner[0] in WRAPPERS)):
            return values[0] or Unknown("None")
        for thing, _ in arguments.positional:
            if isinstance(thing, Function) and not self.needs(thing):
                inner = self.apply(thing, Arguments())
                if is_value(inner) or isinstance(inner, Made | Table):
                    return inner
        if not arguments.positional and not arguments.keywords and last in GETTERS and owner:
            return Reference(callee.module, callee.attributes.rpartition(".")[0])
        if last in self.calls.table.client_methods or self.calls.method("", last) is not None:
            return self.of_elsewhere(callee, last, arguments, node)
        return self.of_stack(callee, last, arguments, node)

    def formatted(self, arguments: Arguments, node: ast.Call) -> Thing | None:
        """`fmt.Sprintf("%s-%d", a, b)`, `string.Format("{0}", a)`; None where the first argument is no pattern."""
        pattern = text_of(arguments.first(0))
        if pattern is None:
            return None
        fields = {str(i): self.given(t) or t for i, (t, _) in enumerate(arguments.positional[1:])}
        braces = _BRACE_FIELD.search(pattern) is not None and "%" not in pattern
        return self.filled(pattern, _BRACE_FIELD if braces else _FORMAT_FIELD, fields, self.place(node))

    def needs(self, function: Function) -> bool:
        """Does a closure take something that matters?"""
        names = [a.arg for a in function.node.args.args]
        return bool(names) and names != ["it"]

    def is_table(self, callee: Reference, last: str, arguments: Arguments) -> bool:
        """`Map.of("a", b)`, `mapOf("a" to b)`."""
        first = arguments.first(0)
        pair = isinstance(first, Table) and first.is_list
        return (last == "mapOf" and pair) or callee.attributes.endswith(("Map.of", "Map.ofEntries"))

    def table_of(self, arguments: Arguments, node: ast.Call) -> Thing:
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

    def of_stack(self, callee: Reference, last: str, arguments: Arguments, node: ast.Call) -> Thing:
        """A function or class of another file of the stack, perhaps."""
        self.hand_over(callee, arguments, node)
        state = State(callee.dotted)
        for name, (thing, at) in arguments.keywords.items():
            if (name in MODEL_KEYS or model_word(name) is not None) and text_of(thing) is not None:
                self.model_in(state, thing, at, api=f"{last}({name}=)", weak=True)
        if last in PUTS:
            self.put_model(arguments, node, last)
        return Made(state) if state.keys else callee.called()

    def hand_over(self, callee: Reference, arguments: Arguments, node: ast.Call) -> None:
        """Tell the file that defines this function or class what it is given."""
        if self.quiet or "()" in callee.attributes:
            return
        site = f"{self.path}:{node.lineno}:{node.col_offset}"
        pairs = [(f"(#{i})", thing, at) for i, (thing, at) in enumerate(arguments.positional[:6])]
        for name, (thing, at) in arguments.keywords.items():
            pairs += [(f"({name})", thing, at), (f".{name}", thing, at)]
        for suffix, thing, at in pairs:
            symbol = f"{callee.symbol}{suffix}"
            if isinstance(thing, Made):
                if (address := thing.endpoint) is not None:
                    self.bind(f"{symbol}#endpoint", address, at, site)
            elif is_value(thing) and (text_of(thing) is None or could_be_model(text_of(thing) or "")):
                self.bind(symbol, thing, at, site)

    def put_model(self, arguments: Arguments, node: ast.Call, name: str) -> None:
        """`put("model", x)` on something that is not known."""
        key = text_of(arguments.first(0))
        if key in MODEL_KEYS and len(arguments.positional) > 1:
            thing, at = arguments.positional[1]
            self.model_in(State(""), self.given(thing), at, api=f"{name}({key!r})", weak=True)

    def of_elsewhere(self, callee: Reference, last: str, arguments: Arguments, node: ast.Call) -> Thing:
        """A method by which a client is known, of an object that another file or a parameter defines."""
        owner = callee.attributes.rpartition(".")[0].replace(".()", "()")
        symbol = f"{callee.module}:{owner}"
        nothing = Text(text="", location=self.place(node))
        endpoint = Name(kind="symbol", name=f"{symbol}#endpoint", location=self.place(node), default=nothing)
        client = Name(kind="symbol", name=f"{symbol}#client", location=self.place(node))
        return self.of_unclear(last, arguments, node, State("", endpoint=endpoint, client_name=client))

    def of_unclear(self, path: str, arguments: Arguments, node: ast.Call, state: State | None) -> Thing:
        """A method of an object that is not known: the method's name and what it is given may tell."""
        last = path.rpartition(".")[2]
        if (option := self.option(path, arguments, node)) is not None:
            return option
        state = state or State("")
        site = self.calls.method("", last) if last in self.calls.table.client_methods else None
        if last in SETTING_READERS and SETTING_OWNERS.search(path) and (key := text_of(arguments.first(0))):
            return self.setting(key, arguments, node)
        if site is not None:
            self.take(State(last, client=site.client), last, site, arguments, node)
        elif last in self.calls.table.client_methods or last in ("",) or _POSTS.match(last.lower()):
            self.adopt_all(state, arguments, node)
        if last in PUTS:
            self.put_model(arguments, node, last)
        carried = self.carried(arguments)
        if carried is not None and (last in SERIALISERS or last in WRAPPERS):
            return carried
        for thing, _ in arguments.positional:
            if isinstance(thing, Function) and not self.needs(thing):
                inner = self.apply(thing, Arguments())
                if isinstance(inner, Made):
                    return inner
        return Unknown("what a call gives")

    # Calls on what is known.

    def constructed(self, klass: Klass, arguments: Arguments) -> Thing:
        """An object of a class of this file; one with a model may be the body of a request."""
        made = self.construct(klass, arguments)
        for name, (thing, at) in arguments.keywords.items():
            if name in MODEL_KEYS:
                state = self.body_state(made) if isinstance(made, Instance) else State("")
                if self.given(thing) is not None and text_of(self.given(thing)) is not None:
                    self.model_in(state, self.given(thing), at, api=f"{klass.name}({name}=)", weak=True)
        if isinstance(made, Instance):
            for thing, _ in (*arguments.positional, *arguments.keywords.values()):
                if (part := self.state_of(thing)) is not None and part.keys and id(made) in self.bodies:
                    self.bodies[id(made)][1].adopt(part)
        return made

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

    def of_library(self, callee: Reference, arguments: Arguments, node: ast.Call) -> Thing:
        """A function or class of a library that takes models, or that sends requests."""
        dotted = callee.dotted
        made = Made(State(dotted, client=self.client_of(dotted)))
        self.take(made.state, dotted.rpartition(".")[2], self.calls.call(dotted), arguments, node)
        return made

    def of_made(self, made: Made, path: str, arguments: Arguments, node: ast.Call) -> Thing:
        """A method of such an object; most give the object back, or one that goes the same way."""
        last = path.rpartition(".")[2]
        state = made.state
        site = self.calls.method(state.dotted, path) or self.calls.method(state.dotted, last)
        if last in DEFAULTS:
            return made
        if site is not None and site.client:
            own = State(f"{state.dotted}.{last}", client=site.client)
            self.take(own, last, site, arguments, node)
            return made
        if last in PUTS and text_of(arguments.first(0)) in MODEL_KEYS and len(arguments.positional) > 1:
            thing, at = arguments.positional[1]
            self.model_in(state, self.given(thing), at, api=f"{last}('model')", weak=True)
            return made
        self.take(state, path, site, arguments, node)
        return made

    def take(
        self, state: State, path: str, site: CallSite | None, arguments: Arguments, node: ast.Call
    ) -> None:
        """Write down what a call gives to an object: its model, its address, other objects."""
        self.adopt_all(state, arguments, node)
        last = path.rpartition(".")[2]
        word = snake(last)
        named = {snake(name): pair for name, pair in arguments.keywords.items()}
        self.address_in(state, last, word, named, arguments, node)
        if state.text is None and arguments.positional and not state.keys:
            first = self.given(arguments.positional[0][0])
            state.text = first if is_value(first) or isinstance(first, _TOLD) else None
        if self.kind_of(state.dotted) == _HTTP:
            return
        for thing, at, name in self.models_in(site, last, named, arguments):
            api = f"{state.dotted}.{path}" if not state.dotted.endswith(path) else state.dotted
            role = site.role if site is not None and site.role else self.calls.role(api, str(name))
            namespace = site.namespace if site is not None and site.namespace is not None else None
            weak = site.weak if site is not None else False
            self.model_in(state, thing, at, api=api, weak=weak, role=role, namespace=namespace)

    def models_in(
        self, site: CallSite | None, last: str, named: dict[str, tuple[Thing, ast.expr]], arguments: Arguments
    ) -> Iterator[tuple[Thing, ast.expr, str | int]]:
        """The arguments that hold a model."""
        if site is not None:
            for wanted in site.model:
                found = named.get(wanted) if isinstance(wanted, str) else arguments.find(wanted)
                if found is not None:
                    yield self.given(found[0]) or found[0], found[1], wanted
                    return
            if not site.model:
                return
        for name, (thing, at) in named.items():
            if self.calls.names_model(name):
                yield self.given(thing) or thing, at, name
        word = snake(last)
        if self.calls.names_model(word) and arguments.positional and not named:
            thing, at = arguments.positional[0]
            model = self.given(thing) or thing
            told = text_of(model) is not None or self.is_constant(model)
            if told or (len(arguments.positional) == 1 and not (last[:1].isupper() and isinstance(model, Reference))):
                yield model, at, word

    def address_in(
        self,
        state: State,
        last: str,
        word: str,
        named: dict[str, tuple[Thing, ast.expr]],
        arguments: Arguments,
        node: ast.Call,
    ) -> None:
        """The address that a call gives to an object."""
        place = self.place(node)
        addresses = self.calls.table.addresses
        found = next((named[name][0] for name in addresses if name in named), None)
        if found is None and word in addresses and arguments.positional:
            found = arguments.positional[0][0]
        http = self.kind_of(state.dotted) == _HTTP and bool(_POSTS.match(last.lower().replace("_", "")))
        for thing, at in arguments.positional if found is None else ():
            value = self.given(thing)
            text = text_of(value)
            if text is not None and re.match(r"https?://", text):
                found = value
                break
            is_uri = isinstance(at, ast.Call) and re.search(r"(?i)ur[il]", ast.unparse(at.func)[-24:])
            if (is_uri or (http and text is None)) and isinstance(
                value, Name | Joined | Either | Setting | Reference
            ):
                found = value
                break
        value = self.given(found)
        if value is not None and (is_value(value) or isinstance(value, Setting | Reference)):
            address = as_value(value, place)
            if not isinstance(address, Opaque):
                state.endpoint = address

    def adopt_all(self, state: State, arguments: Arguments, node: ast.Call) -> None:
        """Objects that a call is given go the way of the object that it is called on."""
        for thing, _ in (*arguments.positional, *arguments.keywords.values()):
            if isinstance(thing, Function):
                passed = Arguments()
                passed.positional.append((Made(state), node))
                self.record(thing, passed)
                inner = self.apply(thing, passed)
                thing = inner if isinstance(inner, Made) else thing
            for part in self.states_in(thing):
                if part.dotted != "body" or not self.is_learning():
                    state.adopt(part)

    def model_in(
        self,
        state: State,
        thing: Thing | None,
        at: ast.expr,
        *,
        api: str,
        weak: bool = False,
        role: Role | None = None,
        namespace: NamespaceHint | None = None,
    ) -> None:
        """Write a model down, with the object to which it was given."""
        if thing is None or not self.takes_model(thing, weak=weak):
            return
        place = self.place(at)
        kind = self.kind_of(state.dotted)
        own: NamespaceHint = namespace if namespace is not None else kind if kind not in (None, _HTTP) else ""  # type: ignore[assignment]
        key = (place.line, place.column, "" if weak else str(role or "inference"))
        if key not in state.keys:
            state.keys.append(key)
        if not self.is_learning():
            self.homes.setdefault(key, []).append(state)
        model = self.library_constant(thing, at) if self.is_constant(thing) else as_value(thing, place)
        candidate = Candidate(
            surface=self.surface,
            api=printable(api, 160),
            location=place,
            written=self.written(at),
            model=model,
            client=self.client_of(thing.dotted) if isinstance(thing, Reference) else "",
            role=role or "inference",
            namespace=own or ("api" if weak and state.dotted in ("", "body") else ""),
            weak=weak,
        )
        self.note(thing, at, key, candidate, weak=weak)

    def takes_model(self, thing: Thing, *, weak: bool) -> bool:
        """Can this be a model's name? An object made elsewhere is not."""
        if self.is_constant(thing):
            return True
        if isinstance(thing, Text):
            return could_be_model(thing.text)
        if isinstance(thing, Unknown):
            return not weak and thing.why not in ("None", "not a text")
        if isinstance(thing, Member):
            return not weak and not isinstance(thing.owner, Made)
        if isinstance(thing, Reference):
            return not weak or (thing.module != "builtins" and "(" not in thing.attributes)
        if isinstance(thing, Table | Instance | Klass | Function | Made):
            return False
        return is_value(thing) or isinstance(thing, Setting)


def enumerate_items(table: Table) -> Iterator[tuple[str, Thing]]:
    """The values of a table by position."""
    yield from ((str(i), thing) for i, thing in enumerate(table.items.values()))


def settled(report: TypedReport) -> None:
    """Give every candidate the client and the address that its object ended with."""
    for key, candidate in list(report.candidates.items()):
        states = report.homes.get(key, [])
        if not states:
            continue
        state = next((s for s in states if s.address() is not None), None)
        state = state or next((s for s in states if len(s.ways()) > 1), states[0])
        named = any(s.client for s in state.ways())
        owner = next((s for s in state.ways() if s.client_name is not None), None)
        report.candidates[key] = msgspec.structs.replace(
            candidate,
            client=state.client_in_the_end() if named else candidate.client or state.client_in_the_end(),
            endpoint=state.address(),
            client_name=owner.client_name if owner is not None and not state.client else None,
        )
