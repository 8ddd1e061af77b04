"""Options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from gauger.core.errors import UsageError
from gauger.core.judgement import READINGS, SEVERITIES

F = TypeVar("F", bound=Callable[..., Any])

target = click.argument("path", type=click.Path(path_type=Path), default=".", metavar="[PATH]")

output = click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=False),
    metavar="FILE",
    help="Also write the document to FILE, in the format of its ending "
    "(.html, .md, .json, .txt, .sarif, .spdx.json, .cdx.json, .cdx16.json, .g7.md, .g7.json, "
    ".facts.json, .oscal.json, .briefing.html, .briefing.md, .letter.md, .letter.json, .vendors.md, "
    ".vendors.json, .rulings.md, .rulings.json). Repeatable.",
)
form = click.option(
    "-f",
    "--format",
    "form",
    default="text",
    show_default=True,
    metavar="FORMAT",
    help="What goes to standard output: text, json, html, md, sarif, spdx, "
    "cyclonedx, cyclonedx-1.6, g7, g7-json, oscal, facts, "
    "briefing, briefing-md, letter, letter-json, vendor-questions, vendor-questions-json, "
    "decision-log or decision-log-json.",
)
profile = click.option(
    "--profile",
    "profile_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Who the user is. Default: gauger.yaml in PATH, where there is one.",
)
as_of = click.option(
    "--date",
    "as_of",
    metavar="YYYY-MM-DD",
    help="Evaluate the rules as of this date. Default: today (UTC).",
)
lists = click.option(
    "--lists",
    "lists_path",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Sanctions and trade lists that you imported. Default: gauger-lists beside the profile or in PATH.",
)
reading = click.option(
    "--reading",
    type=click.Choice(READINGS),
    help="What a silent legal text is taken to mean. Default: the profile's, else cautious.",
)
scenario = click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="ID",
    help="Look at this scenario, by id or alias (S3). Repeatable: several are shown one by one and all "
    "together; A+B shows them together alone. Default: all. See `gauger catalogue search scenario`.",
)
suppose = click.option(
    "--suppose",
    "suppositions",
    multiple=True,
    metavar="SENTENCE",
    help="Take as given: 'helios-7b is a fine-tune of qwen2.5', 'deepseek is listed on us.ofac-sdn', "
    "'us-dod-contractor = yes'. Repeatable. Nothing that follows is a finding.",
)
catalogue = click.option(
    "--catalogue",
    "catalogue_path",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="FOLDER",
    help="Use this knowledge base instead of the one shipped with the program.",
)
fail_on = click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    help="Exit with 1 where a finding is at least this severe and nobody accepted it.",
)
jobs = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Read with N processes. Default: as many as there are cores and the folder is worth.",
)
cache = click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="GAUGER_CACHE",
    metavar="FOLDER",
    help="Keep answers in FOLDER and use them while nothing has changed. Default: the user's cache folder.",
)
no_cache = click.option("--no-cache", is_flag=True, help="Neither use nor keep answers of other runs.")
since = click.option(
    "--since",
    default="",
    metavar="REVISION",
    help="Show only what changed since this git revision concerns. Everything is read all the same.",
)
strict = click.option("--strict", is_flag=True, help="Exit with 4 where something could not be examined.")


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """One decorator out of several, in the order in which `--help` shows them."""

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


FIRST_DAY, LAST_DAY = "2000-01-01", "2100-12-31"
"""No rule on models is older, and nobody plans further: a day outside of that is a slip of the pen, and on it
every rule would be over or not yet begun."""


def iso_date(text: str | None, subject: str = "--date") -> str:
    """Which ISO date was asked for? Today (UTC) where none was.

    Args:
        text: What was written.
        subject: The option, for the message.

    Raises:
        UsageError: not a date, or one that no evaluation can be meant for.
    """
    if text is None:
        return datetime.now(tz=UTC).date().isoformat()
    try:
        day = date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date", subject=subject, hint="write YYYY-MM-DD") from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(f"{day} lies outside of {FIRST_DAY} to {LAST_DAY}", subject=subject)
    return day
