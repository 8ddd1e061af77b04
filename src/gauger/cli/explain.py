"""`gauger explain`: why a dossier says what it says."""

from __future__ import annotations

from pathlib import Path

import click

from gauger.core.errors import Unreadable


@click.command()
@click.argument("dossier", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("ident", metavar="ID")
def explain(dossier: Path, ident: str) -> int:
    """Explain a record: why, from where, what would change it.

    DOSSIER is the JSON document of a check. ID is the id of a finding, decision, claim, comparison, evidence,
    use or model, or enough of its beginning.
    """
    from gauger.assess.explain import explain as explained
    from gauger.core.dossier import load

    for line in explained(load(read(dossier)), ident):
        click.echo(line)
    return 0


def read(path: Path) -> bytes:
    """The bytes of a document that the user names.

    Raises:
        Unreadable: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read", subject=str(path)) from error
