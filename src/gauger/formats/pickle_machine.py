"""What a pickle would build, told without building it: names stay names, calls stay calls.

The machine keeps a stack and a memo as Python's does, but GLOBAL pushes the *name* of a thing and REDUCE
pushes a `Call` that nobody makes. Nothing is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.pickle_opcodes import Operation, Payload, operations
from gauger.formats.source import Source


class Name:
    """A global that the pickle asks for: `module.name`, or `computed` where the text was not to be had."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Call:
    """A call or construction that loading would make; `state` is what BUILD would hand over afterwards."""

    __slots__ = ("arguments", "function", "state")

    def __init__(self, function: Any, arguments: Any) -> None:
        self.function = function
        self.arguments = arguments
        self.state: Any = None


class Table:
    """A dictionary as pairs, in order: keys are never hashed, so that hostile keys cost nothing."""

    __slots__ = ("pairs",)

    def __init__(self) -> None:
        self.pairs: list[tuple[Any, Any]] = []


class Persistent:
    """A reference to something outside the pickle: PyTorch's storages."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


COMPUTED = "(computed name)"
_TEXT_DIGITS = 40


class _State:
    """Stack, marks and memo, with what each operation does to them."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.names: dict[str, None] = {}

    def pop(self) -> Any:
        if self.marks and len(self.stack) <= self.marks[-1]:
            raise IndexError
        return self.stack.pop()

    def since_mark(self) -> list[Any]:
        begin = self.marks.pop()
        items = self.stack[begin:]
        del self.stack[begin:]
        return items

    def ask(self, module: Any, name: Any) -> Name:
        plain = isinstance(module, str) and isinstance(name, str)
        text = printable(f"{module}.{name}", 400) if plain else COMPUTED
        self.names.setdefault(text)
        return Name(text)

    def ask_global(self, lines: list[bytes]) -> None:
        self.stack.append(self.ask(lines[0].decode("utf-8", "replace"), lines[1].decode("utf-8", "replace")))

    def stack_global(self, _: Any) -> None:
        name, module = self.pop(), self.pop()
        self.stack.append(self.ask(module, name))

    def instance(self, lines: list[bytes]) -> None:
        arguments = tuple(self.since_mark())
        self.ask_global(lines)
        self.stack.append(Call(self.stack.pop(), arguments))

    def object_(self, _: Any) -> None:
        items = self.since_mark()
        self.stack.append(Call(items[0], tuple(items[1:])))

    def extension(self, number: Any) -> None:
        self.names.setdefault(f"(extension {number})")
        self.stack.append(Name(f"(extension {number})"))

    def reduce(self, _: Any) -> None:
        arguments, function = self.pop(), self.pop()
        self.stack.append(Call(function, arguments))

    def newobj_ex(self, _: Any) -> None:
        keywords, arguments, function = self.pop(), self.pop(), self.pop()
        self.stack.append(Call(function, (arguments, keywords)))

    def build(self, _: Any) -> None:
        state, target = self.pop(), self.stack[-1]
        if not isinstance(target, Call):
            return
        if isinstance(target.state, Table) and isinstance(state, Table):
            target.state.pairs.extend(state.pairs)  # a dictionary with attributes, as every `state_dict()` is
        else:
            target.state = state

    def extend(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, list):
            target.extend(items)
        elif isinstance(target, Call):
            target.state = items

    def set_items(self, items: list[Any]) -> None:
        target = self.stack[-1]
        pairs = list(zip(items[::2], items[1::2], strict=False))
        if isinstance(target, Call):
            if not isinstance(target.state, Table):
                target.state = Table()
            target = target.state
        if isinstance(target, Table):
            target.pairs.extend(pairs)

    def set_item(self, _: Any) -> None:
        value, key = self.pop(), self.pop()
        self.set_items([key, value])

    def make_dict(self, _: Any) -> None:
        items = self.since_mark()
        self.stack.append(Table())
        self.set_items(items)

    def make_tuple(self, count: int) -> None:
        items = [self.pop() for _ in range(count)]
        self.stack.append(tuple(reversed(items)))

    def persistent(self, _: Any) -> None:
        self.stack.append(Persistent(self.pop()))

    def memoize(self, _: Any) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def put(self, number: int) -> None:
        self.memo[number] = self.stack[-1]

    def push_true(self, _: Any) -> None:
        self.stack.append(True)

    def push_false(self, _: Any) -> None:
        self.stack.append(False)

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def mark(self, _: Any) -> None:
        self.marks.append(len(self.stack))

    def drop(self, _: Any) -> None:
        """POP takes a mark where that is on top."""
        if self.marks and len(self.stack) == self.marks[-1]:
            self.marks.pop()
        else:
            self.stack.pop()


