"""What most commands do around their verb: load the knowledge base and the profile, show, write, end."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
import msgspec

from gauger.cli import options
from gauger.core.errors import NothingToExamine, UsageError
from gauger.core.exits import Exit
from gauger.core.judgement import SEVERITIES, LegalReading
from gauger.core.profile import Profile

if TYPE_CHECKING:
    from gauger.catalogue.query import Lookup
    from gauger.core.dossier import Dossier
    from gauger.flows.question import Means, Question
    from gauger.report.registry import Renderer

SUFFIXES = {
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".cdx.json": "cyclonedx",
    ".cdx16.json": "cyclonedx-1.6",
    ".spdx.json": "spdx",
    ".spdx3.json": "spdx",
    ".sarif": "sarif",
    ".sarif.json": "sarif",
    ".md": "md",
    ".g7.md": "g7",
    ".g7.json": "g7-json",
    ".facts.json": "facts",
    ".oscal.json": "oscal",
    ".briefing.html": "briefing",
    ".briefing.md": "briefing-md",
    ".letter.md": "letter",
    ".letter.json": "letter-json",
    ".vendors.md": "vendor-questions",
    ".vendors.json": "vendor-questions-json",
    ".rulings.md": "decision-log",
    ".rulings.json": "decision-log-json",
    ".txt": "text",
}
"""How a file's name ends → renderer's ident. The longest ending that fits decides."""

_SHOW_SUPPOSITIONS = ("text", "html", "md", "json")
"""The formats that say at their head that something was supposed."""


def renderer_of(path: Path) -> str:
    """Which renderer writes a file of this name?

    Raises:
        UsageError: no ending of the name is known.
    """
    name = path.name.lower()
    fitting = [suffix for suffix in SUFFIXES if name.endswith(suffix)]
    if not fitting:
        raise UsageError(
            f"no format is known for the suffix {path.suffix!r}",
            subject=str(path),
            hint="known: " + ", ".join(SUFFIXES),
        )
    return SUFFIXES[max(fitting, key=len)]


def renderer(ident: str) -> Renderer:
    """Which renderer has this ident? The two that most runs use come without the ten others (0.1 s).

    Raises:
        UsageError: there is none.
    """
    if ident == "json":
        from gauger.report.json import JsonRenderer

        return JsonRenderer()
    if ident == "text":
        from gauger.report.text import TextRenderer

        return TextRenderer()
    from gauger.report.registry import RENDERERS

    return RENDERERS.get(ident)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """The options of one call that have nothing to do with its verb.

    Attributes:
        outputs: Files to write.
        form: Ident of the renderer for standard output.
        fail_on: Severity at which the exit code is 1, or None.
        strict: Whether a gap makes the exit code 4.
    """

    outputs: tuple[Path, ...] = ()
    form: str = "text"
    fail_on: str | None = None
    strict: bool = False

    def check_formats(self) -> None:
        """Are all formats known? Asked before any work is done.

        Raises:
            UsageError: an unknown format or suffix.
        """
        renderer(self.form)
        for path in self.outputs:
            renderer_of(path)
            if path.is_dir() or not path.absolute().parent.is_dir():
                raise UsageError("is not a place where a file can be written", subject=str(path))

    def finish(self, dossier: Dossier) -> int:
        """Show and write the document, and sum it up; which exit code follows?

        Raises:
            UsageError: a place cannot be written to, or what is only supposed would be handed on as a record.
        """
        from gauger.flows.summary import summary

        if dossier.suppositions:
            self._refuse_to_hand_on()
        for path in self.outputs:
            write(path, renderer(renderer_of(path)).render(dossier))
        self._show(dossier)
        click.echo(summary(dossier), err=True)
        for path in self.outputs:
            click.echo(f"written: {path}", err=True)
        return int(self._code(dossier))

    def _refuse_to_hand_on(self) -> None:
        forms = (self.form, *(renderer_of(path) for path in self.outputs))
        for form in forms:
            if form not in _SHOW_SUPPOSITIONS:
                raise UsageError(
                    "what is only supposed is not written in a format that is handed on",
                    subject=form,
                    hint="use one of: " + ", ".join(_SHOW_SUPPOSITIONS),
                )

    def _show(self, dossier: Dossier) -> None:
        """Put the document on standard output; text gets colour where a person reads it on a terminal."""
        if sys.stdout is None:
            raise UsageError("is closed", subject="standard output")
        if self.form == "text" and sys.stdout.isatty():
            from gauger.cli.colour import show_coloured

            show_coloured(dossier)
            return
        data = renderer(self.form).render(dossier)
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            with suppress(OSError):
                sys.stdout.close()  # else the interpreter tries once more at its end, and complains
            raise UsageError(error.strerror or "cannot be written", subject="standard output") from error

    def _code(self, dossier: Dossier) -> Exit:
        if self.fail_on is not None:
            from gauger.assess.accepted import EXPIRED

            # an expired acceptance fails every gate: somebody promised to look again by a day that is past
            bar = SEVERITIES.index(self.fail_on)
            counted = (f for f in dossier.findings if not f.accepted_by)
            if any(SEVERITIES.index(f.severity) >= bar or f.rule == EXPIRED for f in counted):
                return Exit.FINDINGS
        return Exit.GAPS if self.strict and dossier.gaps else Exit.DONE


def reporting(command: Callable[..., Dossier | bytes]) -> Callable[..., int]:
    """A command that makes a document, with the options for where it goes and what it means for the shell.

    The command gets the knowledge base as its first argument and its own options by name. Where it gives
    bytes they are another document than the dossier, and go to standard output as they are.
    """

    @options.together(options.form, options.output, options.fail_on, options.strict, options.catalogue)
    @functools.wraps(command)
    def run(
        *,
        form: str,
        outputs: tuple[Path, ...],
        fail_on: str | None,
        strict: bool,
        catalogue_path: Path | None,
        **own: Any,
    ) -> int:
        session = Session(outputs=outputs, form=form, fail_on=fail_on, strict=strict)
        session.check_formats()
        made = command(lookup(catalogue_path), **own)
        if isinstance(made, bytes):
            click.echo(made, nl=False)
            return int(Exit.DONE)
        return session.finish(made)

    return run


def write(path: Path, data: bytes) -> None:
    """Write a document.

    Raises:
        UsageError: the place cannot be written to.
    """
    try:
        with path.open("wb") as file:
            _fill(file, data, path)
    except OSError as error:
        raise UsageError(error.strerror or "cannot be written", subject=str(path)) from error


def rewrite(path: Path, data: bytes) -> None:
    """Put these bytes in the place of a file that the user wrote: all of them, or the file stays as it was.

    Raises:
        UsageError: the place cannot be written to.
    """
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("xb") as file:
            _fill(file, data, beside)
        beside.replace(path)
    except OSError as error:
        raise UsageError(error.strerror or "cannot be written", subject=str(path)) from error


def _fill(file: BinaryIO, data: bytes, path: Path) -> None:
    """Write all of it; on a full disk take the half away, since half a document is worse than none."""
    try:
        file.write(data)
        file.flush()
    except OSError:
        if path.is_file():
            path.unlink()
        raise


def lookup(catalogue_path: Path | None) -> Lookup:
    """The knowledge base to use."""
    from gauger.catalogue.load import Catalogue
    from gauger.catalogue.query import Lookup

    return Lookup(Catalogue(catalogue_path))


def question(
    known: Lookup,
    root: Path,
    profile_path: Path | None,
    as_of: str,
    *,
    reading: LegalReading | None = None,
    scenarios: tuple[str, ...] = (),
    suppositions: tuple[str, ...] = (),
    stored: Dossier | None = None,
    since: str = "",
) -> Question:
    """What is asked: the profile named, else the stored document's, else the one beside the stack.

    Raises:
        UsageError: the profile or a scenario is wrong; with the nearest right word.
    """
    from gauger.flows.question import Question

    path = profile_path or _beside(root)
    profile, digest = Profile(), ""
    beside = stored.from_examined if stored is not None and profile_path is None else ()
    if path is not None:
        from gauger.assess.profile_file import load_profile

        profile, digest = load_profile(path, known.catalogue)
        beside = ("profile",) if profile_path is None else ()
    elif stored is not None:
        profile, digest = stored.profile, stored.profile_digest
    if reading is not None:
        profile = msgspec.structs.replace(profile, reading=reading)
    return Question(
        as_of=as_of,
        profile=profile,
        profile_digest=digest,
        scenarios=_known_scenarios(scenarios, known),
        suppositions=suppositions,
        from_examined=("profile",) if "profile" in beside else (),
        since=since,
    )


def _known_scenarios(scenarios: tuple[str, ...], known: Lookup) -> tuple[str, ...]:
    if not scenarios:
        return ()
    from gauger.assess.profile_file import known_scenarios
    from gauger.assess.world import together

    return together(known_scenarios(scenarios, known.catalogue), known.catalogue)


def means(jobs: int | None, cache: Path | None, *, no_cache: bool) -> Means:
    """With what a run is done: so many processes, answers of earlier runs from there."""
    from gauger.flows.question import Means

    return Means(jobs=jobs, remember=not no_cache, folder=cache, progress=progress())


def _beside(root: Path) -> Path | None:
    """The profile in the examined folder, if there is one.

    Raises:
        UsageError: it is a link that leads out of the folder: what is examined does not choose which other
            file of this machine is read and quoted in a message.
    """
    beside = root / "gauger.yaml"
    if not beside.is_file():
        return None
    if not beside.resolve().is_relative_to(root.resolve()):
        raise UsageError(
            "is a link that leads out of the folder; it was not followed",
            subject=beside.name,
            hint="name the file with --profile if it is yours",
        )
    return beside


def progress() -> Callable[[str], None]:
    """Where a person watches, one line that says what is being done; else nothing."""
    if sys.stderr is None or not sys.stderr.isatty():
        return lambda _: None
    return lambda words: click.echo(f"\r\x1b[K{words} …", nl=False, err=True)


def existing(path: Path) -> Path:
    """The target, if there is one.

    Raises:
        UsageError: nothing is there, it may not be read, or it is a pipe, socket or device.
        NothingToExamine: an empty folder.
    """
    try:
        if not path.exists():
            raise UsageError("there is no such file or folder", subject=str(path))
        if not path.is_dir() and not path.is_file():
            raise UsageError("is neither a file nor a folder: a pipe, socket or device", subject=str(path))
        is_empty = path.is_dir() and not any(path.iterdir())
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", subject=str(path)) from error
    if is_empty:
        raise NothingToExamine(
            "the folder is empty",
            subject=str(path),
            hint="name the folder that holds your code, deployment files or models",
        )
    return path
