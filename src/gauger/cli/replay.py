"""`gauger replay`: is the same decided again?"""

from __future__ import annotations

from pathlib import Path

import click

from gauger.cli import options
from gauger.core.exits import Exit

_MOST_LINES = 200
_MOST_CASES = 3


@click.command()
@click.argument("record", type=click.Path(path_type=Path, dir_okay=False), metavar="RECORD")
@click.argument("dossier", type=click.Path(path_type=Path, dir_okay=False))
@options.together(options.profile, options.lists, options.catalogue)
def replay(
    record: Path,
    dossier: Path,
    profile_path: Path | None,
    lists_path: Path | None,
    catalogue_path: Path | None,
) -> int:
    """Decide again what RECORD says was decided on DOSSIER, and say what differs.

    Day, scenarios, reading and suppositions are the record's; the profile is the document's own unless
    another is named. Exit code 0 where the record comes out the same byte for byte, 1 where an input or a
    decision differs.
    """
    from gauger.cli.explain import document, read
    from gauger.cli.lists_folder import with_lists
    from gauger.cli.session import lookup, question
    from gauger.core.decision_record import load_record
    from gauger.core.text import printable
    from gauger.flows.replay import replay as decide_again

    before, stored = load_record(read(record)), document(dossier)
    known = lookup(catalogue_path)
    asked = question(known, dossier, profile_path, options.iso_date(before.as_of), stored=stored)
    asked = with_lists(asked, dossier.parent, profile_path, lists_path)
    found = decide_again(before, stored, known, asked)
    if found.identical:
        click.echo(f"identical: {before.sha256}, {len(before.decisions)} decisions as of {before.as_of}")
        return int(Exit.DONE)
    for difference in found.differences[:_MOST_LINES]:
        words = " → ".join(printable(text, 300) for text in (difference.before, difference.after))
        where = ", ".join(difference.cases[:_MOST_CASES])
        more = len(difference.cases) - _MOST_CASES
        where += f" and {more} more" if more > 0 else ""
        click.echo(
            f"{difference.kind}: {printable(difference.what, 300)}: {words}"
            + (f" ({where})" if where else "")
        )
    left = len(found.differences) - _MOST_LINES
    if left > 0:
        click.echo(f"{left} more")
    moved = sum(difference.kind == "decision" for difference in found.differences)
    inputs = len(found.differences) - moved
    click.echo(f"gauger: {inputs} inputs and {moved} decisions differ from {before.sha256}", err=True)
    return int(Exit.FINDINGS)
