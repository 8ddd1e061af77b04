"""`gauger trace`: where a model comes from, and whose behaviour its own is near to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.session import existing, progress, reporting, write
from gauger.core.errors import UsageError

if TYPE_CHECKING:
    from gauger.catalogue.query import Lookup
    from gauger.core.dossier import Dossier

_against = click.option(
    "--against",
    multiple=True,
    metavar="TEACHER",
    help="Was PATH taught by the outputs of this model? A folder, a GGUF file, a recorded run's name, or a "
    "name at the endpoint. Runs the models. Repeatable: the closed set of candidates. Needs --control.",
)
_control = click.option(
    "--control",
    "controls",
    multiple=True,
    metavar="MODEL",
    help="A model of comparable skill that neither taught PATH nor comes from a teacher. Repeatable; without "
    "controls there is no p-value, with fewer than two no decision, three or more give power.",
)
_before = click.option(
    "--before",
    default="",
    metavar="MODEL",
    help="An earlier checkpoint of PATH's own lineage: asks which teacher the training in "
    "between moved it to.",
)
_prompts = click.option(
    "--prompts",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Ask these instead of the built-in prompts: a text with one prompt a paragraph, or .jsonl with "
    "`text` and `domain`.",
)
_record = click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep every answer in FILE (.jsonl), so that the result can be had again without the models. Holds "
    "digests, probabilities and sketches, no texts.",
)
_replay = click.option(
    "--replay",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Take the answers of the models that FILE names from there. Repeatable.",
)
_endpoint = click.option(
    "--endpoint",
    default="",
    metavar="URL",
    help="Models that are no files are asked at this OpenAI-compatible address (…/v1). The only connection "
    "that is opened; a token is read from GAUGER_ENDPOINT_TOKEN.",
)


@click.command()
@options.together(options.target, _against, _control, _before, _prompts, _record, _replay, _endpoint)
@reporting
def trace(
    known: Lookup,
    path: Path,
    against: tuple[str, ...],
    controls: tuple[str, ...],
    before: str,
    prompts: Path | None,
    record: Path | None,
    replay: tuple[Path, ...],
    endpoint: str,
) -> Dossier:
    """Say where one model comes from.

    PATH is a file of weights, or a model's folder. With --against its behaviour is compared with possible
    teachers; PATH may then also be the name of a recorded run or of a model at the endpoint.
    """
    from gauger.flows.question import Question

    asked = Question(as_of=options.iso_date(None))
    if not against:
        for name, value in (("--control", controls), ("--before", before), ("--record", record)):
            if value:
                raise UsageError("says nothing without --against", subject=name)
        from gauger.flows.check import lineage_only

        return lineage_only(existing(path), known, asked)
    from gauger.flows.question import Means
    from gauger.flows.taught import Asked, taught_by

    who = Asked(
        subject=str(path),
        against=against,
        controls=controls,
        before=before,
        prompts=prompts,
        replay=replay,
        endpoint=endpoint,
    )
    dossier, runs = taught_by(who, known, asked, Means(progress=progress()))
    if record is not None:
        from gauger.runtime.recorded import written

        write(record, written(runs))
    return dossier
