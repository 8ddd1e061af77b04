"""`gauger diff`: what moved between two documents, scenarios or knowledge bases, and what moved it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.explain import document
from gauger.cli.session import lookup, write
from gauger.core.errors import UsageError
from gauger.core.exits import Exit

if TYPE_CHECKING:
    from gauger.core.change import Diff
    from gauger.lists.records import ListFolder

_folder = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("dossier", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("new", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--scenarios", nargs=2, metavar="OLD NEW", help="Compare two scenarios of DOSSIER, by id or alias."
)
@click.option(
    "--catalogue", type=_folder, metavar="FOLDER", help="The old knowledge base. Default: the one shipped."
)
@click.option(
    "--against", type=_folder, metavar="FOLDER", help="The new knowledge base. Default: the one shipped."
)
@options.lists
@click.option(
    "-f", "--format", "form", type=click.Choice(["text", "json", "md"]), default="text", show_default=True
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the document to FILE instead of standard output.",
)
@click.option("--fail-on-worse", is_flag=True, help="Exit with 1 where a verdict got worse.")
def diff(
    *,
    dossier: Path,
    new: Path | None,
    scenarios: tuple[str, str] | None,
    catalogue: Path | None,
    against: Path | None,
    lists_path: Path | None,
    form: str,
    output: Path | None,
    fail_on_worse: bool,
) -> int:
    """Say what moved from DOSSIER to NEW, and what moved it.

    DOSSIER and NEW are JSON documents of a check. With --scenarios, two scenarios of DOSSIER are compared;
    with --catalogue and --against, DOSSIER is judged with two editions of the knowledge base. What moved a
    verdict is worked out by asking again with one input exchanged at a time.
    """
    from gauger.report.diff import written

    made = _made(dossier, new, scenarios or None, catalogue, against, lists_path)
    data = written(made, form)
    if output is None:
        click.echo(data, nl=False)
    else:
        write(output, data)
        click.echo(f"written: {output}", err=True)
    return int(Exit.FINDINGS if fail_on_worse and made.got_worse else Exit.DONE)


def _made(
    path: Path,
    new: Path | None,
    scenarios: tuple[str, str] | None,
    catalogue: Path | None,
    against: Path | None,
    lists_path: Path | None,
) -> Diff:
    """Which of the three comparisons was asked for?

    Raises:
        UsageError: none of them, or two at once.
    """
    from gauger.flows import diff as flow

    lists = _lists(lists_path)
    if new is not None:
        if scenarios:
            raise UsageError("one document is compared by scenario, not two", subject="--scenarios")
        if path.resolve() == new.resolve():
            raise UsageError("name two different documents", subject=str(new))
        old, later = document(path), document(new)
        folders = [folder for folder in (catalogue, against) if folder is not None]
        known = [lookup(folder).catalogue for folder in (*folders, None)]
        return flow.between_documents(old, later, known, lists)
    if scenarios:
        if against is not None:
            raise UsageError("scenarios are compared within one knowledge base", subject="--against")
        from gauger.assess.profile_file import known_scenarios

        known_base = lookup(catalogue)
        first, second = (known_scenarios((s,), known_base.catalogue, "--scenarios")[0] for s in scenarios)
        return flow.between_scenarios(document(path), known_base, first, second, lists)
    if catalogue is None and against is None:
        raise UsageError(
            "there is nothing to compare it with",
            subject=str(path),
            hint="name a second document, --scenarios OLD NEW, or --catalogue FOLDER and --against FOLDER",
        )
    return flow.between_catalogues(
        document(path), lookup(catalogue).catalogue, lookup(against).catalogue, lists
    )


def _lists(folder: Path | None) -> ListFolder:
    from gauger.assess.listings import NO_LISTS

    if folder is None:
        return NO_LISTS
    from gauger.lists.store import read_folder

    return read_folder(folder)
