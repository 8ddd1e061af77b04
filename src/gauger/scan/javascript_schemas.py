"""What do schemas of settings stand for: `z.object({ MODEL: z.string().default("x") }).parse(process.env)`?

A schema is read as the object that it lets through: each key is what the environment gives, else the default.

Sources: the documentation of zod (https://zod.dev), `@t3-oss/env-core` (https://env.t3.gg), envalid
    (https://github.com/af/envalid), joi, valibot and NestJS's `ConfigService`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tree_sitter import Node

_ROOTS = {"z", "zod", "Joi", "joi", "yup", "v", "t", "S", "s", "Type", "Schema", "vine"}
_OBJECTS = {"object", "Object", "strictObject", "looseObject", "struct"}
_PARSES = {
    "parse",
    "safeParse",
    "parseAsync",
    "safeParseAsync",
    "validate",
    "validateSync",
    "attempt",
    "cast",
}
_DEFAULTS = {"default", "catch", "prefault", "fallback"}
_ENV_MAKERS = {"createEnv", "cleanEnv", "makeEnv"}
_ENV_PARTS = {"server", "client", "shared", "clientPrefix"}
_ENVIRONMENT = re.compile(r"\benv\b|\bprocess\.env\b|\bconfig\b", re.IGNORECASE)
_NAME = re.compile(r"^[A-Z][A-Z0-9_]+$")
_VALIDATORS = {"str", "url", "host", "email", "string", "env", "nonempty", "testOnly", "makeValidator"}
_LONGEST_CHAIN = 40


class Translator(Protocol):
    """What is needed of the translator of expressions."""

    def text(self, node: Node | None) -> str:
        """The text of a node."""
        ...

    def expression(self, node: Node | None, name: str = "") -> ast.expr:
        """What an expression stands for."""
        ...


def schema_value(translator: Translator, node: Node, key: str) -> ast.expr | None:
    """What does one entry of a schema stand for? None where it has no default or is no schema."""
    if node.type != "call_expression":
        return None
    default = _default(translator, node)
    if default is None:
        return None
    value = translator.expression(default)
    if not _NAME.match(key):
        return value
    return ast.BoolOp(op=ast.Or(), values=[environment_item(key, node), value])


def environment_item(key: str, node: Node) -> ast.expr:
    """`process.env.KEY`, at the place of this node."""
    line, column = node.start_point[0] + 1, node.start_point[1]
    process = ast.Name(id="process", ctx=ast.Load(), lineno=line, col_offset=column)
    owner = ast.Attribute(value=process, attr="env", ctx=ast.Load(), lineno=line, col_offset=column)
    name = ast.Constant(value=key, lineno=line, col_offset=column)
    made = ast.Subscript(value=owner, slice=name, ctx=ast.Load(), lineno=line, col_offset=column)
    made.written = (node.start_byte, node.end_byte)  # type: ignore[attr-defined]
    return made


def schema_call(translator: Translator, node: Node) -> ast.expr | None:
    """What does a call that makes or applies a schema give? None for any other call."""
    function = node.child_by_field_name("function")
    passed = _arguments(node)
    if function is None:
        return None
    if function.type == "identifier" and translator.text(function) in _ENV_MAKERS:
        return _of_environment(translator, passed)
    if function.type != "member_expression":
        return None
    owner = function.child_by_field_name("object")
    method = translator.text(function.child_by_field_name("property"))
    if owner is None:
        return None
    if method in _PARSES and passed and _is_schema(translator, owner, passed[0]):
        return translator.expression(owner)
    if method in ("get", "getOrThrow") and passed and _ENVIRONMENT.search(translator.text(owner)[:100]):
        return _asked(translator, node, passed)
    if _root(translator, node) in _ROOTS:
        return _object(translator, node)
    return None


def _is_schema(translator: Translator, owner: Node, given: Node) -> bool:
    """Is a schema applied here: to the environment, or is the object called one?"""
    if _ENVIRONMENT.search(translator.text(given)[:200]):
        return True
    named = owner.type == "identifier" and translator.text(owner).lower().endswith("schema")
    return named or _root(translator, owner) in _ROOTS


def _asked(translator: Translator, node: Node, passed: list[Node]) -> ast.expr | None:
    """`config.get("OPENAI_MODEL", "default")`."""
    key = translator.text(passed[0]).strip("'\"`")
    if passed[0].type != "string" or not _NAME.match(key) or "_" not in key:
        return None
    item = environment_item(key, node)
    if len(passed) > 1 and passed[1].type in ("string", "template_string", "identifier"):
        return ast.BoolOp(op=ast.Or(), values=[item, translator.expression(passed[1])])
    return item


def _of_environment(translator: Translator, passed: list[Node]) -> ast.expr | None:
    """`createEnv({ server: {…}, client: {…} })`, `cleanEnv(process.env, {…})`."""
    keys: list[ast.expr | None] = []
    values: list[ast.expr] = []
    for argument in passed:
        made = translator.expression(argument) if argument.type == "object" else None
        if not isinstance(made, ast.Dict):
            continue
        parts = [
            value
            for key, value in zip(made.keys, made.values, strict=True)
            if isinstance(key, ast.Constant) and key.value in _ENV_PARTS and isinstance(value, ast.Dict)
        ]
        for part in parts or [made]:
            if isinstance(part, ast.Dict):
                keys += part.keys
                values += part.values
    return ast.Dict(keys=keys, values=values) if keys else None


def _object(translator: Translator, node: Node) -> ast.expr | None:
    """The object literal of a chain: `z.object({…}).passthrough()`, with what `.extend({…})` adds."""
    keys: list[ast.expr | None] = []
    values: list[ast.expr] = []
    at: Node | None = node
    for _ in range(_LONGEST_CHAIN):
        if at is None or at.type != "call_expression":
            break
        function = at.child_by_field_name("function")
        method = translator.text(function.child_by_field_name("property")) if function is not None else ""
        passed = _arguments(at)
        if method in (*_OBJECTS, "extend", "augment", "keys") and passed and passed[0].type == "object":
            made = translator.expression(passed[0])
            if isinstance(made, ast.Dict):
                keys = [*made.keys, *keys]
                values = [*made.values, *values]
        at = function.child_by_field_name("object") if function is not None else None
    return ast.Dict(keys=keys, values=values) if keys else None


def _default(translator: Translator, node: Node) -> Node | None:
    """The default of `z.string().default("x")`, `v.optional(v.string(), "x")`, `str({ default: "x" })`."""
    at: Node | None = node
    found: Node | None = None
    for _ in range(_LONGEST_CHAIN):
        if at is None or at.type != "call_expression":
            break
        function, passed = at.child_by_field_name("function"), _arguments(at)
        if function is None:
            break
        if function.type == "identifier":
            known = translator.text(function) in _VALIDATORS
            return found or _option(translator, passed) if known else None
        method = translator.text(function.child_by_field_name("property"))
        if method in _DEFAULTS and passed:
            found = found or passed[0]
        elif method in ("optional", "nullish") and len(passed) > 1:
            found = found or passed[1]
        at = function.child_by_field_name("object")
    return found if found is not None and _root(translator, node) in _ROOTS else None


def _option(translator: Translator, passed: list[Node]) -> Node | None:
    for child in passed[0].named_children if passed and passed[0].type == "object" else ():
        key = translator.text(child.child_by_field_name("key")).strip("'\"`")
        if child.type == "pair" and key in ("default", "devDefault"):
            return child.child_by_field_name("value")
    return None


def _root(translator: Translator, node: Node) -> str:
    """The name with which a chain of calls and members begins."""
    at: Node | None = node
    for _ in range(2 * _LONGEST_CHAIN):
        if at is None:
            return ""
        if at.type == "call_expression":
            at = at.child_by_field_name("function")
        elif at.type == "member_expression":
            at = at.child_by_field_name("object")
        else:
            return translator.text(at) if at.type == "identifier" else ""
    return ""


def _arguments(node: Node) -> list[Node]:
    given = node.child_by_field_name("arguments")
    return [c for c in given.named_children if c.type != "comment"] if given is not None else []
