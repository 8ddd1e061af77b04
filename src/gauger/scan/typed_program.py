"""What do names, fields and texts stand for in a Go, Java, Kotlin, C# or Rust file that was translated?"""

from __future__ import annotations

import ast
import dataclasses
import re

import msgspec

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_merge import merged_field, otherwise
from gauger.scan.python_objects import (
    Bound,
    Function,
    Instance,
    Klass,
    Member,
    Reference,
    Scope,
    Setting,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)
from gauger.scan.python_record import Record
from gauger.scan.python_table import Calls
from gauger.scan.typed_objects import Key, Made, State
from gauger.scan.typed_scope import getter_of, is_local, scope_of
from gauger.scan.typed_words import MODEL_KEYS, SETTING_OWNERS, snake
from gauger.scan.values import Either, Joined, Name, Text

_IMPLICIT = {
    "System", "Environment", "Optional", "Objects", "String", "string", "Map", "List", "Arrays", "Set", "any",
    "setting_value", "environment_value", "option_value", "loop_values", "pair_of", "computed", "Some",
    "Ok", "Err",
    "None", "Arc", "Box", "Rc", "Mutex", "RwLock", "Uri", "URI", "URL", "mapOf", "listOf", "Convert",
}  # fmt: skip
_ROOTS = {"std", "core", "alloc", "tokio"}
_NAMES_OF_MODELS = {"ChatModel", "EmbeddingModel", "Model", "ModelId"}
"""Types of a library that are texts under another name."""
_UNSET = "a field that nothing in this file sets"


