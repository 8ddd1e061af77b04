"""`gauger compare`: what two models have to do with each other, by their weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.session import existing, reporting

if TYPE_CHECKING:
    from gauger.catalogue.query import Lookup
    from gauger.core.dossier import Dossier

_model = click.argument("model", type=click.Path(path_type=Path))
_references = click.argument(
    "references", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="REFERENCE…"
)


@click.command()
@options.together(_model, _references)
@reporting
def compare(known: Lookup, model: Path, references: tuple[Path, ...]) -> Dossier:
    """Say what MODEL has to do with each REFERENCE, by their weights.

    Each is a file of weights or a model's folder, in any format that can be read; they need not be of one
    format. Of several references that together make up MODEL, the weights of the merge are told.
    """
    from gauger.flows.compare import compare as flow
    from gauger.flows.question import Question

    paths = [existing(path) for path in references]
    return flow(existing(model), paths, known, Question(as_of=options.iso_date(None)))
