"""Writes the pages of `docs/reference` that the code itself determines, and the table of limits.

    python scripts/reference.py

A contract test fails when a page differs from what this script would write.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
from click.testing import CliRunner
from msgspec import inspect as shape

from gauger.catalogue.vocabulary import COMBINATORS, FORMS, LISTS, WORDS, Argument, Word
from gauger.cli.main import cli
from gauger.core import limits
from gauger.core.dossier import Dossier
from gauger.core.exits import MEANING
from gauger.core.inventory import Role
from gauger.core.limits import Limits
from gauger.core.lineage import Relation
from gauger.core.profile import AcceptedRisk, Modification, Profile, Ruling

DOCS = Path(__file__).parent.parent / "docs"
_ENTRY = re.compile(r"^    (?P<name>[\w-]+): (?P<text>.*)$")


def attributes(kind: type[msgspec.Struct]) -> dict[str, str]:
    """What does the class's docstring say of each field? Keys are the names in Python."""
    found: dict[str, str] = {}
    name = ""
    _, _, section = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")
    for line in section.splitlines():
        entry = _ENTRY.match(line)
        if entry:
            name = entry["name"].replace("-", "_")
            found[name] = entry["text"]
        elif name and line.startswith("        "):
            found[name] += " " + line.strip()
        elif line.strip():
            break
    return found


def first_line(kind: type[msgspec.Struct]) -> str:
    """The first paragraph of a class's docstring, as one line."""
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].split())


_PLAIN: dict[type[shape.Type], str] = {
    shape.StrType: "text",
    shape.IntType: "whole number",
    shape.FloatType: "number",
    shape.BoolType: "true or false",
    shape.NoneType: "null",
    shape.AnyType: "anything",
}


def words(node: shape.Type) -> str:
    """How is this type said to a reader of the JSON document?"""
    if type(node) in _PLAIN:
        return _PLAIN[type(node)]
    if isinstance(node, shape.LiteralType):
        return choice([str(value) for value in node.values])
    if isinstance(node, shape.StructType):
        return f"[{node.cls.__name__}](#{node.cls.__name__.lower()})"
    if isinstance(node, shape.VarTupleType | shape.ListType):
        return f"list of {words(node.item_type)}"
    if isinstance(node, shape.DictType):
        return f"map from {words(node.key_type)} to {words(node.value_type)}"
    if isinstance(node, shape.UnionType):
        return " or ".join(words(part) for part in node.types)
    raise TypeError(f"no words for {node}")


def choice(values: list[str]) -> str:
    """A closed set of values, sorted."""
    return " · ".join(f"`{value}`" for value in sorted(values))


def rows(kind: type[msgspec.Struct]) -> Iterator[str]:
    """One line of a table for each field."""
    said = attributes(kind)
    config = kind.__struct_config__
    if config.tag is not None:
        yield f"| `{config.tag_field}` | `{config.tag}` | Tells this record from others at its place. |"
    for field in shape.type_info(kind).fields:  # type: ignore[attr-defined]
        meaning = said.get(field.name, "Derived from the content." if field.name == "id" else "")
        required = " *(required)*" if field.required else ""
        yield f"| `{field.encode_name}` | {words(field.type)}{required} | {escaped(meaning)} |"


def escaped(text: str) -> str:
    """Text that may stand in a cell of a table."""
    return text.replace("|", "\\|")


def section(kind: type[msgspec.Struct]) -> str:
    """A heading, a sentence and the table of fields."""
    head = ["| field | type | meaning |", "| --- | --- | --- |"]
    return f"## {kind.__name__}\n\n{first_line(kind)}\n\n" + "\n".join([*head, *rows(kind)]) + "\n"


