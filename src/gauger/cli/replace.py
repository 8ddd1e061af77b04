"""`gauger replace`: what could stand in for the models that a scenario takes away?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.explain import document
from gauger.cli.lists_folder import with_lists
from gauger.cli.session import lookup, question, write
from gauger.core.errors import UsageError
from gauger.core.judgement import LegalReading
from gauger.core.strict import nearest

if TYPE_CHECKING:
    from gauger.core.replacement import ReplacementPlan


@click.command()
@click.argument("dossier", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--model", "models", multiple=True, metavar="NAME", help="Look at this model alone. Repeatable."
)
@click.option(
    "-f", "--format", "form", type=click.Choice(["text", "md", "json"]), default="text", show_default=True
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the document to FILE instead of standard output.",
)
@options.together(
    options.profile,
    options.lists,
    options.reading,
    options.scenario,
    options.suppose,
    options.as_of,
    options.catalogue,
)
def replace(
    *,
    dossier: Path,
    models: tuple[str, ...],
    form: str,
    output: Path | None,
    profile_path: Path | None,
    lists_path: Path | None,
    reading: LegalReading | None,
    scenarios: tuple[str, ...],
    suppositions: tuple[str, ...],
    as_of: str | None,
    catalogue_path: Path | None,
) -> int:
    """List what survives where a scenario takes a model away.

    DOSSIER is the JSON document of a check. For each model that a scenario takes away: the lines of models in
    the knowledge base that survive it, by licence, developer, form and size, and the teachers whose terms let
    their outputs train a student.
    """
    from gauger.flows.replace import replacements

    known = lookup(catalogue_path)
    before = document(dossier)
    names = {m.name for m in before.models_in_use}
    for name in models:
        if name not in names:
            guess = nearest(name, sorted(names))
            raise UsageError(
                f"there is no model {name!r} in use",
                subject="--model",
                hint=f"did you mean {guess!r}?" if guess else "",
            )
    asked = question(
        known,
        dossier,
        profile_path,
        options.iso_date(as_of),
        reading=reading,
        scenarios=scenarios,
        suppositions=suppositions,
        stored=before,
    )
    asked = with_lists(asked, dossier.parent, profile_path, lists_path)
    data = _rendered(replacements(before, known, asked, models), form)
    if output is None:
        click.echo(data, nl=False)
    else:
        write(output, data)
    return 0


def _rendered(plan: ReplacementPlan, form: str) -> bytes:
    if form == "json":
        from gauger.core.replacement import dump

        return dump(plan)
    from gauger.report.replacement import as_markdown, as_text

    text: str = as_text(plan) if form == "text" else as_markdown(plan)
    return text.encode()
