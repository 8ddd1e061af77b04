"""`gauger questions`: the profile that is missing, ready to be filled in."""

from __future__ import annotations

from pathlib import Path

import click

from gauger.cli import options
from gauger.cli.explain import document
from gauger.cli.session import lookup


@click.command()
@click.argument("dossier", type=click.Path(path_type=Path, dir_okay=False))
@options.catalogue
def questions(dossier: Path, catalogue_path: Path | None) -> int:
    """Print a gauger.yaml with the questions that decide most.

    DOSSIER is the JSON document of a check. Each question names who can answer it and how many models wait
    for it. Fill it in, put it beside the stack, and assess again.
    """
    from gauger.report.questions import profile_to_fill_in

    known = lookup(catalogue_path).catalogue
    click.echo(profile_to_fill_in(document(dossier), known.questions), nl=False)
    return 0
