"""What do the statements of a Python file set, and which functions and classes does it define?"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import islice

from gauger.scan.python_expressions import Arguments
from gauger.scan.python_library import library_call
from gauger.scan.python_merge import elements, merged, merged_field
from gauger.scan.python_objects import (
    Bound,
    Client,
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
)
from gauger.scan.python_parameters import option_value
from gauger.scan.python_settings import SettingsClasses
from gauger.scan.python_table import Calls
from gauger.scan.values import Text

_CALL_DEPTH = 4
_SHORT_NODES = 400
_APPLICATIONS = 1_000
_SETTINGS_BASES = ("BaseSettings",)


class Program(SettingsClasses):
    """Reads one file: the module's own statements first, then every function by itself.

    Args:
        path: The file.
        module: The module's path, with `/`: `services/api/config`.
        calls: The table of calls.
    """

    def __init__(self, path: str, module: str, calls: Calls) -> None:
        super().__init__(path, module, calls)
        self.scope = Scope()
        self.functions: dict[ast.AST, Function] = {}
        self.classes: dict[ast.AST, Klass] = {}
        self.quiet = 0
        self.call_depth = 0
        self.applications = _APPLICATIONS
        self.results: dict[ast.AST, Thing] = {}
        self.short: dict[ast.AST, bool] = {}

    def run(self, tree: ast.Module, *, shallow: bool = False) -> None:
        """Read the whole file. Functions are read twice: the first time to learn what they set and pass on.

        Args:
            tree: The file.
            shallow: Leave the functions out: only what the module itself sets is wanted.

        Raises:
            LimitExceeded: it takes too many steps.
        """
        self.block(tree.body, self.scope)
        for quiet in () if shallow else (1, 0):
            self.quiet = quiet
            self.results.clear()
            done: set[ast.AST] = set()
            while waiting := [node for node in self.functions if node not in done]:
                for node in waiting:
                    done.add(node)
                    self.body(self.functions[node])

    def block(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        """Read statements in order."""
        for statement in statements:
            self.spend()
            self.statement(statement, scope)

    def statement(self, node: ast.stmt, scope: Scope) -> None:
        """Read one statement."""
        match node:
            case ast.Assign():
                thing = self.read(node.value, scope)
                for target in node.targets:
                    self.assign(target, thing, scope)
            case ast.AnnAssign() if node.value is not None:
                self.assign(node.target, self.read(node.value, scope), scope)
            case ast.AugAssign():
                combined = ast.BinOp(left=_load(node.target), op=node.op, right=node.value)
                self.assign(node.target, self.read(ast.copy_location(combined, node), scope), scope)
            case ast.Expr():
                self.read(node.value, scope)
            case ast.Return():
                scope.returns.append(
                    self.read(node.value, scope) if node.value is not None else Unknown("None")
                )
            case ast.Import():
                self.imported(node, scope)
            case ast.ImportFrom():
                self.imported_from(node, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                scope.names[node.name] = self.define(node, scope, node.name, None)
            case ast.ClassDef():
                scope.names[node.name] = self.define_class(node, scope)
            case _:
                self.compound(node, scope)

    def compound(self, node: ast.stmt, scope: Scope) -> None:
        """Read a statement that holds others."""
        match node:
            case ast.If():
                self.read(node.test, scope)
                self.branches([node.body, node.orelse], scope)
            case ast.Try() | ast.TryStar():
                self.block(node.body, scope)
                for handler in node.handlers:
                    self.branches([handler.body, []], scope)
                self.block([*node.orelse, *node.finalbody], scope)
            case ast.For() | ast.AsyncFor():
                self.assign(node.target, elements(self.read(node.iter, scope), self.place(node.iter)), scope)
                self.block([*node.body, *node.orelse], scope)
            case ast.While():
                self.read(node.test, scope)
                self.block([*node.body, *node.orelse], scope)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    thing = self.read(item.context_expr, scope)
                    if item.optional_vars is not None:
                        self.assign(item.optional_vars, thing, scope)
                self.block(node.body, scope)
            case ast.Match():
                self.read(node.subject, scope)
                self.branches([case.body for case in node.cases], scope)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.read(child, scope)

    def branches(self, bodies: Sequence[Sequence[ast.stmt]], scope: Scope) -> None:
        """Read alternatives; a name that they set differently may be either."""
        before = dict(scope.names)
        outcomes: list[dict[str, Thing]] = []
        for body in bodies:
            scope.names = dict(before)
            self.block(body, scope)
            outcomes.append(scope.names)
        names = dict(outcomes[0])
        for outcome in outcomes[1:]:
            for name, thing in outcome.items():
                held = names.get(name)
                if held is None:
                    names[name] = thing
                elif held is not thing:
                    where = as_value(thing, self.place(bodies[0][0] if bodies[0] else ast.Pass()))
                    names[name] = merged(
                        held, thing, where.location if isinstance(where, Text) else self.place(ast.Pass())
                    )
        scope.names = names

    def imported(self, node: ast.Import, scope: Scope) -> None:
        """`import a.b as c`."""
        for alias in node.names:
            if alias.asname:
                scope.names[alias.asname] = Reference(alias.name.replace(".", "/"))
            else:
                root = alias.name.partition(".")[0]
                scope.names[root] = Reference(root)

    def imported_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        """`from a.b import c`; a relative import is made absolute."""
        module = (node.module or "").replace(".", "/")
        if node.level:
            folders = self.module.split("/")
            package = folders if self.path.endswith("/__init__.py") else folders[:-1]
            package = package[: len(package) - node.level + 1]
            module = "/".join([*package, *([module] if module else [])])
        for alias in node.names:
            if alias.name != "*":
                scope.names[alias.asname or alias.name] = Reference(module, alias.name)

    def define(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, name: str, owner: Instance | None
    ) -> Function:
        """A function; its defaults and decorators are read where it stands."""
        known = self.functions.get(node)
        function = Function(node, scope, name, owner, known.arguments if known is not None else {})
        self.functions[node] = function
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
            self.read(default, scope)
        for decorator in node.decorator_list:
            self.read(decorator, scope)
        return function

    def define_class(self, node: ast.ClassDef, scope: Scope) -> Klass:
        """A class: its fields, its methods, what it takes over."""
        bases = [self.read(base, scope) for base in node.bases]
        known = self.classes.get(node)
        klass = known or Klass(node.name, Instance())
        klass.instance.klass = klass
        self.classes[node] = klass
        inner = Scope(parent=scope)
        self.inherit(klass, bases)
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                name = node.name if statement.name == "__init__" else f"{node.name}.{statement.name}"
                method = self.define(statement, scope, name, klass.instance)
                klass.methods[statement.name] = method
                if any(isinstance(d, ast.Name) and "property" in d.id for d in statement.decorator_list):
                    klass.instance.fields.setdefault(statement.name, self.apply(method, Arguments()))
            else:
                self.statement(statement, inner)
        kept = (pair for pair in inner.names.items() if not isinstance(pair[1], Klass | Function))
        fields: dict[str, Thing] = dict(kept)
        if any(isinstance(b, Reference) and b.attributes.endswith(_SETTINGS_BASES) for b in bases):
            fields = self.from_environment(node, inner, fields)
        for name, thing in fields.items():
            klass.instance.fields.setdefault(name, thing)
        return klass

    def inherit(self, klass: Klass, bases: Sequence[Thing]) -> None:
        """Take over what the base classes of this file set; remember the first one from elsewhere."""
        for base in bases:
            if isinstance(base, Klass):
                klass.methods = {**base.methods, **klass.methods}
                for name, thing in base.instance.fields.items():
                    klass.instance.fields.setdefault(name, thing)
            elif isinstance(base, Reference) and klass.instance.base is None:
                klass.instance.base = base

    def body(self, function: Function) -> None:
        """Read a function's body by itself, its parameters standing for what calls pass."""
        scope = Scope(parent=function.scope)
        arguments = function.node.args
        for i, argument in enumerate((*arguments.posonlyargs, *arguments.args)):
            offset = 1 if function.owner is not None else 0
            scope.names[argument.arg] = self.parameter(function, argument, i - offset)
        for argument in arguments.kwonlyargs:
            scope.names[argument.arg] = self.parameter(function, argument, -1)
        if function.owner is not None and (first := (*arguments.posonlyargs, *arguments.args)[:1]):
            scope.names[first[0].arg] = function.owner
        for rest in (arguments.vararg, arguments.kwarg):
            if rest is not None:
                scope.names[rest.arg] = Unknown("further arguments of a function")
        self.block(function.node.body, scope)

    def call(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:
        """What calling this gives; a call that takes a model is written down by `report`."""
        match callee:
            case Function():
                self.record(callee, arguments)
                return self.apply(callee, arguments)
            case Klass():
                return self.construct(callee, arguments)
            case Bound(name="add_argument"):
                return self.command_line(arguments, node)
            case Member(path=path) if path.endswith("add_argument"):
                return self.command_line(arguments, node)
            case Reference() if callee.attributes.endswith(".add_argument"):
                return self.command_line(arguments, node)
            case Reference() if callee.attributes.endswith((".parse_args", ".parse_known_args")):
                return self.arguments
            case Member(path=path) if path.endswith(("parse_args", "parse_known_args")):
                return self.arguments
            case _:
                known = library_call(self, callee, arguments, node)
                return known if known is not None else self.report(callee, arguments, node)

    def report(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:
        """Write a call down that takes a model, and say what it gives."""
        raise NotImplementedError

    def command_line(self, arguments: Arguments, node: ast.Call) -> Thing:
        """`parser.add_argument("--model", default=…)`."""
        names = [t.text for t, _ in arguments.positional if isinstance(t, Text)]
        if names:
            flag = max(names, key=len)
            destination = arguments.first("dest")
            key = destination.text if isinstance(destination, Text) else flag.lstrip("-").replace("-", "_")
            self.arguments.items[key] = option_value(arguments, flag, self, node)
        return Unknown("a command line's option")

    def record(self, function: Function, arguments: Arguments) -> None:
        """Remember what a call passes to a function of this file."""
        parameters = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)]
        if function.owner is not None:
            parameters = parameters[1:]
        given = dict(zip(parameters, (thing for thing, _ in arguments.positional), strict=False))
        given |= {name: thing for name, (thing, _) in arguments.keywords.items()}
        for name, thing in given.items():
            passed = function.arguments.setdefault(name, [])
            if thing not in passed and len(passed) < 16:
                passed.append(thing)

    def apply(self, function: Function, arguments: Arguments) -> Thing:
        """What does a function of this file return for these arguments? Nothing in it is written down."""
        telling = any(_tells(thing) for thing, _ in (*arguments.positional, *arguments.keywords.values()))
        if not telling and function.node in self.results:
            return self.results[function.node]
        if self.call_depth >= _CALL_DEPTH or self.applications <= 0 or not self.is_short(function):
            return Unknown(f"what {function.name} returns")
        self.applications -= 1
        self.call_depth += 1
        self.quiet += 1
        try:
            scope = Scope(parent=function.scope)
            parameters = [*function.node.args.posonlyargs, *function.node.args.args]
            for argument in (*parameters, *function.node.args.kwonlyargs):
                scope.names[argument.arg] = self.default_of(function, argument) or self.parameter(
                    function, argument, -1
                )
            if function.owner is not None and parameters:
                scope.names[parameters.pop(0).arg] = function.owner
            for argument, (thing, _) in zip(parameters, arguments.positional, strict=False):
                scope.names[argument.arg] = thing
            scope.names |= {name: thing for name, (thing, _) in arguments.keywords.items()}
            self.block(function.node.body, scope)
        finally:
            self.quiet -= 1
            self.call_depth -= 1
        result: Thing = Unknown(f"what {function.name} returns")
        for thing in scope.returns:
            result = merged(result, thing, self.place(function.node))
        if not telling:
            self.results[function.node] = result
        return result

    def is_short(self, function: Function) -> bool:
        """Is it worth reading this function again for one call: short, and giving or setting something?"""
        if function.node not in self.short:
            inside = list(islice(ast.walk(function.node), _SHORT_NODES + 1))
            gives = any(isinstance(n, ast.Return) and n.value is not None for n in inside)
            sets = function.node.name == "__init__"
            self.short[function.node] = len(inside) <= _SHORT_NODES and (gives or sets)
        return self.short[function.node]

    def construct(self, klass: Klass, arguments: Arguments) -> Thing:
        """An instance of a class of this file; without `__init__`, keywords are its fields."""
        initialiser = klass.methods.get("__init__")
        if initialiser is not None:
            self.record(initialiser, arguments)
            if self.call_depth < 2:
                self.apply(initialiser, arguments)
            return klass.instance
        if not arguments.keywords:
            return klass.instance
        fields = {name: thing for name, (thing, _) in arguments.keywords.items()}
        own = Instance({**klass.instance.fields, **fields}, klass, klass.instance.base)
        for name, thing in fields.items():
            klass.instance.fields[name] = merged_field(klass.instance.fields.get(name), thing)
        return own


def _tells(thing: Thing) -> bool:
    """May it matter to a function that it is given this?"""
    return is_value(thing) or isinstance(thing, Client | Instance | Setting | Table)


def _load(target: ast.expr) -> ast.expr:
    """The target of `x += y`, to be read."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(id=target.id, ctx=ast.Load()), target)
    return target
