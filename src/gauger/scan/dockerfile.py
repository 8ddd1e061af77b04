"""What do the images of a stack download, set and start?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.chip_targets import chip_of_image, chip_of_variable
from gauger.scan.collector import Collected, FileView
from gauger.scan.embedded import read_written
from gauger.scan.embedded_code import language_of, read_code
from gauger.scan.environment import Variable, read_variables
from gauger.scan.images import model_in_image
from gauger.scan.model_address import is_weights_file
from gauger.scan.model_words import is_secret_name
from gauger.scan.program_lookup import program_of_image
from gauger.scan.shell import Session
from gauger.scan.shell_lexer import Heredoc, Word, commands
from gauger.scan.values import Either, Name

_INSTRUCTION = re.compile(r"^\s*([A-Za-z]+)[ \t]+(?=\S)")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")
_FED = re.compile(r"^\s*(?:\S+/)?[a-z][\w.]*(?:[ \t]+\S+)*?[ \t]*<<-?[ \t]*['\"]?(?P<mark>[A-Za-z_]\w*)")
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_FLAG = re.compile(r"^(?:--[a-z-]+(?:=\S+)?[ \t]+)+")
_ESCAPES = {'\\"': '"', "\\\\": "\\", "\\n": "\n", "\\t": "\t", "\\/": "/"}


class Instruction(msgspec.Struct, frozen=True):
    """One instruction.

    Attributes:
        name: Upper case.
        body: Its arguments, with line breaks kept.
        line: From 1.
        column: From 1, of the body.
        heredoc: The lines of a here document that belongs to it.
        heredoc_line: Line of its first line.
    """

    name: str
    body: str
    line: int
    column: int
    heredoc: str = ""
    heredoc_line: int = 0


class Dockerfile:
    """Dockerfiles and Containerfiles, exec and shell form, build stages, here documents."""

    ident = "dockerfile"
    globs: tuple[str, ...] = (
        "**/Dockerfile", "**/Dockerfile.*", "**/*.Dockerfile", "**/Dockerfile-*", "**/Dockerfile_*",
        "**/Containerfile", "**/Containerfile.*", "**/*.containerfile",
    )  # fmt: skip
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read every instruction in order.

        Raises:
            LimitExceeded: the file is longer than the bounds allow.
            Unreadable: it cannot be read.
        """
        reader = _Reader(view)
        for instruction in instructions(view.text()):
            reader.read(instruction)
        reader.end_of_stage()
        return reader.session.finish().collected()


def instructions(text: str) -> Iterator[Instruction]:
    """Which instructions stand in this text? Lines that are none are passed over."""
    lines = text.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines):
        first, match = at, _INSTRUCTION.match(lines[at])
        at += 1
        if match is None or lines[first].lstrip().startswith("#"):
            continue
        body = [lines[first][match.end() :]]
        while body[-1].rstrip().endswith(("\\", "`")) and at < len(lines):
            line = lines[at]
            at += 1
            body.append("\\" if line.lstrip().startswith("#") or not line.strip() else line)
        heredoc = _HEREDOC.search(body[-1]) if match[1].upper() in ("RUN", "COPY", "ADD") else None
        start = at
        if heredoc is not None:
            while at < len(lines) and lines[at].strip() != heredoc[2]:
                at += 1
            at += 1
        yield Instruction(
            match[1].upper(),
            "\n".join(line.rstrip() for line in body),
            first + 1,
            match.end() + 1,
            "\n".join(lines[start : at - 1]) if heredoc is not None else "",
            start + 1,
        )


