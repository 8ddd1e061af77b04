"""What do the statements of a Python file set, and what do its calls give?"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from operator import is_

from gauger.scan.python_arguments import Arguments
from gauger.scan.python_choice import OTHERWISE, case_of, choose, key_group
from gauger.scan.python_classes import Classes
from gauger.scan.python_library import library_call
from gauger.scan.python_merge import elements
from gauger.scan.python_objects import (
    Bound,
    Function,
    Klass,
    Member,
    Partial,
    Reference,
    Scope,
    Table,
    Thing,
    Unknown,
    text_of,
)
from gauger.scan.python_parameters import option_value
from gauger.scan.python_table import Calls
from gauger.scan.values import Text


class Program(Classes):
    """Reads one file: the module's own statements first, then every function by itself.

    Args:
        path: The file.
        module: The module's path, with `/`: `services/api/config`.
        calls: The table of calls.
    """

    def __init__(self, path: str, module: str, calls: Calls) -> None:
        super().__init__(path, module, calls)
        self.scope = Scope()
        self.stars: list[str] = []

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
        left = len(self.gone)
        for statement in statements:
            self.spend()
            self.statement(statement, scope)
            if isinstance(statement, ast.If) and not statement.orelse and _leaves(statement.body):
                self.gone.append(case_of(statement.test, statement.lineno))
        del self.gone[left:]

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
                thing = self.read(node.value, scope) if node.value is not None else Unknown("None")
                scope.returns.append((self.cases[-1] if self.cases else None, thing))
            case ast.Global() | ast.Nonlocal():
                scope.shared.update(node.names)
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
                self.condition(node, scope)
            case ast.Try() | ast.TryStar():
                self.block(node.body, scope)
                for handler in node.handlers:
                    self.branches([("caught", handler.body), (OTHERWISE, [])], f"try:{node.lineno}", scope)
                self.block([*node.orelse, *node.finalbody], scope)
            case ast.For() | ast.AsyncFor():
                things = elements(self.read(node.iter, scope), self.place(node.iter))
                self.assign(node.target, things, scope)
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
                cases = [(_label(case.pattern, i), case.body) for i, case in enumerate(node.cases)]
                self.branches(cases, key_group(node.subject), scope)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.read(child, scope)

    def condition(self, node: ast.If, scope: Scope) -> None:
        """`if`: the branch that the arguments of a call decide for, or both."""
        self.read(node.test, scope)
        decided = self.decided(node.test, scope) if self.call_depth else None
        if decided is not None:
            self.block(node.body if decided else node.orelse, scope)
            return
        group, label = case_of(node.test, node.lineno)
        self.branches([(label, node.body), (OTHERWISE, node.orelse)], group, scope)

    def decided(self, test: ast.expr, scope: Scope) -> bool | None:
        """Does this condition hold, as far as the arguments of a call tell? None where they do not."""
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return None
        left = text_of(self.read(test.left, scope))
        right = self.read(test.comparators[0], scope)
        if left is None:
            return None
        if isinstance(test.ops[0], ast.Eq | ast.NotEq) and (text := text_of(right)) is not None:
            return (left == text) == isinstance(test.ops[0], ast.Eq)
        if isinstance(test.ops[0], ast.In) and isinstance(right, Table) and right.items:
            texts = [text_of(t) for t in right.items.values()] if right.is_list else list(right.items)
            return left in texts if None not in texts else None
        return None

    def branches(self, bodies: Sequence[tuple[str, Sequence[ast.stmt]]], group: str, scope: Scope) -> None:
        """Read alternatives; a name that they set differently may be either."""
        before = dict(scope.names)
        outcomes: dict[str, dict[str, Thing]] = {}
        for label, body in bodies:
            scope.names = dict(before)
            self.cases.append((group, label))
            try:
                self.block(body, scope)
            finally:
                self.cases.pop()
            outcomes[label] = scope.names
        if all(_same(outcome, before) for outcome in outcomes.values()):
            scope.names = before
            return
        names: dict[str, Thing] = {}
        for name in dict.fromkeys(name for outcome in outcomes.values() for name in outcome):
            things = {label: outcome[name] for label, outcome in outcomes.items() if name in outcome}
            first = next(iter(things.values()))
            same = all(thing is first for thing in things.values())
            names[name] = first if same else choose(group, things)
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
            if alias.name == "*":
                self.stars.append(module)
            else:
                scope.names[alias.asname or alias.name] = Reference(module, alias.name)

    def call(self, callee: Thing, arguments: Arguments, node: ast.Call) -> Thing:
        """What calling this gives; a call that takes a model is written down by `report`."""
        match callee:
            case Function():
                self.record(callee, arguments)
                return self.apply(callee, arguments)
            case Klass():
                return self.construct(callee, arguments)
            case Partial():
                return self.call(callee.callee, arguments.after(callee), node)
            case Reference(module="builtins", attributes="super"):
                return self.base_of_owner()
            case Reference() if callee.dotted in ("functools.partial", "functools.partialmethod"):
                return self.partial(arguments, node)
            case Reference() if callee.attributes.endswith(
                ("HfArgumentParser", "TrlParser", "H4ArgumentParser")
            ):
                return Bound(_instances(arguments.first(0, "dataclass_types")), "@parsed")
            case Bound(owner=Bound(owner=Table() as parsed, name="@parsed")):
                return parsed
            case Bound(owner=Klass() as klass, name=name) if (made := self.made_of(klass, name)) is not None:
                return made
        name = method_name(callee)
        if name == "add_argument":
            return self.command_line(arguments, node)
        if name in ("parse_args", "parse_known_args", "parse_intermixed_args"):
            both: dict[str, Thing] = {"0": self.arguments, "1": Unknown("the rest of a command line")}
            return self.arguments if name != "parse_known_args" else Table(both, is_list=True)
        if name == "set_defaults":
            self.arguments.items |= {key: thing for key, (thing, _) in arguments.keywords.items()}
        known = library_call(self, callee, arguments, node)
        return known if known is not None else self.report(callee, arguments, node)

    def partial(self, arguments: Arguments, node: ast.Call) -> Thing:
        """`functools.partial(f, x)`: the arguments that are there are looked at at once."""
        if not arguments.positional:
            return Unknown("a partial of nothing")
        first, rest = arguments.positional[0][0], arguments.without(1)
        if isinstance(first, Function):
            self.record(first, rest)
        elif not isinstance(first, Klass):
            self.each_call(first, rest, node)
        return Partial(first, tuple(rest.positional), tuple(rest.keywords.items()))

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


def method_name(callee: Thing) -> str:
    """The last part of what is called, where it is a method of something that is no object of this file."""
    match callee:
        case Bound():
            return callee.name
        case Member():
            return callee.path.rpartition(".")[2]
        case Reference():
            return callee.attributes.rpartition(".")[2] if "." in callee.attributes else ""
        case _:
            return ""


def _instances(given: Thing | None) -> Table:
    """Objects of the classes that a parser fills from the command line."""
    kinds = list(given.items.values()) if isinstance(given, Table) else [given]
    made: dict[str, Thing] = {}
    for number, kind in enumerate(kinds):
        if isinstance(kind, Klass):
            made[str(number)] = kind.instance
        else:
            made[str(number)] = kind.called() if isinstance(kind, Reference) else Unknown("parsed arguments")
    return Table(made, is_list=True)


def _same(names: dict[str, Thing], before: dict[str, Thing]) -> bool:
    """Did the statements of a branch leave all names as they were?"""
    return len(names) == len(before) and all(map(is_, names.values(), before.values()))


def _leaves(body: Sequence[ast.stmt]) -> bool:
    """Does what follows these statements never come after them?"""
    return bool(body) and isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _label(pattern: ast.pattern, number: int) -> str:
    """By which label is the case of a `match` known?"""
    if isinstance(pattern, ast.MatchOr):
        pattern = pattern.patterns[0]
    if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
        return str(pattern.value.value)
    return OTHERWISE if isinstance(pattern, ast.MatchAs) and pattern.pattern is None else f"case {number}"


def _load(target: ast.expr) -> ast.expr:
    """The target of `x += y`, to be read."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(id=target.id, ctx=ast.Load()), target)
    return target
