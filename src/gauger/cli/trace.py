"""`gauger trace`: where one model comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.session import existing, reporting

if TYPE_CHECKING:
    from gauger.catalogue.query import Lookup
    from gauger.core.dossier import Dossier


@click.command()
@options.together(options.target)
@reporting
def trace(known: Lookup, path: Path) -> Dossier:
    """Say where one model comes from.

    PATH is a file of weights, or a model's folder.
    """
    from gauger.flows.check import lineage_only
    from gauger.flows.question import Question

    return lineage_only(existing(path), known, Question(as_of=options.iso_date(None)))
