"""What do the functions of a Python file take and give?"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from itertools import islice

from gauger.scan.python_arguments import Arguments
from gauger.scan.python_choice import OTHERWISE, choose
from gauger.scan.python_objects import (
    Choice,
    Client,
    Function,
    Instance,
    Scope,
    Setting,
    Table,
    Thing,
    Unknown,
)
from gauger.scan.python_settings import SettingsClasses
from gauger.scan.python_table import Calls
from gauger.scan.values import Either, Joined, Name, Opaque, Text

_CALL_DEPTH = 4
_SHORT_NODES = 400
_APPLICATIONS = 1_000
_ROWS = 8
_LONGEST = 300
_SPACE = re.compile(r"\s")


class Functions(SettingsClasses):
    """What a reader of a file knows of its functions.

    Args:
        path: The file.
        module: The module's path, with `/`: `services/api/config`.
        calls: The table of calls.
    """

    def __init__(self, path: str, module: str, calls: Calls) -> None:
        super().__init__(path, module, calls)
        self.functions: dict[ast.AST, Function] = {}
        self.lambdas: dict[ast.Lambda, ast.FunctionDef] = {}
        self.owners: list[Instance] = []
        self.quiet = 0
        self.call_depth = 0
        self.applications = _APPLICATIONS
        self.results: dict[ast.AST, Thing] = {}
        self.short: dict[ast.AST, bool] = {}
        self.active: set[ast.AST] = set()

    def block(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        """Read statements in order."""
        raise NotImplementedError

    def define(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, name: str, owner: Instance | None
    ) -> Function:
        """A function; its defaults and decorators are read where it stands."""
        known = self.functions.get(node)
        function = Function(node, scope, name, owner)
        if known is not None:
            function.arguments, function.rows = known.arguments, known.rows
        self.functions[node] = function
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
            self.read(default, scope)
        for decorator in node.decorator_list:
            self.read(decorator, scope)
        return function

    def function(self, node: ast.Lambda, scope: Scope) -> Thing:
        """A lambda, which is a function with one `return`."""
        if node not in self.lambdas:
            given = ast.copy_location(ast.Return(value=node.body), node.body)
            plain = ast.FunctionDef(name="<lambda>", args=node.args, body=[given], decorator_list=[])
            self.lambdas[node] = ast.copy_location(plain, node)
        return self.define(self.lambdas[node], scope, f"<lambda:{node.lineno}>", None)

    def body(self, function: Function) -> None:
        """Read a function's body by itself, its parameters standing for what calls pass.

        Where calls of this file pass things that belong together (a client and its model), the body is read
        once for each call.
        """
        rows = function.rows if _belong_together(function) else []
        if not rows:
            self.once(function, None)
        for number, row in enumerate(rows):
            self.cases.append((f"call:{function.name}", str(number)))
            self.worlds.append((f"call:{function.name}", str(number)))
            self.call_depth += 1
            try:
                self.once(function, row)
            finally:
                self.call_depth -= 1
                self.worlds.pop()
                self.cases.pop()

    def once(self, function: Function, row: dict[str, Thing] | None) -> None:
        """Read a function's body for what one call passes, or for whatever is passed."""
        scope = Scope(parent=function.scope)
        arguments = function.node.args
        offset = 0 if function.owner is None or is_static(function) else 1
        for i, argument in enumerate((*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)):
            if row is not None and argument.arg in row:
                scope.names[argument.arg] = row[argument.arg]
            elif row is not None and (default := self.default_of(function, argument)) is not None:
                scope.names[argument.arg] = default
            else:
                position = i - offset if argument not in arguments.kwonlyargs else -1
                scope.names[argument.arg] = self.parameter(function, argument, position)
        if offset and (first := (*arguments.posonlyargs, *arguments.args)[:1]):
            scope.names[first[0].arg] = function.owner or Unknown("self")
        if arguments.vararg is not None:
            scope.names[arguments.vararg.arg] = Unknown("further arguments of a function")
        if arguments.kwarg is not None:
            scope.names[arguments.kwarg.arg] = Table(dict(row or {}) if row else {})
        self.enter(function, scope)

    def enter(self, function: Function, scope: Scope) -> None:
        """Read the statements of a function in this scope."""
        self.owners.append(function.owner or Instance())
        try:
            self.block(function.node.body, scope)
        finally:
            self.owners.pop()

    def record(self, function: Function, arguments: Arguments) -> None:
        """Remember what a call passes to a function of this file."""
        parameters = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)]
        if function.owner is not None and not is_static(function):
            parameters = parameters[1:]
        given = dict(zip(parameters, (thing for thing, _ in arguments.positional), strict=False))
        given |= {name: thing for name, (thing, _) in arguments.keywords.items()}
        if given not in function.rows and len(function.rows) < _ROWS:
            function.rows.append(given)
        for name, thing in given.items():
            passed = function.arguments.setdefault(name, [])
            if thing not in passed and len(passed) < 16:
                passed.append(thing)

    def apply(self, function: Function, arguments: Arguments) -> Thing:
        """What does a function of this file return for these arguments? Nothing in it is written down."""
        telling = any(_tells(thing) for thing, _ in (*arguments.positional, *arguments.keywords.values()))
        if not telling and function.node in self.results:
            return self.results[function.node]
        if self.call_depth >= _CALL_DEPTH or self.applications <= 0 or function.node in self.active:
            return Unknown(f"what {function.name} returns")
        if not self.is_short(function):
            return Unknown(f"what {function.name} returns")
        self.applications -= 1
        self.call_depth += 1
        self.quiet += 1
        self.active.add(function.node)
        cases, self.cases = self.cases, []
        try:
            scope = self.called_with(function, arguments)
            self.enter(function, scope)
        finally:
            self.active.discard(function.node)
            self.quiet -= 1
            self.call_depth -= 1
            self.cases = cases
        result = returned(function, scope)
        if not telling:
            self.results[function.node] = result
        return result

    def called_with(self, function: Function, arguments: Arguments) -> Scope:
        """The names inside a function that is called with these arguments."""
        scope = Scope(parent=function.scope)
        parameters = [*function.node.args.posonlyargs, *function.node.args.args]
        for argument in (*parameters, *function.node.args.kwonlyargs):
            scope.names[argument.arg] = self.default_of(function, argument) or self.parameter(
                function, argument, -1
            )
        if function.owner is not None and parameters and not is_static(function):
            scope.names[parameters.pop(0).arg] = function.owner
        for argument, (thing, _) in zip(parameters, arguments.positional, strict=False):
            scope.names[argument.arg] = thing
        known = {a.arg for a in (*parameters, *function.node.args.kwonlyargs)}
        rest = {name: thing for name, (thing, _) in arguments.keywords.items() if name not in known}
        scope.names |= {name: thing for name, (thing, _) in arguments.keywords.items() if name in known}
        if function.node.args.kwarg is not None:
            scope.names[function.node.args.kwarg.arg] = Table(rest)
        return scope

    def is_short(self, function: Function) -> bool:
        """Is it worth reading this function again for one call: short, and giving or setting something?"""
        if function.node not in self.short:
            inside = list(islice(ast.walk(function.node), _SHORT_NODES + 1))
            gives = any(isinstance(n, ast.Return | ast.Yield) and n.value is not None for n in inside)
            sets = function.node.name == "__init__"
            self.short[function.node] = len(inside) <= _SHORT_NODES and (gives or sets)
        return self.short[function.node]


