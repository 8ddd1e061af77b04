"""`gauger assess`: other scenarios, another reading or date, for a stack that was checked before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.explain import document
from gauger.cli.lists_folder import with_lists
from gauger.cli.recording import keep_record, record, sign_with
from gauger.cli.session import question, reporting
from gauger.core.judgement import LegalReading

if TYPE_CHECKING:
    from gauger.catalogue.query import Lookup
    from gauger.core.dossier import Dossier


@click.command()
@click.argument("dossier", type=click.Path(path_type=Path, dir_okay=False))
@options.together(
    options.profile, options.lists, options.reading, options.scenario, options.suppose, options.as_of
)
@click.option(
    "--calendar",
    is_flag=False,
    flag_value="text",
    type=click.Choice(["text", "json", "md"]),
    help="Show what changes on which date instead, as text, json or md. Default: text.",
)
@options.together(record, sign_with)
@reporting
def assess(
    known: Lookup,
    dossier: Path,
    calendar: str | None,
    profile_path: Path | None,
    lists_path: Path | None,
    reading: LegalReading | None,
    scenarios: tuple[str, ...],
    suppositions: tuple[str, ...],
    as_of: str | None,
    record_path: Path | None,
    keys: tuple[Path, ...],
) -> Dossier | bytes:
    """Evaluate the rules again for a stack that was checked.

    DOSSIER is the JSON document of a check; the stack itself is not read again. The profile is the
    document's own unless another is named.
    """
    from gauger.flows.check import judged_again

    before = document(dossier)
    asked = question(
        known,
        dossier,
        profile_path,
        options.iso_date(as_of),
        reading=reading,
        scenarios=scenarios,
        suppositions=suppositions,
        stored=before,
    )
    asked = with_lists(asked, dossier.parent, profile_path, lists_path)
    judged = keep_record(judged_again(before, known, asked), record_path, keys, asked.suppositions)
    if calendar is None:
        return judged
    from gauger.flows import dates
    from gauger.report.calendar import written

    return written(dates.calendar(judged, known, asked), calendar)
