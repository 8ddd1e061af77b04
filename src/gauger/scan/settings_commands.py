"""What do settings start, and which environment do they give it? MCP servers, task files, service lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gauger.core.text import printable
from gauger.scan.collector import FileView
from gauger.scan.environment import Variable, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import shell
from gauger.scan.model_words import is_secret_name
from gauger.scan.program_lookup import program_at
from gauger.scan.settings_tree import Group, Leaf
from gauger.scan.shell import Session
from gauger.scan.shell_lexer import Word

_ENVIRONMENTS = {
    "env", "envs", "environment", "envvars", "variables", "vars", "env_vars", "environmentvariables",
    "env_variables", "environment_variables", "secrets"
}  # fmt: skip
_PAIR = re.compile(r"([A-Z][A-Z0-9_]+)=(?:\"([^\"]*)\"|([^\s,\"']+))")
_NAME = re.compile(r"^[A-Z][A-Z0-9_]{2,}$")
_COMMANDS = {
    "cmd", "cmds", "command", "commands", "run", "script", "scripts", "setup", "entrypoint", "exec",
    "startcommand", "buildcommand", "start_command", "build_command", "startup_command", "shell",
    "postcreatecommand", "poststartcommand", "processes", "tasks", "release_command",
    "predeploycommand", "preinstall", "postinstall", "docker_args", "args", "extra_args", "steps",
    "execstart", "execstartpre"
}  # fmt: skip
_WORTH = re.compile(
    r"model|llama|ollama|vllm|serve|hf |huggingface|download|pull|claude|aider|codex", re.IGNORECASE
)


def settings_commands(document: Group, view: FileView, surface: str) -> tuple[Harvest, set[int]]:
    """What do the commands and environments of this document say, and which texts did they take?"""
    harvest, taken = Harvest(), set[int]()
    known: dict[str, list[Variable]] = {}
    for group in document.walk():
        variables = list(_variables(group))
        for _, variable in variables:
            known.setdefault(variable.name, []).append(variable)
        if variables:
            taken |= {id(leaf) for leaf, _ in variables}
            scope = str(view.path.parent).removeprefix(".") if "/" in str(view.path) else ""
            found = read_variables([v for _, v in variables], surface=surface, scope=scope, overridable=True)
            harvest.add(found)
    for group in document.walk():
        session = Session(surface, str(view.path), view.limits)
        for name, (variable, *others) in known.items():
            if not others and variable.text and f"${name}" not in variable.text:
                session.set(name, variable.text, variable.location, variable.value, counts=False)
        words = list(_argv(group))
        if words:
            session.argv(words)
        for leaf in group.leaves.values():
            if not _is_command(leaf) or words:
                continue
            spot, place = leaf.spot, leaf.location
            text, line = (spot.shell_text, spot.text_line) if spot is not None else (leaf.text, place.line)
            session.text(text.replace("\n", " ") if spot is None else text, line, place.column)
        found = session.finish()
        if found.candidates:
            taken |= {id(leaf) for leaf in group.leaves.values() if _is_command(leaf)}
        harvest.add(found)
    return harvest, taken


def _variables(group: Group) -> Iterator[tuple[Leaf, Variable]]:
    """`env: {A: b}`, `env: {A: {value: b}}`, `env: [{key|name: A, value: b}]`, or names in capitals."""
    yield from _of_unit(group)
    key = group.key.lower().replace("-", "")
    if key in _ENVIRONMENTS or (not group.is_list and _in_capitals(group)):
        for name, leaf in group.leaves.items():
            if group.is_list and "=" in leaf.text:
                set_name, _, text = leaf.text.partition("=")
                yield leaf, _variable(set_name, text, leaf)
            elif _NAME.match(name):
                yield leaf, _variable(name, leaf.text, leaf)
        for name, inner in group.groups.items():
            value = inner.leaves.get("value") or inner.leaves.get("default")
            named = inner.text("key") or inner.text("name") or name
            if value is not None and _NAME.match(named):
                yield value, _variable(named, value.text, value)


def _of_unit(group: Group) -> Iterator[tuple[Leaf, Variable]]:
    """`Environment=A=b "C=d"` of a systemd unit or a quadlet; `environment=A="b",C="d"` of supervisord."""
    for key, leaf in group.leaves.items():
        if not key.lower().startswith("environment") or not _PAIR.search(leaf.text):
            continue
        for match in _PAIR.finditer(leaf.text):
            yield leaf, _variable(match[1], (match[2] or match[3] or "").strip("\"'"), leaf)


def _in_capitals(group: Group) -> bool:
    names = [name for name in group.leaves if _NAME.match(name) and "_" in name]
    return len(names) > 1 and len(names) * 2 > len(group.leaves)


def _variable(name: str, text: str, leaf: Leaf) -> Variable:
    shown = "" if is_secret_name(name) else text
    value = shell(shown, leaf.location)
    return Variable(name=name, text=printable(shown), value=value, location=leaf.location)


def _argv(group: Group) -> Iterator[Word]:
    """`command: npx` with `args: […]`; a list of words under a command's key."""
    command = group.leaves.get("command") or group.leaves.get("cmd")
    arguments = group.groups.get("args") or group.groups.get("arguments")
    if command is not None and arguments is not None and arguments.is_list:
        for leaf in (command, *arguments.leaves.values()):
            yield Word(leaf.text, leaf.location.line, leaf.location.column)
    elif group.is_list and group.key in ("command", "cmd", "entrypoint", "args") and group.leaves:
        words = [Word(v.text, v.location.line, v.location.column) for v in group.leaves.values()]
        beside = group.parent is not None and group.parent.leaves.get("command") is not None
        if not beside and not any(" " in word.text for word in words[:1]):
            yield from words


def _is_command(leaf: Leaf) -> bool:
    keys = [k.lower().replace("-", "").partition(".")[0] for k in leaf.keys if not k.isdigit()]
    if not _WORTH.search(leaf.text) or not any(c.isspace() for c in leaf.text.strip()):
        return False
    return any(k in _COMMANDS for k in keys[-2:]) or program_at(leaf.text.split()[:6]) is not None