class TypedProgram(Record):
    """Reads one translated file.

    Args:
        path: The file.
        module: Under which module its names are known to other files.
        calls: The table of calls.
        source: The file's bytes, for what is shown of an expression.
    """

    implicit_self = True

    def __init__(self, path: str, module: str, calls: Calls, source: bytes) -> None:
        super().__init__(path, module, calls)
        self.source = source
        self.wildcards: tuple[str, ...] = ()
        self.homes: dict[Key, list[State]] = {}
        self.bodies: dict[int, tuple[Thing, State]] = {}
        self.texts: dict[tuple[int, int], State] = {}
        self.classes_open: list[str] = []
        self.value_node: ast.expr | None = None
        self.current = self.scope

    def written(self, at: ast.expr) -> str:
        """The text of a literal, else the expression as it stands in the file."""
        if isinstance(at, ast.Constant) and isinstance(at.value, str):
            return printable(at.value, 300)
        start, end = getattr(at, "written", (0, 0))
        return printable(" ".join(self.source[start:end].decode("utf-8", "replace").split()), 160)

    def begin(self, path: str) -> None:
        """Say what a file of this language knows before its first line."""

    # What the tables say.

    def kind_of(self, dotted: str) -> str | None:
        """Which names does the library take: as `Candidate.namespace`, `http`, or None for no library."""
        kind = self.calls.package_kind(dotted.replace("()", "")) if dotted else None
        if kind is not None:
            return kind
        plain = dotted.replace("()", "")
        return "http" if plain.startswith(self.calls.table.http or ("\0",)) else None

    def client_of(self, dotted: str) -> str:
        """The client that stands for this library in the catalogue; empty where the table has none."""
        table = self.calls.table.clients
        fitting = [p for p in table if dotted.startswith(p)]
        return table[max(fitting, key=len)] if fitting else ""

    # Names.

    def name(self, node: ast.Name, scope: Scope) -> Thing:
        """What a name stands for: a local, a field of the object at hand, an import, another file's."""
        own = scope.get("self") if self.implicit_self else None
        held = scope_of(scope, node.id)
        if isinstance(own, Instance) and (held is None or not is_local(scope, node.id)):
            if node.id in own.fields:
                return self.of_instance(own, node.id, node)
            if own.klass is not None and node.id in own.klass.methods:
                return own.klass.methods[node.id]
        if held is not None:
            return self.hop(held.names[node.id], node.id, node)
        if node.id in _IMPLICIT or node.id in ("true", "false"):
            return Reference("builtins", node.id) if node.id != "None" else Unknown("None")
        return self.elsewhere(node.id)

    def elsewhere(self, name: str) -> Thing:
        """A name that this file does not define: from a whole package that is imported, or of the stack."""
        for wildcard in self.wildcards:
            dotted = f"{wildcard.replace('/', '.')}.{name}"
            if (self.kind_of(dotted) is not None and name[:1].isupper() and not name.isupper()) and (
                self.calls.call(dotted) is not None or self.certain_wildcards
            ):
                return Reference(wildcard, name)
        if name in _ROOTS or self.kind_of(name) is not None:
            return Reference(name)
        return Reference(self.module, name)

    certain_wildcards = True
    """May a name that nothing else explains come from a library that is imported as a whole?"""

    def imported(self, node: ast.Import, scope: Scope) -> None:
        """A package; one of the stack is known by its last part."""
        for alias in node.names:
            library = self.kind_of(alias.name.replace("/", ".")) is not None
            plain = "." not in alias.name.split("/")[0]
            own = alias.name if library or plain else alias.name.rpartition("/")[2]
            scope.names[alias.asname or alias.name] = Reference(own)

    def imported_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        """A class or constant; one of the stack is known by its own name."""
        module = (node.module or "").replace(".", "/")
        for alias in node.names:
            library = self.kind_of(f"{module.replace('/', '.')}.{alias.name}") is not None
            own = module if library else self.own_module(module)
            scope.names[alias.asname or alias.name] = Reference(own, alias.name)

    def own_module(self, module: str) -> str:
        """Under which module are names of this package known, when it belongs to the stack?"""
        return self.module if module.split("/", maxsplit=1)[0] not in ("java", "javax", "kotlin") else module

    def boolean(self, node: ast.BoolOp, scope: Scope) -> Thing:
        """`a or b`: `b` is the default of `a`, through the names that lead to it."""
        if isinstance(node.op, ast.And):
            return super().boolean(node, scope)
        things = [self.read(value, scope) for value in node.values]
        result = things[-1]
        for thing, value in zip(reversed(things[:-1]), reversed(node.values[:-1]), strict=True):
            result = self.or_else(thing, result, self.place(value))
        return result

    def or_else(self, thing: Thing, default: Thing, place: Location) -> Thing:
        """What stands there, or this default: also behind a name of this file."""
        thing, default = self.given(thing) or thing, self.given(default) or default
        if isinstance(thing, Name) and thing.name.startswith(":") and thing.default is not None:
            inner = self.or_else(thing.default, default, place)
            return (
                msgspec.structs.replace(thing, default=as_value(inner, place)) if is_value(inner) else inner
            )
        return otherwise(thing, default, place)

    def invocation(self, node: ast.Call, scope: Scope) -> Thing:
        """A call; where it stands is known to what sets the names that it is given."""
        outer, self.current = self.current, scope
        try:
            return super().invocation(node, scope)
        finally:
            self.current = outer

    # Declarations.

    def statement(self, node: ast.stmt, scope: Scope) -> None:
        """Read one statement; a declaration without a value is known by its type."""
        if isinstance(node, ast.AnnAssign) and node.value is None and isinstance(node.target, ast.Name):
            where = f"{'.'.join(self.classes_open)}.{node.target.id}"
            scope.names[node.target.id] = self.of_type(node.annotation, scope, where)
            return
        if isinstance(node, ast.Assign):
            self.value_node = node.value
            if isinstance(node.value, ast.Attribute) and self.is_constant(
                held := self.read(node.value, scope)
            ):
                for one in node.targets:
                    self.assign(one, self.library_constant(held, node.value), scope)
                return
            target = node.targets[0]
            declares = getattr(node, "declares", False)
            if isinstance(target, ast.Name) and not declares and self.implicit_self:
                own = scope.get("self")
                if isinstance(own, Instance) and target.id in own.fields and not is_local(scope, target.id):
                    thing = self.read(node.value, scope)
                    own.fields[target.id] = merged_field(own.fields.get(target.id), thing)
                    return
        super().statement(node, scope)

    def define_class(self, node: ast.ClassDef, scope: Scope) -> Klass:
        """See `Program.define_class`."""
        self.classes_open.append(node.name)
        try:
            klass = super().define_class(node, scope)
        finally:
            self.classes_open.pop()
        for inner in node.body:
            if isinstance(inner, ast.ClassDef) and inner in self.classes:
                klass.instance.fields.setdefault(inner.name, self.classes[inner])
        return klass

    def of_type(self, annotation: ast.expr, scope: Scope, where: str) -> Thing:
        """What a field or parameter of this type stands for, while nothing more is known."""
        thing = self.read(annotation, scope)
        if isinstance(thing, Klass):
            return thing.instance
        if isinstance(thing, Reference):
            site = self.calls.call(thing.dotted)
            if site is not None and not site.model and thing.attributes in _NAMES_OF_MODELS:
                return Unknown(_UNSET)
            if self.kind_of(thing.dotted) is not None:
                place = self.place(annotation)
                nothing = Text(text="", location=place)
                name = f"{self.module}:{where}#endpoint"
                address = Name(kind="symbol", name=name, location=place, default=nothing)
                return Made(State(thing.dotted, client=self.client_of(thing.dotted), endpoint=address))
            last = thing.attributes or thing.module
            if (thing.module != "builtins" and last[:1].isupper()) or "." in thing.attributes:
                return thing
        return Unknown(_UNSET)

    def parameter(self, function: Function, argument: ast.arg, position: int) -> Thing:
        """What a parameter stands for; see `Parameters.parameter`. Its type tells where nothing else does."""
        passed = function.arguments.get(argument.arg, [])
        objects = [
            thing for thing in passed if not is_value(thing) and not isinstance(thing, Unknown | Reference)
        ]
        if objects:
            return objects[0]
        if argument.annotation is not None and not any(is_value(thing) for thing in passed):
            thing = self.of_type(argument.annotation, function.scope, f"{function.name}({argument.arg})")
            if isinstance(thing, Made) and position >= 0:
                place = self.place(argument)
                name = f"{self.module}:{function.name}(#{position})#endpoint"
                nothing = Text(text="", location=place)
                thing.state.endpoint = Name(kind="symbol", name=name, location=place, default=nothing)
            if not isinstance(thing, Unknown):
                return thing
        return super().parameter(function, argument, position)

    def default_of(self, function: Function, argument: ast.arg) -> Thing | None:
        """A parameter's default, which may name what the class holds."""
        if function.owner is None:
            return super().default_of(function, argument)
        inner = Scope({"self": function.owner}, function.scope)
        return super().default_of(dataclasses.replace(function, scope=inner), argument)

    # Members and items.

    def member(self, owner: Thing, name: str, node: ast.expr) -> Thing:
        """What an attribute of this thing is."""
        match owner:
            case Made():
                return owner.state.fields.get(snake(name)) or Member(owner, name)
            case Member(owner=Made() as made):
                return Member(made, f"{owner.path}.{name}")
            case Reference() if name in ("Value", "CurrentValue", "INSTANCE", "Companion"):
                return owner
            case Text() | Name() | Joined() | Either() if not name[:1].isupper() and name in (
                "id",
                "value",
                "name",
                "modelName",
                "modelId",
                "apiName",
                "code",
                "displayName",
            ):
                return owner
            case Klass() if name not in owner.instance.fields and name not in owner.methods:
                return Bound(owner, name)
            case Setting():
                return owner.get(name)
            case Table() if name in ("First", "first", "indices", "values", "Values"):
                return Bound(owner, name)
        return super().member(owner, name, node)

    def of_instance(self, instance: Instance, name: str, node: ast.expr) -> Thing:
        """A field or method of an object of this file; one that the file does not set may be another's."""
        if name in instance.fields and not (
            isinstance(instance.fields[name], Unknown) and instance.klass is not None
        ):
            return super().of_instance(instance, name, node)
        if instance.klass is not None and name in instance.klass.methods:
            return instance.klass.methods[name]
        for getter in (name.removeprefix("get"), name.removeprefix("Get")):
            field = getter[:1].lower() + getter[1:]
            if field != name and field in instance.fields:
                return Function(getter_of(field), Scope(), name, instance)
        if instance.base is not None and self.kind_of(instance.base.dotted) is not None:
            return instance.base.called().get(name)
        if instance.klass is not None:
            return Reference(self.module, f"{instance.klass.name}.{name}")
        return super().of_instance(instance, name, node)

    def item(self, owner: Thing, key: str | None, node: ast.expr, by: ast.expr | None = None) -> Thing:
        """What stands under this key; `configuration["AI:Model"]` is a setting."""
        if isinstance(owner, Setting) and key is not None:
            return Setting(owner.file, (*owner.keys, *key.split(":")))
        shown = (
            owner.dotted if isinstance(owner, Reference) else owner.name if isinstance(owner, Name) else ""
        )
        if (
            key is not None
            and isinstance(owner, Reference | Name | Unknown)
            and (":" in key or SETTING_OWNERS.search(shown))
        ):
            if re.fullmatch(r"[A-Z][A-Z0-9_]+", key):
                return Name(kind="environment", name=key, location=self.place(node))
            if re.fullmatch(r"[\w.:-]{2,120}", key):
                return Setting("", tuple(re.split(r"[.:]", key)))
        return super().item(owner, key, node, by)

    def assign(self, target: ast.expr, thing: Thing, scope: Scope) -> None:
        """Set a name, a field, an item; what is set on an object of a library may be its model or address."""
        if isinstance(target, ast.Attribute):
            owner = self.read(target.value, scope)
            if isinstance(owner, Made):
                self.set_on(owner.state, target.attr, thing, self.value_node or target)
                return
            if isinstance(owner, Instance) and target.attr in MODEL_KEYS and id(owner) in self.bodies:
                self.model_in(
                    self.bodies[id(owner)][1], thing, self.value_node or target, api="model =", weak=True
                )
        if isinstance(target, ast.Subscript):
            owner = self.read(target.value, scope)
            key = text_of(self.read(target.slice, scope))
            if key in MODEL_KEYS and isinstance(owner, Table):
                owner.items[str(key)] = thing
                self.model_in(
                    self.body_state(owner), thing, self.value_node or target, api=f"[{key!r}]", weak=True
                )
                return
        super().assign(target, thing, scope)

    def set_on(self, state: State, name: str, thing: Thing, at: ast.expr) -> None:
        """`options.Model = x`, `config.BaseURL = y`."""
        arguments = Arguments()
        arguments.keywords[name] = (thing, at)
        call = ast.copy_location(ast.Call(func=at, args=[], keywords=[]), at)
        state.fields[snake(name)] = thing
        self.take(state, name, None, arguments, call)

    # Bodies of requests.

    def model_in(
        self, state: State, thing: Thing | None, at: ast.expr, *, api: str, weak: bool = False
    ) -> None:
        """Write a model down, with the object to which it was given."""
        raise NotImplementedError

    def body_state(self, thing: Thing) -> State:
        """What is known of a table or an object that may be the body of a request."""
        raise NotImplementedError

    def is_constant(self, thing: Thing | None) -> bool:
        """Is this a constant of a library, whose name may tell the model's id?"""
        raise NotImplementedError

    def library_constant(self, thing: Thing, at: ast.expr) -> Name:
        """A constant of a library as a name to follow."""
        raise NotImplementedError

    def given(self, thing: Thing | None) -> Thing | None:
        """What an argument comes to."""
        raise NotImplementedError

    def take(self, state: State, path: str, site: None, arguments: Arguments, node: ast.Call) -> None:
        """Write down what a call gives to an object."""
        raise NotImplementedError
