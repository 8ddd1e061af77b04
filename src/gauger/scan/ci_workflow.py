"""Which models do the pipelines of a repository call, download and test?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.plugin import guarded
from gauger.core.text import printable
from gauger.scan.chip_targets import chip_of_image
from gauger.scan.collector import Candidate, Collected, FileView
from gauger.scan.embedded_code import language_of, read_code
from gauger.scan.environment import Variable, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import Dialect, actions, shell
from gauger.scan.model_address import model_address
from gauger.scan.model_words import could_be_model, is_address_name, is_secret_name, model_word
from gauger.scan.settings_models import settings_candidates
from gauger.scan.settings_profiles import Profile
from gauger.scan.settings_tree import tree_of_spot
from gauger.scan.shell import Session
from gauger.scan.values import Either, Text, Value
from gauger.scan.yaml_place import Spot, yaml_documents

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_SPELT = re.compile(r"\$\{EXPRESSION\d+_\}")
_ENVIRONMENT_NAME = re.compile(r"^\s*env\.([A-Za-z_]\w*)\s*$")
_MATRIX_NAME = re.compile(r"^\s*matrix\.([\w-]+)\s*$")
_ACTION_PROVIDERS = (
    (re.compile(r"^actions/ai-inference(?:@|$)"), "github-models"),
    (re.compile(r"^anthropics/claude-code(?:-base)?-action(?:@|$)"), "anthropic"),
    (re.compile(r"^openai/codex-action(?:@|$)"), "openai"),
    (re.compile(r"^google-github-actions/run-gemini-cli(?:@|$)"), "google-gemini"),
)
"""Actions that talk to one provider unless told otherwise.

