"""In which scope of a translated file is a name set, and what does a getter give that nobody wrote?"""

from __future__ import annotations

import ast

from gauger.scan.python_objects import Scope


def getter_of(field: str) -> ast.FunctionDef:
    """A method that gives this field, which the class has although nobody wrote it."""
    arguments = ast.arguments(
        posonlyargs=[], args=[ast.arg(arg="self")], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    own = ast.Name(id="self", ctx=ast.Load(), lineno=0, col_offset=0)
    value = ast.Attribute(value=own, attr=field, ctx=ast.Load(), lineno=0, col_offset=0)
    body: list[ast.stmt] = [ast.Return(value=value, lineno=0, col_offset=0)]
    return ast.FunctionDef(name=field, args=arguments, body=body, decorator_list=[], lineno=0, col_offset=0)


def scope_of(scope: Scope, name: str) -> Scope | None:
    """In which scope is this name set?"""
    held: Scope | None = scope
    while held is not None and name not in held.names:
        held = held.parent
    return held


def is_local(scope: Scope, name: str) -> bool:
    """Is this name set in the method at hand, not in its class or file?"""
    held: Scope | None = scope
    while held is not None:
        if name in held.names:
            return True
        if "self" in held.names:
            return False
        held = held.parent
    return False