def structs(kind: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """All record types reachable from this one, in the order of their first appearance."""
    order: list[type[msgspec.Struct]] = []

    def visit(node: Any) -> None:
        if isinstance(node, shape.StructType):
            if node.cls in order:
                return
            order.append(node.cls)
            for field in node.fields:
                visit(field.type)
        for name in ("item_type", "key_type", "value_type"):
            visit(getattr(node, name)) if hasattr(node, name) else None
        for part in getattr(node, "types", ()):
            visit(part)

    visit(shape.type_info(kind))
    return order


def dossier_page() -> str:
    """docs/reference/dossier.md."""
    intro = """# The dossier

The JSON document of `gauger check -f json`. Every other report is made from it. It has a version of its own;
a later Gauger loads every version that was ever released. The JSON Schema (2020-12) is printed by
`gauger schema`.

Four promises hold for every dossier.

- The same input, program, knowledge base, profile and date give the same bytes. Keys are sorted, and so are
  the lists.
- Each record's `id` is made from its own content: a prefix and 64 bits of SHA-256 over its identity fields.
  Loading checks it.
- Where something is not known there is an `Unmeasured` record with a reason, never null, 0 or an empty text.
- It holds no absolute path, no clock time, and no value of a secret.

Fields with a default may be left out by the writer. Records refer to each other by `id`.

"""
    return intro + "\n".join(section(kind) for kind in structs(Dossier))


def profile_page() -> str:
    """docs/reference/profile.md."""
    intro = """# The profile

`gauger.yaml`, beside the stack or named with `--profile`. No key is required. An unknown key ends the run
with exit code 2. See [how to write a profile](../how-to/write-a-profile.md).

"""
    kinds = (Profile, AcceptedRisk, Ruling, Modification)
    return intro + "\n".join(section(kind) for kind in kinds)


def exits_page() -> str:
    """docs/reference/exit-codes.md."""
    table = "\n".join(f"| {code.value} | `{code.name}` | {meaning} |" for code, meaning in MEANING.items())
    return f"""# Exit codes

An interface that scripts may rely on. A code never changes its meaning; a new meaning gets a new code.

| code | name | meaning |
| --- | --- | --- |
{table}

Where findings and gaps both apply, 1 wins over 4. A run that a person interrupts ends with 130, as shells
expect, and one that is told to end (`SIGTERM`) with 143; both take their temporary files away.
[Gate a pipeline](../how-to/gate-a-pipeline.md) shows them at work.
"""


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """What `--help` prints for this command and for those below it, by what a person types."""
    answer = CliRunner(env={"COLUMNS": "100"}).invoke(cli, [*path, "--help"], prog_name="gauger")
    yield " ".join(("gauger", *path)), answer.stdout
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from commands(command.commands[name], (*path, name))


def command_page() -> str:
    """docs/reference/command-line.md."""
    blocks = [f"## {name}\n\n```text\n{text.strip()}\n```\n" for name, text in commands(cli)]
    intro = """# The command line

What `--help` prints, for every command. Standard output is the document; messages and a one-line summary go
to standard error. [Exit codes](exit-codes.md) are an interface.

"""
    return intro + "\n".join(blocks)


def limits_table() -> str:
    """Each bound of `gauger.core.limits.Limits`, with its default and its meaning."""
    tree = ast.parse(inspect.getsource(limits))
    body = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Limits").body
    lines = ["| bound | default | on what |", "| --- | --- | --- |"]
    for field, note in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(note, ast.Expr):
            name = ast.unparse(field.target)
            said = " ".join(str(ast.literal_eval(note.value)).split())
            lines.append(f"| `{name}` | {amount(name, getattr(Limits(), name))} | {escaped(said)} |")
    return "\n".join(lines) + "\n"


def amount(name: str, value: float) -> str:
    """A bound with its unit."""
    if name.endswith("_bytes"):
        return f"{int(value) // 2**20:,} MiB"
    return f"{value:g} s" if name.endswith("_s") else f"{int(value):,}"


def limits_page() -> str:
    """docs/limits.md: written by hand, but for the table between the two marks."""
    text = (DOCS / "limits.md").read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- limits:begin -->\n")
    _, _, tail = rest.partition("<!-- limits:end -->")
    return f"{head}<!-- limits:begin -->\n{limits_table()}<!-- limits:end -->{tail}"


_ARGUMENTS: dict[Argument, str] = {
    "flag": "`true`; for the opposite use `not`",
    "question": "one question about the user; `gauger catalogue search question` lists them",
    "countries": "a code of ISO 3166-1 alpha-2 or `EU`, or a list of them",
    "places": "a code of ISO 3166-1 alpha-2, `EU`, a US state by ISO 3166-2 (`US-TX`), or a list of them",
    "developers": "the id of a developer in the knowledge base, or a list of them",
    "families": "the id of a family in the knowledge base, or a list of them",
    "licences": "the id of a licence in the knowledge base, or a list of them",
    "lists": "an official list, or several: " + ", ".join(f"`{name}`" for name in LISTS),
    "providers": "the id of a provider in the knowledge base or `self`, or a list of them",
    "forms": "a form, or a list of them",
    "relations": "one or more of " + ", ".join(f"`{name}`" for name in ("own", *get_args(Relation))),
    "roles": "one or more of " + ", ".join(f"`{name}`" for name in get_args(Role)),
    "figure": "a `question` that asks for a number, and a `value`",
    "stake-of": "`developers` and a `percent`",
    "stake-of-listed": "`lists` and a `percent`",
}
"""What stands behind a predicate, for each kind of argument."""


_EXAMPLES: dict[Argument, str] = {
    "flag": "true",
    "question": "…",
    "figure": "{ question: …, value: … }",
    "stake-of": "{ developers: […], percent: … }",
    "stake-of-listed": "{ lists: […], percent: … }",
}


def predicate(word: Word) -> str:
    """The section of one predicate."""
    example = _EXAMPLES.get(word.argument, "[…]")
    place = "everywhere" if word.scope == "profile" else "`test`, and `when` of an exception"
    return f"""## {word.ident}

{word.question.format("…")}

| | |
| --- | --- |
| written | `{word.ident}: {example}` |
| takes | {_ARGUMENTS[word.argument]} |
| allowed in | {place} |
| unknown when | {word.unknown_when} |
"""


def predicates_page() -> str:
    """docs/reference/predicates.md."""
    joined = ", ".join(f"`{name}`" for name in COMBINATORS)
    forms = ", ".join(f"`{name}`" for name in FORMS)
    intro = f"""# Predicates

The words that may stand in `binds`, `test` and `exceptions` of an instrument. The set is closed:
`gauger catalogue lint` names the nearest right word for any other. [Add an
instrument](../how-to/add-an-instrument.md) shows them at work.

Conditions are joined with {joined}; a node with several keys means all of them. `all` and `any` need at least
one condition. An answer is true, false or unknown, and unknown is never taken for false:
[How verdicts are made](../methods/assess.md).

`binds` asks about the user only. `test` and exceptions ask about one line of descent of the model: the model
itself, or an ancestor in the form in which the model reaches it. The model is caught when one line is.

`reaches` is no condition but a table with `yes`, `no` or `silent` for each form: {forms}. A form that it does
not name is silent.

"""
    return intro + "\n".join(predicate(word) for word in WORDS)


PAGES = {
    "reference/dossier.md": dossier_page,
    "reference/profile.md": profile_page,
    "reference/exit-codes.md": exits_page,
    "reference/command-line.md": command_page,
    "reference/predicates.md": predicates_page,
    "limits.md": limits_page,
}
"""Page → what writes it."""


if __name__ == "__main__":
    for page, write in PAGES.items():
        (DOCS / page).write_text(write(), encoding="utf-8")
        print(page)
