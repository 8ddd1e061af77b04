"""`gauger lists`: take in list files that the user fetched, look at them, decide who is who."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.core.errors import UsageError
from gauger.core.exits import Exit
from gauger.core.text import printable

if TYPE_CHECKING:
    from gauger.catalogue.load import Catalogue
    from gauger.lists.match import Match
    from gauger.lists.records import ListFolder, Party

_IDENT = re.compile(r"[a-z]{2}\.[a-z0-9][a-z0-9.-]{0,60}")

folder = click.option(
    "--lists",
    "lists_path",
    type=click.Path(path_type=Path, file_okay=False),
    default="gauger-lists",
    show_default=True,
    metavar="FOLDER",
    help="The folder in which the lists are kept.",
)


@click.group()
def lists() -> None:
    """Take in sanctions and trade lists that you fetched, and match them with developers.

    Gauger ships no list and fetches none. See docs/how-to/use-sanctions-lists.md.
    """


@lists.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--list",
    "ident",
    default="",
    metavar="IDENT",
    help="Keep only this list of FILE; or, for FollowTheMoney entities, the list that they are of.",
)
@click.option("--published", metavar="DATE", help="When FILE was published, where it does not say so.")
@click.option("--retrieved", metavar="DATE", help="When FILE was downloaded. Default: today (UTC).")
@folder
@click.option("--force", is_flag=True, help="Replace what is there, even by something older or contrary.")
def import_file(
    file: Path, ident: str, published: str | None, retrieved: str | None, lists_path: Path, *, force: bool
) -> int:
    """Read FILE, recognised by its content, and keep the organisations and ships in it.

    Reads the Consolidated Screening List (JSON, CSV), OFAC's XML (classic, advanced), the UK Sanctions List
    (CSV, XML), the EU's financial sanctions (XML 1.1, CSV) and FollowTheMoney entities. Names of people are
    counted and not kept.
    """
    from gauger.lists.read import read_list
    from gauger.lists.store import keep

    given = _day(published, "--published") if published else ""
    read = read_list(
        file, retrieved=_day(retrieved, "--retrieved"), published=given, ident=_ident(ident) if ident else ""
    )
    held = keep(lists_path, read, force=force)
    told = read.counts
    dates = f"published {held.published}\tretrieved {held.retrieved}"
    click.echo(f"{read.key}\t{read.title}\t{dates}\t{told.kept} entries")
    left = (
        f"{told.individuals} people, {told.perhaps_individuals} who may be people, "
        f"{told.of_other_lists} of other lists"
    )
    click.echo(f"gauger: {told.read} entries read; left out: {left}", err=True)
    if held is not read:
        click.echo("gauger: this file was imported before; nothing was changed", err=True)
    if held.retrieved > options.iso_date(None):
        click.echo(
            f"gauger: retrieved on {held.retrieved}, a day that is still to come? Else --retrieved is wrong, "
            "and the file will be called old too late",
            err=True,
        )
    return int(Exit.DONE)


@lists.command()
@folder
def show(lists_path: Path) -> int:
    """List the files at hand with digest and dates, and what people decided."""
    from gauger.lists.store import read_folder

    held = read_folder(lists_path)
    for file in held.files:
        dates = (f"published {file.published}", f"retrieved {file.retrieved}")
        entries = f"{len(file.parties)} entries"
        _row(file.key, file.title, *dates, entries, " ".join(file.lists), f"sha256:{file.sha256}")
    for said in held.confirmations:
        verdict = f"{said.verdict} as {said.developer}"
        _row(said.list, said.entry, said.name, verdict, f"by {said.by} on {said.on}: {said.because}")
    click.echo(f"gauger: {len(held.files)} files, {len(held.confirmations)} decisions", err=True)
    return int(Exit.DONE if held.files else Exit.NOTHING)


@lists.command()
@click.option("--developer", default="", metavar="ID", help="Only this developer.")
@folder
@options.catalogue
def match(developer: str, lists_path: Path, catalogue_path: Path | None) -> int:
    """Show which developers are on the lists, and which entries a person should look at.

    Exact matches count; suggestions never do until somebody confirms them.
    """
    from gauger.assess.listings import known_developers
    from gauger.catalogue.load import Catalogue
    from gauger.lists.match import matches
    from gauger.lists.store import read_folder
    from gauger.lists.suggest import suggestions

    catalogue, held = Catalogue(catalogue_path), read_folder(lists_path)
    if developer:
        _developer(developer, catalogue)
    wanted = [k for k in known_developers(catalogue) if developer in {"", k.developer}]
    found, near = matches(held, wanted), suggestions(held, wanted)
    for one in found:
        _row("counts", *_told(one))
    for other in near:
        alike = f"{other.score:.0f} like {other.own!r}"
        _row("look at", other.party.list, other.party.number, other.listed, other.developer, alike)
    click.echo(f"gauger: {len(found)} entries count, {len(near)} to look at", err=True)
    return int(Exit.DONE)


def _row(*cells: str) -> None:
    """One line of a table. A folder of lists may be a stranger's, so no cell steers the terminal."""
    click.echo("\t".join(printable(cell) for cell in cells))