class _Reader:
    def __init__(self, view: FileView) -> None:
        self.path = str(view.path)
        self.limits = view.limits
        self.session = Session("dockerfile", self.path, view.limits)
        self.entry: Instruction | None = None
        self.command: Instruction | None = None

    def read(self, instruction: Instruction) -> None:
        """Read one instruction."""
        if instruction.name == "ONBUILD":
            nested = _INSTRUCTION.match(instruction.body + " ")
            if nested is not None:
                body = instruction.body[nested.end() :]
                self.read(msgspec.structs.replace(instruction, name=nested[1].upper(), body=body))
            return
        method = getattr(self, f"_{instruction.name.lower()}", None)
        if method is not None:
            method(instruction)

    def _place(self, instruction: Instruction) -> Location:
        return Location(path=self.path, line=instruction.line, column=instruction.column)

    def _from(self, instruction: Instruction) -> None:
        self.end_of_stage()
        image = _FLAG.sub("", instruction.body).split()
        if not image:
            return
        location = self._place(instruction)
        self.session.image = image[0]
        self.session.harvest.artifacts += chip_of_image(image[0], location)
        self.session.harvest.candidates += model_in_image(image[0], "dockerfile", "FROM", location)

    def _arg(self, instruction: Instruction) -> None:
        for name, text, location in self._pairs(instruction):
            if text and not is_secret_name(name):
                value = self.session.value(text, location)
                default = Either(options=(value, value))  # one possibility: a build may give another
                given = Name(kind="environment", name=f"build-arg {name}", location=location, default=default)
                self.session.set(name, text, location, given)

    def _env(self, instruction: Instruction) -> None:
        variables = []
        for name, text, location in self._pairs(instruction):
            shown = "" if is_secret_name(name) else text
            value = self.session.value(shown, location)
            variables.append(Variable(name=name, text=printable(shown), value=value, location=location))
            self.session.harvest.artifacts += chip_of_variable(name, location)
            self.session.set(name, shown, location, value, soft=True, counts=False)
        for variable in variables:
            self.session.arguments(variable)
        server = program_of_image(self.session.image) is not None
        scope = self.path.rpartition("/")[0]
        self.session.harvest.add(
            read_variables(variables, surface="dockerfile", scope=scope, overridable=True, certain=server)
        )

    def _pairs(self, instruction: Instruction) -> Iterator[tuple[str, str, Location]]:
        """`A=b C=d`, or the old form `A b c`."""
        lexed = commands(
            instruction.body, self.limits, first_line=instruction.line, first_column=instruction.column
        )
        words = [word for command in lexed for word in command.words]
        if words and "=" not in words[0].text:
            rest = " ".join(word.text for word in words[1:])
            yield words[0].text, rest, self.session.place(words[0])
            return
        for word in words:
            name, _, text = word.text.partition("=")
            yield name, text, self.session.place(word)

    def _run(self, instruction: Instruction) -> None:
        words = exec_form(instruction)
        if words is not None:
            self.session.argv(words)
            return
        flags = _FLAG.match(instruction.body)
        skipped = flags.end() if flags else 0
        body = instruction.body[skipped:]
        program = _FED.match(body)
        if instruction.heredoc and program is not None:
            end = f"\n{instruction.heredoc}\n{program['mark']}\n"
            self.session.text(body + end, instruction.line, instruction.column + skipped)
            return
        self.session.text(body, instruction.line, instruction.column + skipped)
        if instruction.heredoc:
            self._heredoc(instruction)

    def _heredoc(self, instruction: Instruction) -> None:
        first = instruction.heredoc.split("\n", 1)[0]
        language = language_of(first.split()[-1]) if first.startswith("#!") else ""
        if language:
            found = read_code(
                instruction.heredoc, language, self.path, self.limits, line=instruction.heredoc_line
            )
            self.session.harvest.add(found)
        else:
            self.session.text(instruction.heredoc, instruction.heredoc_line)

    def _add(self, instruction: Instruction) -> None:
        lexed = commands(
            instruction.body, self.limits, first_line=instruction.line, first_column=instruction.column
        )
        for command in lexed:
            words = [w for w in command.words if not w.text.startswith("--")]
            self.session.fetch([Word("ADD", instruction.line, 1), *words])
            self._stored(words, "ADD")

    def _copy(self, instruction: Instruction) -> None:
        if instruction.heredoc:
            target = instruction.body.split()[-1].strip("\"'")
            heredoc = Heredoc(instruction.heredoc, instruction.heredoc_line, live=True)
            self.session.harvest.add(read_written(target, heredoc, self.path, self.limits, "dockerfile"))
            return
        if "--from=" in instruction.body:
            return
        lexed = commands(
            instruction.body, self.limits, first_line=instruction.line, first_column=instruction.column
        )
        for command in lexed:
            self._stored([w for w in command.words if not w.text.startswith("--")], "COPY")

    def _stored(self, words: list[Word], api: str) -> None:
        """Weights of the stack that are put into the image: files by their endings."""
        for word in words[:-1]:
            if is_weights_file(word.text) and "://" not in word.text:
                self.session.candidate(word, word.text, api, namespace="local")

    def _cmd(self, instruction: Instruction) -> None:
        self.command = instruction

    def _entrypoint(self, instruction: Instruction) -> None:
        self.entry = instruction

    def end_of_stage(self) -> None:
        """Read what the stage starts: its entry point with the arguments of its command."""
        entry = exec_form(self.entry) if self.entry is not None else None
        command = exec_form(self.command) if self.command is not None else None
        if entry is not None or command is not None:
            self.session.argv([*(entry or []), *(command or [])])
        for instruction, words in ((self.entry, entry), (self.command, command)):
            if instruction is not None and words is None:
                self.session.text(instruction.body, instruction.line, instruction.column)
        self.entry = self.command = None


def exec_form(instruction: Instruction) -> list[Word] | None:
    """The words of an exec form (`["a", "b"]`); None for the shell form."""
    body = instruction.body
    if not body.lstrip().startswith("["):
        return None
    words: list[Word] = []
    for match in _STRING.finditer(body):
        before = body[: match.start()]
        line = instruction.line + before.count("\n")
        column = match.start() - before.rfind("\n") if "\n" in before else instruction.column + match.start()
        words.append(Word(re.sub(r"\\.", lambda m: _ESCAPES.get(m[0], m[0]), match[1]), line, column))
    return words or None
