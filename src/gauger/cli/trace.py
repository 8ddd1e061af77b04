"""`gauger trace`: where a model comes from, and whose behaviour its own is near to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.session import existing, means, progress, reporting, write
from gauger.core.errors import UsageError

if TYPE_CHECKING:
    from gauger.catalogue.query import Lookup
    from gauger.core.dossier import Dossier
    from gauger.flows.question import Question

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


_remote = click.option(
    "--remote", is_flag=True, help="Where PATH is no path here, take org/name for a model of the hub."
)
_target = click.argument("path", default=".", metavar="[PATH]")


@click.command()
@options.together(
    _target,
    _remote,
    options.cache,
    options.no_cache,
    _against,
    _control,
    _before,
    _prompts,
    _record,
    _replay,
    _endpoint,
)
@reporting
def trace(
    known: Lookup,
    path: str,
    remote: bool,  # noqa: FBT001 - click passes options by name
    cache: Path | None,
    no_cache: bool,  # noqa: FBT001
    against: tuple[str, ...],
    controls: tuple[str, ...],
    before: str,
    prompts: Path | None,
    record: Path | None,
    replay: tuple[Path, ...],
    endpoint: str,
) -> Dossier:
    """Say where one model comes from.

    PATH is a file of weights, or a model's folder; or an address, of which only the ranges that are needed
    are read: https://…, s3://bucket/key, gs://bucket/key, az://account/container/key,
    hf://org/name[@revision], or org/name with --remote. A token is read from
    GAUGER_TOKEN, or HF_TOKEN for the hub.

    With --against its behaviour is compared with possible teachers; PATH may then also be the name of a
    recorded run or of a model at the endpoint.
    """
    from gauger.flows.question import Question

    asked = Question(as_of=options.iso_date(None))
    if not against:
        for name, value in (("--control", controls), ("--before", before), ("--record", record)):
            if value:
                raise UsageError("says nothing without --against", subject=name)
        if _is_elsewhere(path, remote=remote):
            return _at_address(path, known, asked, cache, no_cache=no_cache)
        from gauger.flows.check import lineage_only

        return lineage_only(existing(_here(path)), known, asked)
    from gauger.flows.question import Means
    from gauger.flows.taught import Asked, taught_by

    who = Asked(
        subject=path,
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


def _is_elsewhere(path: str, *, remote: bool) -> bool:
    """Is this an address rather than a path? A path that exists is a path."""
    if "://" in path:
        return True
    return remote and not Path(path).exists()


def _here(path: str) -> Path:
    """The path, if it cannot be meant for a model of the hub.

    Raises:
        UsageError: there is nothing of that name here, and there may be on the hub.
    """
    from re import fullmatch

    if fullmatch(r"[\w.-]+/[\w.-]+", path) and not Path(path).exists():
        raise UsageError(
            "there is no such file or folder",
            subject=path,
            hint="a model of the hub is named with --remote, or hf:// before it",
        )
    return Path(path)


def _at_address(
    address: str, known: Lookup, asked: Question, cache: Path | None, *, no_cache: bool
) -> Dossier:
    import os

    from gauger.flows.remote import lineage_at

    return lineage_at(
        address,
        known,
        asked,
        means(None, cache, no_cache=no_cache),
        environment=os.environ,
        told=lambda words: click.echo(f"gauger: {words}", err=True),
    )
