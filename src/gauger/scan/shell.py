"""Which models does a command line use? The one reader of commands, for every file that holds some."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import msgspec

from gauger.core.inventory import Artifact, Location
from gauger.core.text import printable
from gauger.scan.arguments import Argument, Arguments, read_arguments
from gauger.scan.chip_targets import chip_of_image, chip_of_package, chip_of_variable
from gauger.scan.collector import Binding, Candidate
from gauger.scan.embedded_code import language_of, read_code
from gauger.scan.environment import Variable, read_variables
from gauger.scan.interpolate import DOLLAR
from gauger.scan.model_address import (
    data_set_address,
    is_hub_name,
    is_model_artifact,
    is_object_store,
    is_stored_model,
    model_address,
    model_in_request,
    without_credentials,
)
from gauger.scan.model_words import could_be_model, is_secret_name
from gauger.scan.program_lookup import NOT_RUN, program_at, program_of_flags, program_of_image
from gauger.scan.programs import Program
from gauger.scan.shell_lexer import Command, Heredoc, Word, commands
from gauger.scan.shell_state import ShellState
from gauger.scan.values import Either, Name, Text, Value

_NESTING = 3
_ASSIGNMENT = re.compile(r"^([A-Za-z_][A-Za-z0-9_]*)\+?=(.*)$", re.DOTALL)
_CONTROL = {
    "do",
    "then",
    "else",
    "elif",
    "if",
    "while",
    "until",
    "!",
    "{",
    "time",
    "exec",
    "command",
    "nohup",
}
_DECLARE = {"export", "declare", "local", "readonly", "typeset", "setenv"}
_SHELLS = {"sh", "bash", "zsh", "ash", "dash", "ksh"}
_FETCH = {"curl", "wget", "git", "aria2c", "axel", "git-lfs", "http", "https", "xh", "pget"}
_COPIES = {
    "aws", "gsutil", "gcloud", "azcopy", "oras", "s5cmd", "rclone", "mc", "ossutil", "coscmd",
    "obsutil", "s3cmd", "b2", "az", "modctl", "oc", "skopeo", "crane"
}  # fmt: skip
_CONTAINERS = {"docker", "podman", "nerdctl", "az", "gcloud", "kubectl", "oc", "fly", "modal", "sky", "helm"}
_SETS = {
    "-e",
    "--env",
    "--set-env-vars",
    "--build-arg",
    "--env-vars",
    "--set",
    "--set-string",
    "--environment-variables",
}
_OLLAMA_ADDRESS = re.compile(r":11434\b|/api/(?:generate|chat|embed|embeddings|pull|show|create)\b")
"""Source: https://docs.ollama.com/api, whose paths begin with `/api/`."""
_MODEL_FIELD = re.compile(r"[\"']?model[\"']?\s*:\s*[\"']([^\"'{}$]{1,200})[\"']")
_HOLDS_ARGUMENTS = re.compile(r"(?:^|_)(?:ARGS?|ARGUMENTS|CMD|COMMAND|OPTS?|OPTIONS|FLAGS)$", re.IGNORECASE)
_FLAG = re.compile(r"(?:^|\s)--?[a-zA-Z]")
_FILE = re.compile(r"\.(?:ya?ml|json|py|sh|env|conf|ini|ts|m?js)$|(?:^|/)(?:\.env|Modelfile)[^/]*$")
_PINNED = re.compile(r"[\[=<>~!;@]")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
_HELD = re.compile(r"SHELLVARIABLE_(\w+?)_END")
_MODULE = re.compile(r"^python(?:\d(?:\.\d+)?)?$")