class Machine:
    """Walks one pickle.

    Attributes:
        result: What it would give; None until STOP was reached.
        end: Where the pickle ends, once STOP was reached; else how far it could be followed.
        steps: Operations done.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._state = _State()
        self.result: Any = None
        self.end = 0
        self.steps = 0

    def run(self, at: int, budget: int) -> None:
        """Follow the pickle that begins at `at`.

        Raises:
            Malformed: it is damaged or does not end; `names` holds what was seen before.
            LimitExceeded: more than `budget` operations.
            Unreadable: the bytes cannot be had.
        """
        for operation in operations(self._source, self._limits, at=at, budget=budget):
            self.steps += 1
            self.end = operation.after
            action = _ACTIONS.get(operation.name)
            try:
                if action is not None:
                    action(self._state, operation.argument)
                else:
                    self._state.stack.append(_constant(operation))
            except (IndexError, KeyError) as error:
                raise Malformed(
                    "the pickle takes what is not on its stack", subject=self._source.name
                ) from error
        self.result = self._state.stack[-1] if self._state.stack else None

    @property
    def names(self) -> dict[str, None]:
        """Every global asked for, in order of first appearance."""
        return self._state.names


def _number_of(line: list[bytes]) -> int:
    text = line[0][:_TEXT_DIGITS].decode("ascii", "replace").rstrip("L")
    return int(text) if text.lstrip("-").isdigit() else -1


_BYTES = frozenset({"BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"})


def _constant(operation: Operation) -> Any:
    """The value of an operation that pushes its own argument."""
    argument = operation.argument
    if operation.name in _BYTES:
        size = argument.size_bytes if isinstance(argument, Payload) else len(argument)
        return Payload(size, operation.after - size)
    if operation.name in ("INT", "LONG"):
        return _number_of(argument)
    if operation.name in ("STRING", "UNICODE"):
        return argument[0].strip(b"'\"").decode("utf-8", "replace")
    if operation.name in ("BINSTRING", "SHORT_BINSTRING") and isinstance(argument, bytes):
        return argument.decode("utf-8", "replace")
    if operation.name == "FLOAT":
        return Payload(len(argument[0]))
    return argument


def _ignored(state: _State, argument: Any) -> None:
    """PROTO, FRAME, STOP and READONLY_BUFFER change nothing here."""


_ACTIONS: dict[str, Callable[[_State, Any], object]] = {
    "PROTO": _ignored,
    "FRAME": _ignored,
    "STOP": _ignored,
    "READONLY_BUFFER": _ignored,
    "GLOBAL": _State.ask_global,
    "STACK_GLOBAL": _State.stack_global,
    "INST": _State.instance,
    "OBJ": _State.object_,
    "EXT1": _State.extension,
    "EXT2": _State.extension,
    "EXT4": _State.extension,
    "REDUCE": _State.reduce,
    "NEWOBJ": _State.reduce,
    "NEWOBJ_EX": _State.newobj_ex,
    "BUILD": _State.build,
    "APPEND": lambda m, _: m.extend([m.pop()]),
    "APPENDS": lambda m, _: m.extend(m.since_mark()),
    "ADDITEMS": lambda m, _: m.extend(m.since_mark()),
    "SETITEM": _State.set_item,
    "SETITEMS": lambda m, _: m.set_items(m.since_mark()),
    "DICT": _State.make_dict,
    "LIST": lambda m, _: m.push(m.since_mark()),
    "FROZENSET": lambda m, _: m.push(m.since_mark()),
    "TUPLE": lambda m, _: m.push(tuple(m.since_mark())),
    "TUPLE1": lambda m, _: m.make_tuple(1),
    "TUPLE2": lambda m, _: m.make_tuple(2),
    "TUPLE3": lambda m, _: m.make_tuple(3),
    "EMPTY_TUPLE": lambda m, _: m.push(()),
    "EMPTY_LIST": lambda m, _: m.push([]),
    "EMPTY_SET": lambda m, _: m.push([]),
    "EMPTY_DICT": lambda m, _: m.push(Table()),
    "NEWTRUE": _State.push_true,
    "NEWFALSE": _State.push_false,
    "BINPERSID": _State.persistent,
    "PERSID": lambda m, line: m.push(Persistent(line[0].decode("utf-8", "replace"))),
    "NEXT_BUFFER": lambda m, _: m.push(Payload(-1)),
    "MARK": _State.mark,
    "POP": _State.drop,
    "POP_MARK": lambda m, _: m.since_mark(),
    "DUP": lambda m, _: m.push(m.stack[-1]),
    "MEMOIZE": _State.memoize,
    "BINPUT": _State.put,
    "LONG_BINPUT": _State.put,
    "PUT": lambda m, line: m.put(_number_of(line)),
    "BINGET": lambda m, number: m.push(m.memo[number]),
    "LONG_BINGET": lambda m, number: m.push(m.memo[number]),
    "GET": lambda m, line: m.push(m.memo[_number_of(line)]),
}
