"""What do the parameters of functions and the options of a command line stand for in Python code?"""

from __future__ import annotations

import ast
import sys

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.python_arguments import Arguments
from gauger.scan.python_assign import Assignments
from gauger.scan.python_choice import choose
from gauger.scan.python_objects import (
    Choice,
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


class Parameters(Assignments):
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
        absent = _is_none(function, argument)
        fallback: Value = either(values) if values else Opaque(why=why, location=place, absent=absent)
        if position >= 0:
            name = f"{self.module}:{function.name}(#{position})"
            fallback = Name(kind="symbol", name=name, location=place, default=fallback)
        name = f"{self.module}:{function.name}({argument.arg})"
        if argument.annotation is not None:
            self.remember_kind(name, argument.annotation, function.scope)
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
        thing = self.read(_plain_kind(argument.annotation), scope)
        if isinstance(thing, Klass):
            return thing.instance
        if isinstance(thing, Reference) and self.calls.package_kind(thing.dotted) is not None:
            why = f"the client is passed in as the parameter {argument.arg}"
            return Client(thing.dotted, Opaque(why=why, location=self.place(argument)))
        return None

    def remember_kind(self, name: str, annotation: ast.expr, scope: Scope) -> None:
        """The class of another file that a parameter is said to be of; its fields are asked for there."""
        thing = self.read(_plain_kind(annotation), scope)
        if not isinstance(thing, Reference) or self.calls.package_kind(thing.dotted) is not None:
            return
        root = thing.module.partition("/")[0]
        if root not in sys.stdlib_module_names and root not in ("builtins", "typing_extensions", "numpy"):
            self.kinds[name] = thing


def _is_none(function: Function, argument: ast.arg) -> bool:
    """Is `None` what a parameter is unless a call gives it?"""
    arguments = function.node.args
    ordered = [*arguments.posonlyargs, *arguments.args]
    defaults = [
        *[None] * (len(ordered) - len(arguments.defaults)),
        *arguments.defaults,
        *arguments.kw_defaults,
    ]
    default = defaults[[*ordered, *arguments.kwonlyargs].index(argument)]
    return isinstance(default, ast.Constant) and default.value is None


def option_value(arguments: Arguments, flag: str, reader: Assignments, node: ast.expr) -> Thing:
    """What a command-line option stands for: its environment name, its default, or what is typed."""
    place = reader.place(node)
    default = arguments.first("default")
    if default is None or isinstance(default, Unknown):
        default = _one_of(arguments) or default
    if isinstance(default, Choice) and not is_value(default):
        return default
    value = as_value(default, place) if is_value(default) and default is not None else None
    variable = arguments.first("envvar")
    if isinstance(variable, Text):
        return Name(kind="environment", name=variable.text, location=place, default=value)
    if value is None:
        if isinstance(default, Table):
            return default
        value = Opaque(why=f"the command line option {flag} has no default", location=place)
    return Name(kind="variable", name=flag, location=place, default=value)


def _one_of(arguments: Arguments) -> Thing | None:
    """What may be typed, where the option says: `choices=[…]`, `type=click.Choice([…])`."""
    things = arguments.first("choices", "type")
    if isinstance(things, Table) and things.items:
        if not things.is_list:
            place = arguments.keywords["choices"][1] if "choices" in arguments.keywords else None
            where = Location(path="", line=getattr(place, "lineno", 0))
            return either([Text(text=printable(key), location=where) for key in list(things.items)[:16]])
        options = {str(i): thing for i, thing in enumerate(things.items.values())}
        return choose("choices", options) if all(map(is_value, options.values())) else None
    return None


def _plain_kind(annotation: ast.expr) -> ast.expr:
    """The class in `X | None`, `Optional[X]`, `"X"`."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return _plain_kind(annotation.left)
    if isinstance(annotation, ast.Subscript):
        name = (
            annotation.value.attr
            if isinstance(annotation.value, ast.Attribute)
            else getattr(annotation.value, "id", "")
        )
        inner = (
            annotation.slice.elts[0]
            if isinstance(annotation.slice, ast.Tuple) and annotation.slice.elts
            else annotation.slice
        )
        return _plain_kind(inner) if name in ("Optional", "Annotated") else annotation
    if (
        isinstance(annotation, ast.Constant)
        and isinstance(annotation.value, str)
        and annotation.value.isidentifier()
    ):
        return ast.copy_location(ast.Name(id=annotation.value, ctx=ast.Load()), annotation)
    return annotation