class Session(ShellState):
    """Reads the commands of one file or one container, remembering what its variables stand for."""

    def text(self, text: str, line: int, column: int = 1, depth: int = 0) -> None:
        """Read a text of shell language that begins at this place of the file.

        Raises:
            LimitExceeded: it is longer than the bounds allow.
        """
        lines = commands(text, self.limits, first_line=line, first_column=column)
        for index, command in enumerate(lines):
            following = lines[index + 1] if index + 1 < len(lines) else None
            self._command(command, following, depth)

    def argv(self, words: Sequence[Word], depth: int = 0) -> None:
        """Read one command that is already split: an exec form, a container's `command` with its `args`."""
        self._command(Command(tuple(words)), None, depth)

    def _command(self, command: Command, following: Command | None, depth: int) -> None:
        words = list(command.words)
        environment: list[Variable] = []
        while words:
            head = words[0].text
            assigned = _ASSIGNMENT.match(head)
            if assigned:
                self._assign(
                    words[0], assigned[1], assigned[2], following, environment, alone=len(words) == 1
                )
            elif head in _DECLARE:
                self._declare(words[1:])
                return
            elif head == "for":
                self._loop(words)
                return
            elif head not in _CONTROL:
                break
            words = words[1:]
        if words:
            self._run(words, environment, depth)
            self._heredocs(command, words, depth)

    def _assign(
        self,
        word: Word,
        name: str,
        text: str,
        following: Command | None,
        prefix: list[Variable],
        *,
        alone: bool,
    ) -> None:
        location = self.place(word)
        if not alone:
            if is_secret_name(name):
                text = ""
            prefix.append(
                Variable(name=name, text=printable(text), value=self.value(text, location), location=location)
            )
            return
        if not text and following is not None and following.words[0].line == word.line:
            options = tuple(self.value(w.text, self.place(w)) for w in following.words)
            self.set(name, text, location, Either(options=options))
            return
        self.set(name, text, location)
        self._held_command(word, text)

    def _held_command(self, word: Word, text: str) -> None:
        """A command line that a variable holds: `CMD="vllm serve $MODEL"`."""
        if " " in text and program_at(text.split()[:20]) is not None:
            self.text(text, word.line, word.column, _NESTING)

    def arguments(self, variable: Variable) -> None:
        """Read a variable that holds arguments for a server: `VLLM_ARGS="--model a/b"`."""
        if _HOLDS_ARGUMENTS.search(variable.name) and _FLAG.search(variable.text):
            place = variable.location
            self.text(f"{variable.name} {variable.text}", place.line, place.column, _NESTING)

    def _declare(self, words: list[Word]) -> None:
        exported: list[Variable] = []
        for word in words:
            match = _ASSIGNMENT.match(word.text)
            if match is None:
                continue
            location = self.place(word)
            self.harvest.artifacts += chip_of_variable(match[1], location)
            value = self.value("" if is_secret_name(match[1]) else match[2], location)
            exported.append(Variable(name=match[1], text=printable(match[2]), value=value, location=location))
            self.set(match[1], match[2], location, value)
            self._held_command(word, match[2])
        found = read_variables(exported, surface=self.surface, scope=_folder(self.path), overridable=True)
        self.harvest.bindings += found.bindings
        self.harvest.artifacts += found.artifacts
        self.harvest.candidates += [c for c in found.candidates if c.role == "access"]

    def _loop(self, words: list[Word]) -> None:
        if len(words) > 3 and words[2].text == "in":
            options = tuple(self.value(w.text, self.place(w)) for w in words[3:])
            self.set(words[1].text, "", self.place(words[1]), Either(options=options))

    def _run(self, words: list[Word], environment: list[Variable], depth: int) -> None:
        if depth < _NESTING and self._inner_texts(words, depth):
            return
        names = [_program_name(w.text) for w in words]
        if _MODULE.match(names[0]) and len(names) > 2 and "-m" in names[1:4]:
            at = names.index("-m")
            words, names = words[at:], names[at:]
        else:
            at = next((i for i, n in enumerate(names[:-2]) if _MODULE.match(n) and names[i + 1] == "-m"), 0)
            words, names = (words[at + 1 :], names[at + 1 :]) if at else (words, names)
        if names[0] in _FETCH:
            self.fetch(words)
            return
        if names[0] in _COPIES:
            self._copied(words, names)
        self._chips(words, names, environment)
        if names[0] in _CONTAINERS:
            self._container_settings(words, environment)
        if names[0] in NOT_RUN:
            return
        self._ollama(words, names)
        program, begins, start = self._program(words, names)
        self._environment(environment, program)
        arguments = read_arguments(words[start:], program)
        self._uses(program, arguments, " ".join(names[begins:start][:3]))

    def _heredocs(self, command: Command, words: list[Word], depth: int) -> None:
        """What is fed to a program, or written to a file, from here documents."""
        names = [_program_name(word.text) for word in words]
        for heredoc in command.heredocs if depth < _NESTING else ():
            language = next((one for name in names[:6] if (one := language_of(name))), "")
            if language:
                text = heredoc.text if heredoc.live else heredoc.text.replace("$", DOLLAR)
                self._code(text, language, heredoc.line)
            elif any(name in _SHELLS or name in ("ssh", "su", "sudo") for name in names[:6]):
                self.text(heredoc.text, heredoc.line, 1, depth + 1)
            elif names[0] in _FETCH:
                for number, line in enumerate(heredoc.text.split("\n"), start=heredoc.line):
                    self.fetch([*words, Word(line, number, 1)], only_last=True)
            else:
                named = next((word.text for word in words[1:] if _FILE.search(word.text)), "")
                self._written_file(command.output or named, heredoc)

    def _code(self, text: str, language: str, line: int) -> None:
        """Code of another language; what stands for a variable of the shell there is followed."""
        held = _VARIABLE.sub(r"SHELLVARIABLE_\1_END", text).replace(DOLLAR, "$")
        found = read_code(held, language, self.path, self.limits, line=line, member=self.member)
        for candidate in found.candidates:
            model = candidate.model
            if isinstance(model, Text) and "SHELLVARIABLE_" in model.text:
                model = self.value(_HELD.sub(r"${\1}", model.text), model.location)
            written = _HELD.sub(r"$\1", candidate.written)
            self.harvest.candidates.append(msgspec.structs.replace(candidate, model=model, written=written))
        self.harvest.add(msgspec.structs.replace(found, candidates=()))

    def _written_file(self, name: str, heredoc: Heredoc) -> None:
        """A file that the script writes is read as what its name says it is."""
        from gauger.scan.embedded import read_written  # noqa: PLC0415 - it reads scripts by this very class

        self.harvest.add(read_written(name, heredoc, self.path, self.limits, self.surface))

    def _inner_texts(self, words: list[Word], depth: int) -> bool:
        """Commands inside a word: `sh -c '…'`, `eval '…'`, `ssh host '…'`."""
        head = words[0].text.rpartition("/")[2]
        if head in NOT_RUN:
            return False
        shells = any(w.text.rpartition("/")[2] in _SHELLS for w in words[:-1])
        found = False
        for at, (before, word) in enumerate(itertools.pairwise(words)):
            called = words[:at] if before.text in ("-c", "-e") else []
            language = next((name for w in called if (name := language_of(w.text))), "")
            if language:
                self._code(word.text, language, word.line)
                found = True
                continue
            takes_script = shells and re.fullmatch(r"-[a-z]*c", before.text) is not None
            if takes_script or (
                head in {"eval", "ssh", "watch", "su", "tmux", "screen"} and " " in word.text
            ):
                self.text(word.script or word.text, word.line, word.column, depth + 1)
                found = True
        return found

    def _program(self, words: list[Word], names: list[str]) -> tuple[Program | None, int, int]:
        if self.image and names[0].startswith("-") and names[0] != "-m":
            return program_of_image(self.image) or program_of_flags([w.text for w in words]), 0, 0
        called = program_at(names)
        if called is not None:
            return called
        if names[0] in _CONTAINERS:
            for at, word in enumerate(words[1:], 1):
                program = program_of_image(word.text) if "/" in word.text and "=" not in word.text else None
                if program is not None:
                    return program, at, at + 1
        start = 0 if names[0].startswith("-") else 1
        image = program_of_image(self.image) if self.image else None
        if image is not None and (names[0].startswith("-") or is_hub_name(words[0].text)):
            return image, 0, 0
        return program_of_flags([w.text for w in words]), 0, start

    def _environment(self, variables: list[Variable], program: Program | None) -> None:
        found = read_variables(variables, surface=self.surface, certain=program is not None)
        self.harvest.candidates += found.candidates
        self.harvest.artifacts += found.artifacts

    def _container_settings(self, words: list[Word], environment: list[Variable]) -> None:
        """`docker run -e X=y`, `helm install --set a.b=y`, `gcloud run deploy --set-env-vars A=b,C=d`."""
        for before, word in itertools.pairwise(words):
            flag, equals, rest = word.text.partition("=")
            text = rest if equals and flag in _SETS else word.text if before.text in _SETS else ""
            for part in re.split(r"[,;]|\^\^", text.strip("^@")):
                name, given, setting = part.partition("=")
                if given and re.fullmatch(r"[A-Za-z_][\w.\[\]-]*", name):
                    location = self.place(word)
                    shown = "" if is_secret_name(name) else setting
                    value = self.value(shown, location)
                    environment.append(
                        Variable(name=name, text=printable(shown), value=value, location=location)
                    )

    def _chips(self, words: list[Word], names: list[str], environment: list[Variable]) -> None:
        """For which accelerator are the images that are run, the packages installed, the variables set?"""
        found = [chip_of_variable(v.name, v.location) for v in environment]
        if names[0] in ("docker", "podman", "nerdctl") and "run" in names[1:3]:
            images = [w for w in words[2:] if "/" in w.text and not w.text.startswith(("-", "/"))]
            found += [chip_of_image(word.text, self.place(word)) for word in images]
        if "install" in names[:5] and any(name.startswith(("pip", "uv", "-m")) for name in names[:3]):
            found += [chip_of_package(_PINNED.split(w.text)[0], self.place(w)) for w in words]
        self.harvest.artifacts += [artifact for artifacts in found for artifact in artifacts]

    def _copied(self, words: list[Word], names: list[str]) -> None:
        """Weights that come from or go to an object store or an artefact registry."""
        pulls = (
            names[1:2] and names[1] in ("pull", "push", "copy", "fetch") and names[0] in ("oras", "modctl")
        )
        for word in words[1:]:
            if is_stored_model(word.text) or (pulls and is_model_artifact(word.text)):
                store = "object-store" if is_object_store(word.text) else ""
                self.candidate(word, word.text.rstrip("/"), names[0], namespace=store)

    def fetch(self, words: list[Word], *, only_last: bool = False) -> None:
        """Addresses of hubs, and the model named in the body of a request."""
        address = next((w for w in words if "://" in w.text or w.text.startswith("git@")), None)
        for word in words[-1:] if only_last else words[1:]:
            text = word.text.strip()
            found = model_address(text) if "://" in text or text.startswith("git@") else None
            if found is not None and found.namespace == "hub":
                self.candidate(
                    word, found.name, _program_name(words[0].text), namespace="hub", revision=found.revision
                )
            elif is_stored_model(text):
                stored = "object-store" if is_object_store(text) else ""
                self.candidate(word, text.rstrip("/"), _program_name(words[0].text), namespace=stored)
            elif data_set := data_set_address(text):
                self.candidate(
                    word, data_set, _program_name(words[0].text), namespace="hub", role="training-data"
                )
            elif named := model_in_request(text):
                self.candidate(
                    word,
                    named,
                    _program_name(words[0].text),
                    namespace="api",
                    endpoint=self.value(without_credentials(text), self.place(word)),
                    form="api",
                    weak=True,
                )
            for match in _MODEL_FIELD.finditer(text[:20_000]) if address is not None else ():
                value = Text(text=printable(match[1]), location=self.place(word))
                shown = without_credentials(address.text) if address is not None else ""
                own = bool(_OLLAMA_ADDRESS.search(shown))
                endpoint = self.value(shown, self.place(address)) if address is not None else None
                self.harvest.candidates.append(
                    Candidate(
                        surface=self.surface,
                        api="model",
                        location=self.place(word),
                        written=printable(match[1]),
                        model=value,
                        namespace="ollama" if own else "api",
                        endpoint=endpoint,
                        form=None if own else "api",
                        weak=not own,
                    )
                )

    def candidate(self, word: Word, name: str, api: str, *, revision: str = "", **more: object) -> None:
        """Write down a use that is this word."""
        location = self.place(word)
        self.harvest.candidates.append(
            Candidate(
                surface=self.surface,
                api=api,
                location=location,
                written=printable(without_credentials(word.text.replace(DOLLAR, "$"))),
                model=self.value(name, location),
                revision=Text(text=printable(revision), location=location) if revision else None,
                **more,  # type: ignore[arg-type]
            )
        )

    def _ollama(self, words: list[Word], names: list[str]) -> None:
        """`ollama cp A B` and `ollama create NAME -f FILE` give a model another name."""
        if names[:2] == ["ollama", "cp"] and len(words) > 3:
            self._alias(words[3].text, self.value(words[2].text, self.place(words[2])), self.place(words[3]))
        if names[:2] == ["ollama", "create"] and len(words) > 2:
            file = next(
                (b.text for a, b in itertools.pairwise(words) if a.text in ("-f", "--file")),
                "Modelfile",
            )
            value = Name(kind="symbol", name=f"{file.removeprefix('./')}:FROM", location=self.place(words[2]))
            self._alias(words[2].text, value, self.place(words[2]))

    def _alias(self, name: str, value: Value, location: Location) -> None:
        if "$" not in name and could_be_model(name):
            self.harvest.bindings.append(
                Binding(kind="alias", name=printable(name), value=value, location=location, scope="")
            )

    def _uses(self, program: Program | None, arguments: Arguments, called: str) -> None:
        """Write down what the arguments of one command say."""
        served: list[Value] = []
        address = next((self.value(a.text, self.place(a.word)) for a in arguments.of("address")), None)
        revision = next((a.text for a in arguments.of("revision")), "")
        for argument in arguments.models:
            model = self._use(program, argument, called, address, revision)
            served += [model] if model is not None and argument.kind == "model" else []
        for alias in arguments.of("alias"):
            for value in served[:1]:
                self._alias(alias.text, value, self.place(alias.word))
        for adapter in arguments.of("adapter"):
            self._adapter(adapter)
        if served and program is not None:
            self.harvest.artifacts.append(
                Artifact(
                    kind="serving-command"
                    if program.role in ("inference", "embedding")
                    else "training-recipe",
                    location=self.place(arguments.models[0].word),
                    title=program.ident,
                )
            )

    def _use(
        self, program: Program | None, argument: Argument, called: str, address: Value | None, revision: str
    ) -> Value | None:
        location = self.place(argument.word)
        value = self.value(argument.text, location)
        found = None
        if isinstance(value, Text):
            if not could_be_model(value.text):
                return None
            found = model_address(value.text)
            value = Text(text=printable(found.name), location=location) if found else value
            if found is None and "://" in value.text:
                return None
        pinned = (revision if argument.kind == "model" else "") or (found.revision if found else "")
        self.harvest.candidates.append(
            Candidate(
                surface=self.surface,
                api=printable(argument.flag or called, 120),
                location=location,
                written=printable(without_credentials(argument.word.text.replace(DOLLAR, "$"))),
                model=value,
                namespace=found.namespace if found else (program.namespace if program else ""),
                endpoint=address if argument.kind == "model" else None,
                role=argument.role,
                revision=self.value(pinned, location) if pinned else None,
                weak=argument.weak,
            )
        )
        return value

    def _adapter(self, argument: Argument) -> None:
        name, equals, path = argument.text.partition("=")
        text = path if equals else argument.text
        if not could_be_model(text) and "$" not in text:
            return
        location = self.place(argument.word)
        value = self.value(text, location)
        self.harvest.candidates.append(
            Candidate(
                surface=self.surface,
                api=argument.flag,
                location=location,
                form="adapter",
                role="adapter",
                written=printable(argument.text.replace(DOLLAR, "$")),
                model=value,
            )
        )
        if equals:
            self._alias(name, value, location)


def _program_name(text: str) -> str:
    """A program's name without its folder; other words as they are."""
    if text.startswith(("/", "./", "../")) or text.endswith(".exe"):
        return text.rpartition("/")[2].removesuffix(".exe")
    return text


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
