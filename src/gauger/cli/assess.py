"""`gauger assess`: other scenarios, another reading or date, for a stack that was checked before."""

from __future__ import annotations

from pathlib import Path

import click

from gauger.cli import options
from gauger.cli.explain import read
from gauger.cli.session import Session, lookup, question
from gauger.core.judgement import LegalReading


@click.command()
@click.argument("dossier", type=click.Path(path_type=Path, dir_okay=False))
@options.together(
    options.form,
    options.output,
    options.profile,
    options.reading,
    options.scenario,
    options.as_of,
    options.fail_on,
    options.strict,
    options.catalogue,
)
def assess(
    dossier: Path,
    form: str,
    outputs: tuple[Path, ...],
    profile_path: Path | None,
    reading: LegalReading | None,
    scenarios: tuple[str, ...],
    as_of: str | None,
    fail_on: str | None,
    strict: bool,  # noqa: FBT001 - click passes options by name
    catalogue_path: Path | None,
) -> int:
    """Evaluate the rules again for a stack that was checked.

    DOSSIER is the JSON document of a check; the stack itself is not read again. The profile is the
    document's own unless another is named.
    """
    from gauger.core.dossier import load
    from gauger.flows.check import judged_again
    from gauger.flows.summary import summary

    session = Session(outputs=outputs, form=form, fail_on=fail_on, strict=strict)
    session.check_formats()
    known = lookup(catalogue_path)
    before = load(read(dossier))
    asked = question(
        known,
        dossier,
        profile_path,
        options.iso_date(as_of),
        reading=reading,
        scenarios=scenarios,
        stored=before,
    )
    after = judged_again(before, known, asked)
    return session.finish(after, summary(after))
