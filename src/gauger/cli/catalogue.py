"""`gauger catalogue`: look into the knowledge base, and check it."""

from __future__ import annotations

from pathlib import Path

import click

from gauger.cli import fingerprints, options
from gauger.core.errors import UsageError
from gauger.core.exits import Exit
from gauger.core.text import printable

_LINE = 20_000
"""Characters of a line that are shown. A knowledge base given with --catalogue may be a stranger's."""


@click.group()
def catalogue() -> None:
    """Look into the knowledge base, check it, and add fingerprints of models to it."""


for command in (fingerprints.add, fingerprints.keygen, fingerprints.pack, fingerprints.import_file):
    catalogue.add_command(command)


@catalogue.command()
@options.catalogue
@options.as_of
def lint(catalogue_path: Path | None, as_of: str | None) -> int:
    """Check every record: sources, ids, dates, words; exit 1 on an error, 0 on warnings alone."""
    from gauger.catalogue.lint import lint as check_records
    from gauger.catalogue.load import default_folder

    problems = check_records(catalogue_path or default_folder(), as_of=options.iso_date(as_of))
    for problem in problems:
        told = f"{problem.file}:{problem.line}: {problem.severity}: {problem.message}"
        click.echo(printable(" ".join(told.split("\n")), _LINE))
    errors = sum(problem.severity == "error" for problem in problems)
    click.echo(f"gauger: {errors} errors, {len(problems) - errors} warnings", err=True)
    return int(Exit.FINDINGS if errors else Exit.DONE)


@catalogue.command()
@click.argument("ident", metavar="KIND/ID")
@options.catalogue
def show(ident: str, catalogue_path: Path | None) -> int:
    """Print one record with its sources: `developers/deepseek`, `instruments/cz.nukib`."""
    import msgspec

    from gauger.catalogue.load import KINDS, Catalogue
    from gauger.core.strict import nearest

    kind, _, name = ident.partition("/")
    if kind not in KINDS or not name:
        guess = nearest(kind, list(KINDS))
        hint = f"did you mean '{guess}/{name}'?" if guess else "write KIND/ID; kinds: " + ", ".join(KINDS)
        raise UsageError(f"{ident!r} names no record", hint=hint)
    table = getattr(Catalogue(catalogue_path), kind)
    if name not in table:
        guess = nearest(name, list(table))
        raise UsageError(
            f"{ident!r} names no record", hint=f"did you mean '{kind}/{guess}'?" if guess else ""
        )
    for line in msgspec.yaml.encode(table[name]).decode().split("\n")[:-1]:
        click.echo(printable(line, _LINE))
    return int(Exit.DONE)


@catalogue.command()
@click.argument("words", nargs=-1, required=True)
@options.catalogue
def search(words: tuple[str, ...], catalogue_path: Path | None) -> int:
    """List the records that hold all WORDS in their kind, id, title, names or aliases (any case).

    One word that is the path of a model (`./model.gguf`, a folder) lists instead the fingerprints that its
    weights hang together with.
    """
    from gauger.catalogue.find import find
    from gauger.catalogue.load import Catalogue

    if len(words) == 1 and Path(words[0]).exists() and ("/" in words[0] or Path(words[0]).is_file()):
        return fingerprints.find(Path(words[0]), catalogue_path)
    found = list(find(Catalogue(catalogue_path), words))
    for ident, entry in found:
        title = getattr(entry, "title", "") or getattr(entry, "question", "")
        click.echo(f"{printable(ident)}\t{printable(title)}")
    click.echo(f"gauger: {len(found)} records", err=True)
    return int(Exit.DONE if found else Exit.NOTHING)