def returned(function: Function, scope: Scope) -> Thing:
    """What a function returned: one thing, or one of several by the case in which it was."""
    options: dict[str, Thing] = {}
    groups = [case[0] for case, _ in scope.returns if case is not None]
    group = groups[0] if groups else f"return:{function.name}"
    for number, (case, thing) in enumerate(scope.returns):
        if case is not None and case[0] == group:
            options.setdefault(case[1], thing)
        elif case is None:
            options.setdefault(OTHERWISE, thing)
        else:
            options[f"{number}"] = thing
    if not options:
        return Unknown(f"what {function.name} returns")
    if len(options) == 1:
        return next(iter(options.values()))
    return choose(group, options)


def is_static(function: Function) -> bool:
    """Is this a method without `self`?"""
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.node.decorator_list)


def _belong_together(function: Function) -> bool:
    """Do the calls of this file differ in two things that they pass, or in an object?"""
    if len(function.rows) < 2:
        return False
    names = {name for row in function.rows for name in row}
    differing = {
        name
        for name in names
        if any(_tells(row.get(name)) and row.get(name) != function.rows[0].get(name) for row in function.rows)
    }
    objects = any(
        isinstance(row.get(name), Client | Instance | Table) for name in differing for row in function.rows
    )
    return len(differing) > 1 or objects


def _tells(thing: Thing | None) -> bool:
    """May it matter to a function that it is given this? A sentence is no name, address or key."""
    match thing:
        case Text(text=text):
            return len(text) <= _LONGEST and _SPACE.search(text) is None
        case Joined(parts=parts):
            return all(_tells(part) or isinstance(part, Opaque) for part in parts)
        case Either(options=options):
            return any(map(_tells, options))
        case Choice(options=options):
            return any(map(_tells, options.values()))
        case Name() | Client() | Instance() | Setting() | Table():
            return True
        case _:
            return False
