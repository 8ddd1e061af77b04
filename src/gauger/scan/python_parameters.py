"""What do the parameters of functions and the options of a command line stand for in Python code?"""

from __future__ import annotations

import ast

from gauger.scan.python_expressions import Arguments, Expressions
from gauger.scan.python_objects import (
    Client,
    Function,
    Klass,
    Reference,
    Scope,
    Table,
    Thing,
    Unknown,
    as_value,
    either,
    is_value,
)
from gauger.scan.python_table import Calls
from gauger.scan.values import Name, Opaque, Text, Value

_OPTION_CALLS = ("option", "argument")


class Parameters(Expressions):
    """Reads expressions and parameters of one file.

    Args:
        path: The file.
        module: The module's path, with `/`: `services/api/config`.
        calls: The table of calls.
    """

    def __init__(self, path: str, module: str, calls: Calls) -> None:
        super().__init__(path, calls)
        self.module = module

    def parameter(self, function: Function, argument: ast.arg, position: int) -> Thing:
        """What a parameter stands for: what calls here pass, what calls elsewhere pass, its default."""
        passed = function.arguments.get(argument.arg, [])
        objects = [thing for thing in passed if not is_value(thing) and not isinstance(thing, Unknown)]
        if objects:
            return objects[0]
        default = self.default_of(function, argument)
        place = self.place(argument)
        values = [as_value(thing, place) for thing in passed if is_value(thing)]
        if is_value(default) and default is not None:
            values.append(as_value(default, place))
        if not values and default is not None and not isinstance(default, Unknown):
            return default
        if not values and (client := self.annotated(argument, function.scope)) is not None:
            return client
        why = f"the parameter {argument.arg} of {function.name}, which no call in the stack gives"
        fallback: Value = either(values) if values else Opaque(why=why, location=place)
        if position >= 0:
            name = f"{self.module}:{function.name}(#{position})"
            fallback = Name(kind="symbol", name=name, location=place, default=fallback)
        name = f"{self.module}:{function.name}({argument.arg})"
        return Name(kind="symbol", name=name, location=place, default=fallback)

    def default_of(self, function: Function, argument: ast.arg) -> Thing | None:
        """A parameter's default: in the signature, or in a decorator that makes it a command-line option."""
        arguments = function.node.args
        ordered = (*arguments.posonlyargs, *arguments.args)
        found = dict(
            zip(
                [a.arg for a in ordered[len(ordered) - len(arguments.defaults) :]],
                arguments.defaults,
                strict=True,
            )
        )
        found |= {
            a.arg: d
            for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if d is not None
        }
        if argument.arg in found:
            return self.read(found[argument.arg], function.scope)
        for decorator in function.node.decorator_list:
            option = self.option(decorator, argument.arg, function.scope)
            if option is not None:
                return option
        return None

    def option(self, decorator: ast.expr, parameter: str, scope: Scope) -> Thing | None:
        """The default that `@click.option("--model", default=…)` gives to the parameter `model`."""
        if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
            return None
        if decorator.func.attr not in _OPTION_CALLS:
            return None
        arguments = self.passed(decorator, scope)
        names = [t.text for t, _ in arguments.positional if isinstance(t, Text)]
        if parameter not in {name.lstrip("-").replace("-", "_") for name in names}:
            return None
        return option_value(arguments, max(names, key=len), self, decorator)

    def annotated(self, argument: ast.arg, scope: Scope) -> Thing | None:
        """The client that a parameter's annotation names; its address is whoever's who passes it."""
        if argument.annotation is None:
            return None
        thing = self.read(argument.annotation, scope)
        if isinstance(thing, Klass):
            return thing.instance
        if isinstance(thing, Reference) and self.calls.package_kind(thing.dotted) is not None:
            why = f"the client is passed in as the parameter {argument.arg}"
            return Client(thing.dotted, Opaque(why=why, location=self.place(argument)))
        return None


def option_value(arguments: Arguments, flag: str, reader: Expressions, node: ast.expr) -> Thing:
    """What a command-line option stands for: its environment name, its default, or what is typed."""
    place = reader.place(node)
    default = arguments.first("default")
    value = as_value(default, place) if is_value(default) and default is not None else None
    variable = arguments.first("envvar")
    if isinstance(variable, Text):
        return Name(kind="environment", name=variable.text, location=place, default=value)
    if value is None:
        if isinstance(default, Table):
            return default
        value = Opaque(why=f"the command line option {flag} has no default", location=place)
    return Name(kind="variable", name=flag, location=place, default=value)
