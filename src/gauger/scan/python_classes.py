"""What do the classes of a Python file set, take over from one another and hand down?"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from gauger.scan.python_arguments import Arguments
from gauger.scan.python_choice import choose
from gauger.scan.python_functions import Functions
from gauger.scan.python_objects import (
    Function,
    Instance,
    Klass,
    Reference,
    Scope,
    Table,
    Thing,
    Unknown,
)
from gauger.scan.python_table import Calls

_MOST_MADE = 12
_SETTINGS_BASES = ("BaseSettings",)
_ENUMS = ("Enum", "StrEnum")
_MAKERS = {
    "model_validate", "parse_obj", "model_construct", "from_env", "from_dict", "from_yaml", "from_file",
    "load", "construct", "from_args", "parse_raw", "model_validate_json", "parse_file", "instance",
    "get_instance", "validate", "from_json", "from_toml", "from_config", "create", "default", "model_copy",
    "copy", "_replace",
}  # fmt: skip
"""Methods of configuration classes that give an instance, where the class itself does not define them."""


class Classes(Functions):
    """What a reader of a file knows of its classes.

    Args:
        path: The file.
        module: The module's path, with `/`: `services/api/config`.
        calls: The table of calls.
    """

    def __init__(self, path: str, module: str, calls: Calls) -> None:
        super().__init__(path, module, calls)
        self.classes: dict[ast.AST, Klass] = {}

    def statement(self, node: ast.stmt, scope: Scope) -> None:
        """Read one statement."""
        raise NotImplementedError

    def define_class(self, node: ast.ClassDef, scope: Scope) -> Klass:
        """A class: its fields, its methods, what it takes over."""
        bases = [self.read(base, scope) for base in node.bases]
        klass = self.classes.get(node) or Klass(node.name, Instance())
        klass.instance.klass = klass
        self.classes[node] = klass
        for decorator in node.decorator_list:
            self.read(decorator, scope)
        self.inherit(klass, bases)
        fields = self.fields_of(node, klass, scope, bases)
        for name, thing in fields.items():
            known = klass.instance.fields.get(name)
            taken_over = any(base.instance.fields.get(name) is known for base in klass.bases)
            if known is None or (taken_over and not isinstance(thing, Unknown)):
                klass.instance.fields[name] = thing
        return klass

    def fields_of(
        self, node: ast.ClassDef, klass: Klass, scope: Scope, bases: Sequence[Thing]
    ) -> dict[str, Thing]:
        """What the statements of a class set; its methods are defined on the way."""
        inner = Scope(parent=scope)
        properties: list[Function] = []
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                name = node.name if statement.name == "__init__" else f"{node.name}.{statement.name}"
                method = self.define(statement, inner, name, klass.instance)
                klass.methods[statement.name] = method
                if any("property" in ast.unparse(d)[:40] for d in statement.decorator_list):
                    properties.append(method)
                continue
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                klass.order = [*dict.fromkeys([*klass.order, statement.target.id])]
            self.statement(statement, inner)
        kept = (pair for pair in inner.names.items() if not isinstance(pair[1], Klass | Function))
        fields: dict[str, Thing] = dict(kept)
        for method in properties:
            klass.instance.fields.setdefault(method.node.name, method)
        if any(isinstance(b, Reference) and b.attributes.endswith(_SETTINGS_BASES) for b in bases):
            fields = self.from_environment(node, inner, fields)
        if any(isinstance(b, Reference) and b.attributes.endswith(_ENUMS) for b in bases):
            klass.instance.fields["@members"] = Table(dict(fields))
        # Names of a class are not seen inside its methods.
        inner.names = {}
        return fields

    def inherit(self, klass: Klass, bases: Sequence[Thing]) -> None:
        """Take over what the base classes of this file set; remember the first one from elsewhere."""
        for base in bases:
            if isinstance(base, Klass):
                klass.methods = {**base.methods, **klass.methods}
                klass.order = [*dict.fromkeys([*base.order, *klass.order])]
                klass.bases += [base] if base not in klass.bases else []
                base.heirs += [klass] if klass not in base.heirs else []
                for name, thing in base.instance.fields.items():
                    klass.instance.fields.setdefault(name, thing)
                klass.instance.base = klass.instance.base or base.instance.base
            elif isinstance(base, Reference) and klass.instance.base is None:
                klass.instance.base = base

    def of_instance(self, instance: Instance, name: str, node: ast.expr) -> Thing:
        """A field or method of an object of this file."""
        thing = self.field(instance, name)
        if isinstance(thing, Function) and name in instance.fields:
            thing = self.apply(thing, Arguments())
        if thing is not None:
            shown = f"{instance.klass.name if instance.klass else ''}.{name}"
            return self.hop(thing, shown, node)
        if instance.klass is not None and name in instance.klass.methods:
            return instance.klass.methods[name]
        if instance.base is not None:
            if self.calls.package_kind(instance.base.dotted) is not None or name in _MAKERS:
                return Unknown(f"the attribute {name} of a library's class")
            return instance.base.called().get(name)
        return Unknown(f"the attribute {name}, which this file does not set")

    def field(self, instance: Instance, name: str) -> Thing | None:
        """A field of an object: its own, its bases', or what the classes derived from it set."""
        own = instance.fields.get(name)
        if own is not None and not isinstance(own, Unknown):
            return own
        klass = instance.klass
        for base in klass.bases if klass is not None else []:
            found = self.field_above(base, name)
            if found is not None and not isinstance(found, Unknown):
                return found
        heirs = (
            {heir.name: heir.instance.fields[name] for heir in klass.heirs if name in heir.instance.fields}
            if klass
            else {}
        )
        told = {label: thing for label, thing in heirs.items() if not isinstance(thing, Unknown)}
        if told and klass is not None:
            return choose(f"heirs:{klass.name}", told)
        return own

    def field_above(self, klass: Klass, name: str, depth: int = 4) -> Thing | None:
        """What a class or a class above it sets."""
        own = klass.instance.fields.get(name)
        if depth == 0 or (own is not None and not isinstance(own, Unknown)):
            return own
        found = (self.field_above(base, name, depth - 1) for base in klass.bases)
        return next((thing for thing in found if thing is not None), own)

    def construct(self, klass: Klass, arguments: Arguments) -> Thing:
        """An instance of a class of this file; without `__init__`, arguments are its fields."""
        if not klass.made:
            klass.defaults = dict(klass.instance.fields)
        initialiser = klass.methods.get("__init__")
        if initialiser is not None:
            self.record(initialiser, arguments)
            if self.call_depth < 2:
                self.apply(initialiser, arguments)
            return klass.instance
        fields = dict(zip(klass.order, (thing for thing, _ in arguments.positional), strict=False))
        fields |= {name: thing for name, (thing, _) in arguments.keywords.items()}
        if not fields:
            return klass.instance
        own = Instance({**klass.defaults, **fields}, klass, klass.instance.base)
        if fields not in klass.made and len(klass.made) < _MOST_MADE:
            klass.made.append(fields)
        for name in dict.fromkeys(name for made in klass.made for name in made):
            default = klass.defaults.get(name, Unknown("a field that is not given"))
            options = {str(i): made.get(name, default) for i, made in enumerate(klass.made)}
            klass.instance.fields[name] = choose(f"made:{klass.name}", options)
        return own

    def made_of(self, klass: Klass, name: str) -> Thing | None:
        """An instance that a method of the class makes which the class does not define; else None."""
        return klass.instance if name in _MAKERS and name not in klass.methods else None

    def base_of_owner(self) -> Thing:
        """What `super()` stands for in the method that is being read."""
        owner = self.owners[-1] if self.owners else None
        klass = owner.klass if owner is not None else None
        if klass is not None and klass.bases:
            return klass.bases[0].instance
        return Unknown("a base class that is not in this file")
