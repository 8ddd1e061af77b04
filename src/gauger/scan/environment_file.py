"""Which models, addresses and keys does a `.env` file set? Collector `environment-file`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Collected, FileView
from gauger.scan.environment import Variable, read_variables
from gauger.scan.interpolate import DOLLAR, shell
from gauger.scan.model_words import is_secret_name

_LINE = re.compile(r"^\s*(?:export\s+)?(?P<name>[A-Za-z_][\w.-]*)\s*[=:]\s*(?P<value>.*?)\s*$")
_COMMENT = re.compile(r"\s#.*$")
_EXAMPLE = re.compile(r"(example|sample|template|dist|defaults?)", re.IGNORECASE)


class EnvironmentFile:
    """`.env` files: model names, addresses, and the names (never the values) of keys.

    Git ignores these files nearly always, because they hold secrets; they are read all the same, since they
    decide which model answers.
    """

    ident = "environment-file"
    globs: tuple[str, ...] = ("**/.env", "**/.env.*", "**/*.env", "**/.envrc", "**/.flaskenv")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """See `Collector.collect`.

        What an example file sets is a default that the real one overrides. So is what a file with a name of
        its own sets (`worker.env`): it applies only where something loads it; `.env` is loaded by convention.
        """
        path = str(view.path)
        return read_variables(
            list(variables_in(view.text(), path)),
            surface=self.ident,
            scope=path.rpartition("/")[0],
            overridable=bool(_EXAMPLE.search(view.path.name)) or not view.path.name.startswith("."),
        ).collected()


def variables_in(text: str, path: str) -> Iterator[Variable]:
    """Which variables do these lines set? The values of secrets are not taken along."""
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.match(line) if len(line) <= 4_000 else None
        if match is None:
            continue
        name = match["name"]
        place = Location(path=path, line=number, column=match.start("name") + 1)
        written = "" if is_secret_name(name) else _unquoted(match["value"])
        yield Variable(
            name=name,
            text=printable(written.replace(DOLLAR, "$")),
            value=shell(written, place),
            location=place,
        )


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"') and (end := value.find(value[0], 1)) > 0:
        inner = value[1:end]
        return inner.replace("$", DOLLAR) if value[0] == "'" else inner
    return _COMMENT.sub("", value) if not value.startswith("#") else ""