Source: the README of each action on https://github.com/marketplace, read 2026-11-23.
"""
_SCRIPT_KEYS = ("script", "before_script", "after_script", "run", "command", "commands", "bash", "pwsh")
_NOT_JOBS = {"variables", "stages", "include", "default", "workflow", "image", "cache", "env", "on", "true"}


class CiWorkflow:
    """GitHub Actions, GitLab CI and other pipelines whose steps are shell lines."""

    ident = "ci-workflow"
    globs: tuple[str, ...] = (
        "**/.github/workflows/*.yml",
        "**/.github/workflows/*.yaml",
        "**/.github/actions/**/*.yml",
        "**/action.yml",
        "**/action.yaml",
        "**/.gitlab-ci.yml",
        "**/*.gitlab-ci.yml",
        "**/.gitlab/**/*.yml",
        "**/.circleci/*.yml",
        "**/azure-pipelines*.yml",
        "**/bitbucket-pipelines.yml",
        "**/.woodpecker*.yml",
        "**/.drone.yml",
        "**/.buildkite/*.y*ml",
        "**/.semaphore/*.yml",
        "**/appveyor.yml",
        "**/.travis.yml",
        "**/cloudbuild*.yaml",
        "**/.gitea/workflows/*.y*ml",
        "**/.forgejo/workflows/*.y*ml",
    )
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read variables, steps and scripts.

        Raises:
            Malformed: not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        harvest = Harvest()
        for document in yaml_documents(view.text(), str(view.path), view.limits):
            _Reader(view, harvest).read(document)
        return harvest.collected()


class _Reader:
    def __init__(self, view: FileView, harvest: Harvest) -> None:
        self.view = view
        self.path = str(view.path)
        self.harvest = harvest
        self.is_github = False

    def read(self, document: Spot) -> None:
        """Read one document of any of the kinds."""
        self.is_github = document.get("jobs") is not None or document.get("runs") is not None
        outer = self._variables(document)
        if self.is_github:
            jobs = document.get("jobs")
            for name, job in jobs.items() if jobs is not None else []:
                self._github_job(name, job, outer)
            runs = document.get("runs")
            if runs is not None:
                self._github_job("runs", runs, outer)
            self._inputs(document)
            return
        for name, job in document.items():
            if name not in _NOT_JOBS:
                self._scripts(name, job, outer)

    @property
    def dialect(self) -> Dialect:
        """How text refers to names here."""
        return actions if self.is_github else shell

    def _variables(self, spot: Spot) -> list[Variable]:
        found: list[Variable] = []
        for part in ("env", "variables"):
            mapping = spot.get(part)
            for name, entry in mapping.items() if mapping is not None else []:
                value = entry if entry.is_text else entry.get("value")
                if value is None:
                    continue
                shown = "" if is_secret_name(name) else value.text
                parsed = self.dialect(shown, value.location)
                found.append(
                    Variable(name=name, text=printable(shown), value=parsed, location=value.location)
                )
        self.harvest.add(read_variables(found, surface="ci-workflow", overridable=True))
        return found

    def _inputs(self, document: Spot) -> None:
        """Defaults of a workflow's or an action's inputs that carry a model."""
        for trigger in ("workflow_dispatch", "workflow_call"):
            self._input_defaults(
                document.get("on", trigger, "inputs") or document.get("true", trigger, "inputs")
            )
        self._input_defaults(document.get("inputs"))

    def _input_defaults(self, inputs: Spot | None) -> None:
        for name, entry in inputs.items() if inputs is not None else []:
            default, word = entry.get("default"), model_word(name)
            if default is not None and word is not None and could_be_model(default.text):
                self._candidate(f"inputs.{name}", default, weak=True)

    def _github_job(self, name: str, job: Spot, outer: list[Variable]) -> None:
        variables = [*outer, *self._variables(job)]
        matrix = {key: _matrix_value(spot) for key, spot in _entries(job.get("strategy", "matrix"))}
        if job.get("uses") is not None:
            self._action(job, name, matrix)
        image = job.get("container", "image") or job.get("container")
        if image is not None and image.text:
            self.harvest.artifacts += chip_of_image(image.text, image.location)
        steps = job.get("steps")
        for step in steps.elements() if steps is not None else []:
            inner = [*variables, *self._variables(step)]
            self._action(step, name, matrix)
            run = step.get("run")
            if run is None or not run.text:
                continue
            language = language_of(step.text_at("shell").split(" ")[0])
            if language:
                code = read_code(
                    run.text, language, self.path, self.view.limits, line=run.text_line, member=name
                )
                self.harvest.add(code)
            else:
                self._shell(run, name, inner, matrix)

    def _action(self, step: Spot, job: str, matrix: dict[str, Value]) -> None:
        """`uses:` with `with:`: what an action is given.

        Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
        """
        uses, given = step.text_at("uses"), step.get("with")
        if not uses or given is None:
            return
        provider = next((p for pattern, p in _ACTION_PROVIDERS if pattern.match(uses)), "")
        named = model_word(f"{uses}_model")
        is_ai = bool(provider) or (named is not None and named.strength == "strong")
        address = next((s for k, s in given.items() if is_address_name(k) and "://" in s.text), None)
        for key, spot in given.items():
            carried = model_word(key)
            if carried is not None and _could_be(spot.text.strip()):
                weak = carried.strength == "weak" and not is_ai
                self._candidate(
                    f"{uses.partition('@')[0]}: {key}", spot, weak=weak, provider=provider, address=address
                )
            elif key.endswith(("args", "arguments", "command", "cmd", "script")) and spot.text:
                prefix = "" if key.endswith("script") else "agent "
                self._shell(spot, job, [], matrix, prefix=prefix, provider=provider)
            elif key == "settings" and spot.text.lstrip().startswith("{"):
                self._agent_settings(spot, provider)

    def _agent_settings(self, spot: Spot, provider: str) -> None:
        """`settings: {"model": …}` of a coding agent's action."""
        answer = guarded(
            "ci-workflow",
            lambda: yaml_documents(spot.text, self.path, self.view.limits, first_line=spot.text_line - 1),
            location=spot.location,
        )
        for document in answer if not isinstance(answer, Gap) else ():
            profile = Profile(ident="action", provider=provider)
            self.harvest.candidates += settings_candidates(tree_of_spot(document), profile, "ci-workflow")

    def _shell(
        self,
        spot: Spot,
        job: str,
        variables: list[Variable],
        matrix: dict[str, Value],
        *,
        prefix: str = "",
        provider: str = "",
    ) -> None:
        session = Session("ci-workflow", self.path, self.view.limits, member=printable(job, 80))
        for variable in variables:
            session.known[variable.name] = variable.value
        spelt: dict[str, str] = {}
        text = self._shelled(spot, session, matrix, spelt)
        session.text(prefix + text, spot.text_line, spot.location.column)
        found = session.finish()
        found.candidates = [
            msgspec.structs.replace(
                c,
                written=_SPELT.sub(lambda m: spelt.get(m[0], m[0]), c.written),
                provider=c.provider or (provider if c.endpoint is None else ""),
            )
            for c in found.candidates
        ]
        self.harvest.add(found)

    def _shelled(
        self, spot: Spot, session: Session, matrix: dict[str, Value], originals: dict[str, str]
    ) -> str:
        """The text with `${{ … }}` as names of the shell."""

        def name(match: re.Match[str]) -> str:
            environment, cell = _ENVIRONMENT_NAME.match(match[1]), _MATRIX_NAME.match(match[1])
            if environment is not None:
                return f"${{{environment[1]}}}"
            spelt = f"EXPRESSION{len(session.known)}_"
            known = matrix.get(cell[1]) if cell is not None else None
            session.known[spelt] = known or actions(match[0], spot.location)
            originals[f"${{{spelt}}}"] = match[0]
            return f"${{{spelt}}}"

        return _EXPRESSION.sub(name, spot.shell_text)

    def _scripts(self, name: str, job: Spot, outer: list[Variable]) -> None:
        """GitLab's and others' jobs: lists of shell lines under a few keys, at any depth."""
        variables = [*outer, *self._variables(job)]
        for _, mapping in job.walk():
            for key, spot in mapping.items():
                if key not in _SCRIPT_KEYS:
                    continue
                lines = [spot] if spot.text else [e for e in spot.elements() if e.text]
                for line in lines:
                    self._shell(line, name, variables, {})

    def _candidate(
        self, api: str, spot: Spot, *, weak: bool, provider: str = "", address: Spot | None = None
    ) -> None:
        location: Location = spot.location
        value = self.dialect(spot.text.strip(), location)
        found = model_address(value.text) if isinstance(value, Text) else None
        served = provider if found is None and address is None else ""
        self.harvest.candidates.append(
            Candidate(
                surface="ci-workflow",
                api=printable(api, 200),
                location=location,
                written=printable(spot.text.strip()),
                model=Text(text=printable(found.name), location=location) if found else value,
                namespace=found.namespace if found else ("api" if served else ""),
                provider=served,
                endpoint=self.dialect(address.text, address.location) if address is not None else None,
                weak=weak,
            )
        )


def _could_be(text: str) -> bool:
    return text.startswith("${{") or could_be_model(text)


def _entries(spot: Spot | None) -> Iterator[tuple[str, Spot]]:
    yield from spot.items() if spot is not None else ()


def _matrix_value(spot: Spot) -> Value:
    options = tuple(Text(text=printable(e.text), location=e.location) for e in spot.elements() if e.text)
    return Either(options=options) if options else Text(text=printable(spot.text), location=spot.location)
