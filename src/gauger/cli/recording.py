"""Options that keep a decision record, and what they do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.core.errors import UsageError

if TYPE_CHECKING:
    from gauger.core.dossier import Dossier

record = click.option(
    "--record",
    "record_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep what was decided, and on what, in FILE; `gauger replay` decides it again.",
)
sign_with = click.option(
    "--sign-with",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="KEY",
    help="Sign the record with this private key (PEM, Ed25519), in FILE.dsse.json beside it. Repeatable.",
)


def keep_record(
    dossier: Dossier, path: Path | None, keys: tuple[Path, ...], suppositions: tuple[str, ...] = ()
) -> Dossier:
    """Write the record of this document to `path`, signed with these keys; the document itself is returned.

    Raises:
        UsageError: keys without a file, or a file that cannot be written.
    """
    if path is None:
        if keys:
            raise UsageError("there is nothing to sign", subject="--sign-with", hint="add --record FILE")
        return dossier
    from gauger.cli.session import write
    from gauger.core.decision_record import dump_record, record_of

    made = record_of(dossier, suppositions)
    data = dump_record(made)
    write(path, data)
    click.echo(f"decisions kept: {path} {made.sha256}", err=True)
    if keys:
        from gauger.signing.decisions import sign_record
        from gauger.signing.keys import read_signing_key

        tool = f"{dossier.tool.name} {dossier.tool.version}"
        signed = sign_record(path, data, tool, tuple(read_signing_key(key) for key in keys))
        click.echo(f"signed: {signed}", err=True)
    return dossier
