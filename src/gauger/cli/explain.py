"""`gauger explain`: why a dossier says what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.core.errors import GaugerError, LimitExceeded, Unreadable

if TYPE_CHECKING:
    from gauger.core.dossier import Dossier


MOST_BYTES = 1 << 30
"""Of a document that a command reads; the largest that was seen, of 78 models and no profile, has 50 MB."""


@click.command()
@click.argument("dossier", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("ident", metavar="ID")
def explain(dossier: Path, ident: str) -> int:
    """Explain a record: why, from where, what would change it.

    DOSSIER is the JSON document of a check. ID is the id of a finding, decision, claim, comparison, evidence,
    use or model, or enough of its beginning.
    """
    from gauger.assess.explain import explain as explained

    for line in explained(document(dossier), ident):
        click.echo(line)
    return 0


def document(path: Path) -> Dossier:
    """The dossier in this file.

    Raises:
        GaugerError: it cannot be read or is none; the message names the file.
    """
    from gauger.core.dossier import load

    try:
        return load(read(path))
    except GaugerError as error:
        subject = (
            f"{path}: {error.subject}" if error.subject and str(path) not in error.subject else str(path)
        )
        raise type(error)(error.message, subject=subject, hint=error.hint) from error


def read(path: Path) -> bytes:
    """The bytes of a document that the user names.

    Raises:
        Unreadable: it cannot be read.
        LimitExceeded: it is larger than any document of ours.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read", subject=str(path)) from error
    if len(data) > MOST_BYTES:
        raise LimitExceeded(f"a document has no more than {MOST_BYTES:,} bytes", subject=str(path))
    return data