def _told(one: Match) -> Iterator[str]:
    yield from (one.party.list, one.party.number, next(iter(one.party.names), ""), one.developer)
    if one.how == "confirmed" and one.confirmation is not None:
        yield f"confirmed by {one.confirmation.by} on {one.confirmation.on}"
    else:
        yield f"by the {one.how} {one.what!r}"


@lists.command()
@click.argument("ident", metavar="LIST")
@click.argument("entry", metavar="ENTRY")
@click.argument("developer", metavar="DEVELOPER")
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.option("--because", required=True, metavar="TEXT", help="On what grounds.")
@click.option("--different", is_flag=True, help="They are not the same; do not suggest it again.")
@click.option("--date", "as_of", metavar="YYYY-MM-DD", help="When it was decided. Default: today (UTC).")
@folder
@options.catalogue
def confirm(
    ident: str,
    entry: str,
    developer: str,
    by: str,
    because: str,
    as_of: str | None,
    lists_path: Path,
    catalogue_path: Path | None,
    *,
    different: bool,
) -> int:
    """Decide that ENTRY of LIST is DEVELOPER, or with --different that it is not.

    ENTRY is the entry's number or its exact name. The decision is added to confirmations.yaml in the folder,
    with the date and the list's digest.
    """
    from gauger.catalogue.load import Catalogue
    from gauger.lists.confirmations import add_confirmation
    from gauger.lists.records import Confirmation
    from gauger.lists.store import read_folder

    for name, text in (("--by", by), ("--because", because)):
        if not text.strip():
            raise UsageError("is empty: a decision names it", subject=name)
    held = read_folder(lists_path)
    party = _entry(ident, entry, held)
    _developer(developer, Catalogue(catalogue_path))
    changed = add_confirmation(
        lists_path,
        Confirmation(
            list=ident,
            entry=party.number,
            name=next(iter(party.names), ""),
            developer=developer,
            verdict="different" if different else "same",
            by=printable(by.strip(), 120),
            because=printable(because.strip()),
            on=options.iso_date(as_of),
            file=held.newest(ident)[0].sha256,
        ),
    )
    said = "is not" if different else "is"
    _row(ident, party.number, next(iter(party.names), ""), f"{said} {developer}")
    if not changed:
        click.echo("gauger: this was decided before; nothing was changed", err=True)
    return int(Exit.DONE)


def _entry(ident: str, entry: str, held: ListFolder) -> Party:
    """The entry with this number, else the one with this name.

    Raises:
        UsageError: no such list or entry (with the nearest), or several entries.
    """
    from gauger.core.strict import nearest
    from gauger.lists.names import name_key

    idents = sorted({i for file in held.files for i in file.lists})
    if ident not in idents:
        guess = nearest(ident, idents)
        raise UsageError(
            f"no file of the list {ident!r} is at hand",
            subject="LIST",
            hint=f"did you mean {guess!r}?" if guess else "at hand: " + ", ".join(idents),
        )
    there = [party for party in held.parties if party.list == ident]
    found = [p for p in there if entry and p.number == entry]
    found = found or [p for p in there if name_key(entry) and name_key(entry) in map(name_key, p.names)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = "; ".join(f"{p.number} {next(iter(p.names), '')}" for p in found[:5])
        raise UsageError(
            f"{len(found)} entries of {ident} are called {entry!r}", subject="ENTRY", hint=listed
        )
    guess = nearest(entry, [p.number for p in there]) or nearest(entry, [n for p in there for n in p.names])
    raise UsageError(
        f"{ident} has no entry {entry!r}",
        subject="ENTRY",
        hint=f"did you mean {guess!r}?" if guess else "see `gauger lists match`",
    )


def _developer(ident: str, catalogue: Catalogue) -> None:
    from gauger.core.strict import nearest

    if ident not in catalogue.developers:
        guess = nearest(ident, list(catalogue.developers))
        hint = f"did you mean {guess!r}?" if guess else "see `gauger catalogue search developers`"
        raise UsageError(f"there is no developer {ident!r}", subject="DEVELOPER", hint=hint)


def _day(text: str | None, subject: str) -> str:
    try:
        return options.iso_date(text)
    except UsageError as error:
        raise UsageError(error.message, subject=subject, hint=error.hint) from error


def _ident(text: str) -> str:
    """A list's ident: one that rules know, or another of that shape that looks like none of them.

    Raises:
        UsageError: misspelt, or of another shape.
    """
    from gauger.catalogue.vocabulary import LISTS
    from gauger.core.strict import nearest

    if text in LISTS:
        return text
    guess = nearest(text, list(LISTS))
    if guess or not _IDENT.fullmatch(text):
        hint = f"did you mean {guess!r}?" if guess else "write it like us.1260h; known: " + ", ".join(LISTS)
        raise UsageError(f"there is no list {text!r}", subject="--list", hint=hint)
    return text
