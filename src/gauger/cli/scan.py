"""`gauger scan`: the inventory alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.session import existing, progress, question, reporting

if TYPE_CHECKING:
    from gauger.catalogue.query import Lookup
    from gauger.core.dossier import Dossier


@click.command()
@options.together(options.target, options.profile)
@reporting
def scan(known: Lookup, path: Path, profile_path: Path | None) -> Dossier:
    """List the models that PATH uses: where, how and through whom."""
    from gauger.flows import check as flow

    root = existing(path)
    asked = question(known, root, profile_path, options.iso_date(None))
    return flow.inventory_only(root, known, asked, progress())
