"""Which models do the steps of a Jenkins pipeline call and download? Collector `jenkinsfile`."""

from __future__ import annotations

import re

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Collected, FileView
from gauger.scan.environment import Variable, read_variables
from gauger.scan.interpolate import shell
from gauger.scan.model_words import is_secret_name
from gauger.scan.shell import Session

_STEP = re.compile(
    r"\b(?:sh|bat|powershell)\b[ \t]*\(?[ \t]*(?:script[ \t]*:[ \t]*)?"
    r"(?:'''(?P<long>.*?)'''|\"\"\"(?P<live>.*?)\"\"\"|'(?P<short>(?:[^'\\\n]|\\.)*)'|\"(?P<text>(?:[^\"\\\n]|\\.)*)\")",
    re.DOTALL,
)
_SET = re.compile(r"\b(?P<name>[A-Z][A-Z0-9_]{2,})[ \t]*=[ \t]*(?P<mark>['\"])(?P<value>[^'\"\n]*)(?P=mark)")
_DEFAULT = re.compile(
    r"name[ \t]*:[ \t]*['\"](?P<name>\w+)['\"][^)\n]*?"
    r"defaultValue[ \t]*:[ \t]*(?P<mark>['\"])(?P<value>[^'\"\n]*)(?P=mark)"
)


class Jenkinsfile:
    """`Jenkinsfile` and `*.jenkinsfile`: `sh` steps, `environment`, defaults of parameters."""

    ident = "jenkinsfile"
    globs: tuple[str, ...] = ("**/Jenkinsfile*", "**/*.jenkinsfile")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read variables and steps; Groovy around them is passed over.

        Source: https://www.jenkins.io/doc/book/pipeline/syntax/

        Raises:
            LimitExceeded: the file is longer than the bounds allow.
            Unreadable: it cannot be read.
        """
        text, path = view.text(), str(view.path)
        variables = []
        for match in (*_SET.finditer(text), *_DEFAULT.finditer(text)):
            place = _place(text, path, match.start("value"))
            shown = "" if is_secret_name(match["name"]) else match["value"]
            value = shell(shown, place)
            variables.append(Variable(name=match["name"], text=printable(shown), value=value, location=place))
        session = Session("jenkinsfile", path, view.limits)
        session.harvest.add(read_variables(variables, surface="jenkinsfile", overridable=True))
        for match in _STEP.finditer(text):
            kind = match.lastgroup or "text"
            place = _place(text, path, match.start(kind))
            session.text(match[kind], place.line, place.column)
        return session.finish().collected()


def _place(text: str, path: str, at: int) -> Location:
    line = text.count("\n", 0, at) + 1
    return Location(path=path, line=line, column=at - text.rfind("\n", 0, at))
