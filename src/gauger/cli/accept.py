"""`gauger accept`: the block for `gauger.yaml` with which somebody answers for a finding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.core.errors import UsageError
from gauger.core.exits import Exit

if TYPE_CHECKING:
    from gauger.core.profile import AcceptedRisk


@click.command()
@click.argument("dossier", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("ident", metavar="ID")
@click.option("--owner", required=True, metavar="TEXT", help="Who answers for it: a name or a role.")
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@click.option("--expires", required=True, metavar="YYYY-MM-DD", help="The last day on which it counts.")
@click.option(
    "--write",
    "profile",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Put the block into this profile. Without it the block is only printed.",
)
def accept(dossier: Path, ident: str, owner: str, reason: str, expires: str, profile: Path | None) -> int:
    """Print the block with which OWNER accepts a finding or decision until a day.

    ID is that of a finding, or of a decision: then the instrument is accepted for that model. The block holds
    a digest of what is accepted, so that a later change of the facts or of the rule's text is noticed.
    """
    from gauger.assess.acceptance import acceptance_of, block_of
    from gauger.assess.accepted import MOST_YEARS, years_later
    from gauger.cli.explain import document as named
    from gauger.cli.options import iso_date
    from gauger.flows.check import grounds_of

    document = named(dossier)
    last = iso_date(expires, "--expires")
    if last < document.as_of:
        raise UsageError(f"{last} is before the document's own day, {document.as_of}", subject="--expires")
    for name, text in (("--owner", owner), ("--reason", reason)):
        if not text.strip() or not text.isprintable():
            raise UsageError("is empty, or more than one line", subject=name)
    grounds = grounds_of(document, document, document.reading)
    risk = acceptance_of(document, grounds, ident, owner=owner, reason=reason, expires=last)
    click.echo("accepted:\n" + block_of(risk), nl=False)
    if last > years_later(document.as_of):
        click.echo(f"gauger: that is more than {MOST_YEARS} years; every check will say so", err=True)
    if profile is not None:
        _put_into(profile, risk)
    return int(Exit.DONE)


def _put_into(path: Path, risk: AcceptedRisk) -> None:
    from gauger.assess.acceptance import with_acceptance
    from gauger.cli.explain import read
    from gauger.cli.session import rewrite

    try:
        text = read(path).decode() if path.exists() else ""
    except UnicodeDecodeError as error:
        raise UsageError("is not UTF-8", subject=str(path)) from error
    rewrite(path, with_acceptance(text, risk, path.name).encode())
    click.echo(f"gauger: written into {path}", err=True)
