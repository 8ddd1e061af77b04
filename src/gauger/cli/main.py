"""The entry point: the group of commands, and the one place where errors become exit codes."""

from __future__ import annotations

import signal
import sys
import traceback
from types import FrameType

import click

from gauger import __version__
from gauger.cli import (
    accept,
    assess,
    catalogue,
    check,
    compare,
    compute,
    diff,
    explain,
    fingerprints,
    lists,
    questions,
    replace,
    replay,
    scan,
    schema,
    trace,
)
from gauger.core.errors import GaugerError, NothingToExamine, UsageError
from gauger.core.exits import MEANING, Exit
from gauger.core.text import printable

_EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {int(code):2}  {meaning}" for code, meaning in MEANING.items())


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=_EPILOG
)
@click.version_option(__version__, prog_name="gauger")
def cli() -> None:
    """Which AI models does a stack run, where do they come from, and what would the next rule take away?

    Gauger reads files. It opens no network connection, sends nothing anywhere and runs nothing that it finds,
    unless `gauger trace` is given an address to read from, or models to run with --against.
    """


for command in (
    check.check,
    scan.scan,
    trace.trace,
    compare.compare,
    compute.compute,
    assess.assess,
    accept.accept,
    replay.replay,
    explain.explain,
    diff.diff,
    replace.replace,
    questions.questions,
    catalogue.catalogue,
    lists.lists,
    schema.schema,
    fingerprints.verify,
):
    cli.add_command(command)


def run(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with one of the codes of `gauger.core.exits`."""
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    sys.exit(exit_code(arguments))


def _end(number: int, _frame: FrameType | None) -> None:
    """Leave on the way that takes temporary files away; another signal does not cut that short."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


def exit_code(arguments: list[str] | None = None) -> int:
    """Which code does this call end with? Messages go to standard error."""
    stream = sys.stdout
    try:
        result = cli.main(args=arguments, prog_name="gauger", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("gauger: interrupted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return int(Exit.USAGE)
    except SystemExit:
        # click leaves like this when the reader of a pipe went away, after wrapping the stream so that the
        # interpreter's last flush is harmless.
        if sys.stdout is stream:
            raise
        return int(Exit.DONE)
    except GaugerError as error:
        message = str(error).replace("\n", " ")
        click.echo(f"gauger: {printable(message, _MESSAGE)}", err=True)
        return int(_code_of(error))
    except Exception:  # noqa: BLE001 - the outermost frame: a bug is reported as one, never as a finding
        click.echo(traceback.format_exc(), err=True, nl=False)
        click.echo(_BUG, err=True)
        return int(Exit.BUG)
    return int(result or Exit.DONE)


_MESSAGE = 6_000
"""Characters of a message that are shown; it may quote a name out of an examined file."""
_BUG = (
    "gauger: this is a bug in Gauger. Please report it in the project's issue tracker with the lines above "
    "and `gauger --version`; leave out anything private."
)


def _code_of(error: GaugerError) -> Exit:
    if isinstance(error, UsageError):
        return Exit.USAGE
    return Exit.NOTHING if isinstance(error, NothingToExamine) else Exit.ERROR
