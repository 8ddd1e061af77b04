"""`gauger scan`: the inventory alone."""

from __future__ import annotations

from pathlib import Path

import click

from gauger.cli import options
from gauger.cli.session import Session, existing, lookup, progress, question


@click.command()
@options.together(
    options.target,
    options.form,
    options.output,
    options.profile,
    options.fail_on,
    options.strict,
    options.catalogue,
)
def scan(
    path: Path,
    form: str,
    outputs: tuple[Path, ...],
    profile_path: Path | None,
    fail_on: str | None,
    strict: bool,  # noqa: FBT001 - click passes options by name
    catalogue_path: Path | None,
) -> int:
    """List the models that PATH uses: where, how and through whom."""
    from gauger.flows import check as flow
    from gauger.flows.summary import summary

    session = Session(outputs=outputs, form=form, fail_on=fail_on, strict=strict)
    session.check_formats()
    root = existing(path)
    known = lookup(catalogue_path)
    asked = question(known, root, profile_path, options.iso_date(None))
    dossier = flow.inventory_only(root, known, asked, progress())
    return session.finish(dossier, summary(dossier))
