"""`gauger schema`: the published schema of the JSON document."""

from __future__ import annotations

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of the JSON document."""
    from gauger.core.dossier import published_schema

    click.echo(published_schema().decode(), nl=False)
