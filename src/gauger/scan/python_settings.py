"""Settings classes of pydantic: which environment names do their fields stand for?

Source: the pages of pydantic-settings on `env_prefix` and `env_nested_delimiter`
    (https://docs.pydantic.dev/latest/concepts/pydantic_settings/).
"""

from __future__ import annotations

import ast

from gauger.core.inventory import Location
from gauger.scan.python_objects import (
    Instance,
    Klass,
    Scope,
    Table,
    Thing,
    Unknown,
    as_value,
    is_value,
    text_of,
)
from gauger.scan.python_parameters import Parameters
from gauger.scan.values import Name, Text


class SettingsClasses(Parameters):
    """What a reader of a file knows of settings classes."""

    def from_environment(
        self, node: ast.ClassDef, scope: Scope, fields: dict[str, Thing]
    ) -> dict[str, Thing]:
        """Fields of a pydantic settings class: environment names with the class attribute as default."""
        prefix = ""
        config = scope.names.get("model_config") or scope.names.get("Config")
        table = config.items if isinstance(config, Table) else {}
        if isinstance(config, Klass):
            table = config.instance.fields
        if isinstance(found := table.get("env_prefix"), Text):
            prefix = found.text
        nested_by = text_of(table.get("env_nested_delimiter", Unknown("not set"))) or ""
        result: dict[str, Thing] = {}
        for statement in node.body:
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            name, place = statement.target.id, self.place(statement)
            default = fields.get(name)
            if isinstance(default, Name) and default.kind == "environment":
                result[name] = default
                continue
            if (group := self.group(statement, default, scope)) is not None:
                result[name] = self.grouped(group, f"{prefix}{name}", nested_by, place)
                continue
            value = as_value(default, place) if is_value(default) and default is not None else None
            result[name] = Name(
                kind="environment", name=f"{prefix}{name}".upper(), location=place, default=value
            )
        return {**fields, **result}

    def group(self, statement: ast.AnnAssign, default: Thing | None, scope: Scope) -> Instance | None:
        """The object of another class of this file that this field of a settings class holds, or None."""
        if isinstance(default, Instance):
            return default
        kind = self.read(statement.annotation, scope) if statement.value is None else None
        return kind.instance if isinstance(kind, Klass) else None

    def grouped(self, group: Instance, name: str, nested_by: str, place: Location) -> Instance:
        """A group of settings: environment names joined by the delimiter, where the class has one."""
        if not nested_by:
            return group
        fields: dict[str, Thing] = {
            key: Name(
                kind="environment",
                name=f"{name}{nested_by}{key}".upper(),
                location=place,
                default=as_value(thing, place),
            )
            for key, thing in group.fields.items()
            if is_value(thing)
        }
        return Instance(fields={**group.fields, **fields}, klass=group.klass)
