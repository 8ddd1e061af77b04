"""What does a container start and get as its environment? For Compose, Kubernetes, CI and clouds alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gauger.core.inventory import Location
from gauger.core.limits import Limits
from gauger.scan.chip_targets import chip_of_image, chip_of_variable
from gauger.scan.environment import Variable, read_variables, without_user
from gauger.scan.harvest import Harvest
from gauger.scan.images import model_in_image
from gauger.scan.program_lookup import program_of_image
from gauger.scan.shell import Session
from gauger.scan.shell_lexer import Word
from gauger.scan.values import Name, Value

_OLLAMA_IMAGE = re.compile(r"(?:^|/)ollama(?:/ollama)?(?::[\w.-]+)?(?:@.*)?$")
_LOCALAI_IMAGE = re.compile(r"(?:^|/)(?:localai/localai|go-skynet/local-ai|mudler/localai)(?:[:@].*)?$")
_NOT_ARGUMENTS = {"ollama", "local-ai", "sh", "bash", "/bin/sh", "/bin/bash"}
"""The image's entry point is the program, so that arguments begin with its subcommand, or with models.

Sources: https://hub.docker.com/r/ollama/ollama; https://localai.io/docs/getting-started/container-images/
"""


class Container:
    """One container as a configuration file describes it.

    Args:
        surface: The collector's surface.
        path: The file.
        limits: Bounds.
        member: The container's name and what it belongs to.
        image: Its image, or empty.
        image_place: Where the image stands.
        known: Names that are already set, such as a template's.
    """

    def __init__(
        self,
        surface: str,
        path: str,
        limits: Limits,
        *,
        member: str,
        image: str = "",
        image_place: Location | None = None,
        known: dict[str, Value] | None = None,
    ) -> None:
        self.session = Session(
            surface, path, limits, member=member.replace(":", "."), image=image, known=known
        )
        self.surface = surface
        self.image = image
        if image and image_place is not None:
            self.session.harvest.artifacts += chip_of_image(image, image_place)
            self.session.harvest.candidates += model_in_image(image, surface, "image", image_place)

    def environment(self, variables: Sequence[Variable], scope: str) -> None:
        """These variables are set for the container; its command line may refer to them."""
        certain = program_of_image(self.image) is not None if self.image else False
        found = read_variables(
            variables, surface=self.surface, scope=scope, overridable=True, certain=certain
        )
        self.session.harvest.add(found)
        for variable in variables:
            self.session.harvest.artifacts += chip_of_variable(variable.name, variable.location)
            self.session.arguments(variable)
            if not _is_same_name(variable):
                self.session.set(
                    variable.name,
                    variable.text,
                    variable.location,
                    without_user(variable.value),
                    counts=False,
                )

    def start(self, command: Sequence[Word], arguments: Sequence[Word]) -> None:
        """The container runs these words: its command (or entry point) followed by its arguments."""
        words = [*command, *arguments]
        if words and not command and words[0].text not in _NOT_ARGUMENTS:
            words = [*(Word(text, words[0].line, words[0].column) for text in self._entry(words[0])), *words]
        if words:
            self.session.argv(words)

    def _entry(self, first: Word) -> Sequence[str]:
        """The words of the image's entry point that tell which program reads the arguments."""
        if _OLLAMA_IMAGE.search(self.image):
            return ("ollama",)
        if _LOCALAI_IMAGE.search(self.image):
            return ("local-ai",) if first.text in ("run", "models") else ("local-ai", "run")
        return ()

    def script(self, text: str, line: int, column: int = 1) -> None:
        """The container runs this text through a shell, or through a splitter that works like one."""
        self.session.text(text, line, column)

    def finish(self) -> Harvest:
        """Everything that was found."""
        return self.session.finish()


def _is_same_name(variable: Variable) -> bool:
    """`MODEL=${MODEL}` passes a name on and must not refer to itself."""
    value: Value = variable.value
    return isinstance(value, Name) and value.name == variable.name
