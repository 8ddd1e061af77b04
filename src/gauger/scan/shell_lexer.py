"""Which commands does a text of shell language hold? Split into words, never run, never expanded.

Understands quotes, escapes, continuations, comments, here documents, substitutions and the operators between
commands; control words (`if`, `for`, `do`, …) are taken as commands that the reader skips. What it does not
understand ends up as odd words, never as an error: a wrong split can only miss a use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from gauger.core.errors import LimitExceeded
from gauger.core.limits import Limits
from gauger.scan.interpolate import DOLLAR

_BREAK = "\x01"
_NESTING = 6
_WORDS = 200_000
_PLAIN = re.compile(r"[^\s'\"\\$`;&|()<>#\n]+")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_][\w.-]*)\1")
_REDIRECT = re.compile(r"\d*(?:<<<|<<|>>|>\||<>|>&|<&|&>>|&>|<|>)")
_BRACKET = re.compile(r"[(){}]")
_LOOKAHEAD = 4
"""How often, on average, a character may be looked at in search of a closing bracket."""
_SPACE = " \t\r\f\v"


class Word(msgspec.Struct, frozen=True):
    """One word of a command.

    Attributes:
        text: With quotes taken off; `$` is live, `interpolate.DOLLAR` is not.
        line: From 1, where it begins.
        column: From 1.
        script: The text with its escaped line breaks, where it has any: for a word that is itself a script.
    """

    text: str
    line: int
    column: int
    script: str = ""


class Heredoc(msgspec.Struct, frozen=True):
    """The text of a here document.

    Attributes:
        text: Its lines.
        line: From 1, of its first line.
        live: The shell fills in variables: its delimiter is not quoted.
    """

    text: str
    line: int
    live: bool


class Command(msgspec.Struct, frozen=True):
    """One simple command.

    Attributes:
        words: At least one.
        heredocs: The here documents of its line, where it is the last command there.
        output: The file that its output goes to, or empty.
    """

    words: tuple[Word, ...]
    heredocs: tuple[Heredoc, ...] = ()
    output: str = ""


def commands(text: str, limits: Limits, *, first_line: int = 1, first_column: int = 1) -> list[Command]:
    """Which simple commands stand in this text, in order, those inside substitutions included?

    O(length) time; nested substitutions are followed six levels deep.

    Raises:
        LimitExceeded: the text or the number of its words is above the bounds.
    """
    limits.check(len(text), "text_file_bytes")
    return list(_Lexer(text.replace(DOLLAR, "").replace(_BREAK, ""), first_line, first_column, 0).commands())


class _Lexer:
    """One pass over one text.

    Args:
        text: The text.
        line: Line number of its first character.
        column: Column of its first character.
        depth: How many substitutions it stands in.
    """

    def __init__(self, text: str, line: int, column: int, depth: int) -> None:
        self.text = text
        self.line = line
        self.start_of_line = 1 - column
        self.depth = depth
        self.at = 0
        self.count = 0
        self.pending: list[tuple[str, bool]] = []
        self.heredocs: list[Heredoc] = []
        self.output = ""
        self.inner: list[Command] = []
        self.budget = _LOOKAHEAD * len(text)

    def commands(self) -> Iterator[Command]:
        """The commands of this text."""
        words: list[Word] = []
        while True:
            word, ended = self._next()
            if word is not None:
                words.append(word)
                self.count += 1
                if self.count > _WORDS:
                    raise LimitExceeded(f"more than {_WORDS} words of shell language")
            if ended:
                yield from self.inner
                self.inner = []
                if words:
                    yield Command(tuple(words), tuple(self.heredocs), self.output)
                    words = []
                self.heredocs, self.output = [], ""
                if self.at >= len(self.text):
                    return

    def _next(self) -> tuple[Word | None, bool]:
        """The next word if one comes, and whether the command ends after it."""
        self._skip_space()
        if self.at >= len(self.text):
            return None, True
        char = self.text[self.at]
        if char == "\n":
            self._newline()
            return None, True
        if char in ";|()" or (char == "&" and self.text[self.at : self.at + 2] != "&>"):
            self.at += 1
            return None, True
        if char == "#":
            end = self.text.find("\n", self.at)
            self.at = len(self.text) if end < 0 else end
            return None, False
        redirect = _REDIRECT.match(self.text, self.at)
        if redirect:
            return self._redirection(redirect)
        return self._word(), False

    def _redirection(self, match: re.Match[str]) -> tuple[Word | None, bool]:
        heredoc = _HEREDOC.match(self.text, self.at)
        if heredoc and match[0].endswith("<<"):
            self.pending.append((heredoc[2], not heredoc[1]))
            self.at = heredoc.end()
            return None, False
        self.at = match.end()
        self._skip_space()
        if self.at < len(self.text) and self.text[self.at] not in "\n;&|()<>":
            target = self._word()
            if match[0].endswith(">"):
                self.output = target.text
        return None, False

    def _skip_space(self) -> None:
        while self.at < len(self.text):
            if self.text[self.at] in _SPACE:
                self.at += 1
            elif self.text.startswith("\\\n", self.at) or self.text.startswith("\\\r\n", self.at):
                self.at = self.text.index("\n", self.at)
                self._newline(continued=True)
            else:
                return

    def _newline(self, *, continued: bool = False) -> None:
        self.at += 1
        self.line += 1
        self.start_of_line = self.at
        while self.pending and not continued:
            self._heredoc(*self.pending.pop(0))

    def _heredoc(self, delimiter: str, live: bool) -> None:  # noqa: FBT001
        start, line = self.at, self.line
        while self.at < len(self.text):
            begins = self.at
            end = self.text.find("\n", self.at)
            end = len(self.text) if end < 0 else end
            body = self.text[self.at : end].strip()
            self.at = min(end + 1, len(self.text))
            self.line += 1
            self.start_of_line = self.at
            if body == delimiter:
                self.heredocs.append(Heredoc(self.text[start:begins], line, live))
                return

    def _word(self) -> Word:
        line, column = self.line, self.at - self.start_of_line + 1
        parts: list[str] = []
        while self.at < len(self.text):
            plain = _PLAIN.match(self.text, self.at)
            if plain:
                parts.append(plain[0])
                self.at = plain.end()
                continue
            char = self.text[self.at]
            if char.isspace() or char in ";&|()<>":
                break
            parts.append(self._special(char))
        text = "".join(parts)
        if _BREAK not in text:
            return Word(text, line, column)
        return Word(text.replace(_BREAK, ""), line, column, text.replace(_BREAK, "\\\n"))

    def _special(self, char: str) -> str:
        if char == "'":
            return self._until("'").replace("$", DOLLAR)
        if char == '"':
            return self._double_quoted()
        if char == "\\":
            return self._escaped()
        if char == "$":
            return self._dollar()
        if char == "`":
            inside = self._until("`")
            self._substituted(inside)
            return "$()"
        self.at += 1
        return char

    def _until(self, quote: str) -> str:
        end = self.text.find(quote, self.at + 1)
        end = len(self.text) if end < 0 else end
        inside = self.text[self.at + 1 : end]
        self._count_lines(self.at + 1, end)
        self.at = end + 1
        return inside

    def _count_lines(self, start: int, end: int) -> None:
        found = self.text.count("\n", start, end)
        if found:
            self.line += found
            self.start_of_line = self.text.rfind("\n", start, end) + 1

    def _double_quoted(self) -> str:
        parts: list[str] = []
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != '"':
            char = self.text[self.at]
            if char == "\\":
                parts.append(self._escaped())
            elif char == "$":
                parts.append(self._dollar())
            elif char == "`":
                self._substituted(self._until("`"))
                parts.append("$()")
            else:
                self._count_lines(self.at, self.at + 1)
                parts.append(char)
                self.at += 1
        self.at += 1
        return "".join(parts)

    def _escaped(self) -> str:
        char = self.text[self.at + 1 : self.at + 2]
        self._count_lines(self.at, self.at + 2)
        self.at += 2
        return _BREAK if char == "\n" else char.replace("$", DOLLAR)

    def _dollar(self) -> str:
        """A live dollar with its braces; a substitution is read as commands and leaves `$()`."""
        following = self.text[self.at + 1 : self.at + 2]
        if following not in ("(", "{"):
            self.at += 1
            return "$"
        start, end = self.at, self._balanced(self.at + 1)
        inside = self.text[start:end]
        if following == "(":
            self._substituted(inside[2:-1])
        self._count_lines(start, end)
        self.at = end
        return inside.replace("\n", " ") if following == "{" else "$()"

    def _balanced(self, start: int) -> int:
        opening, closing = self.text[start], ")" if self.text[start] == "(" else "}"
        depth, end = 0, min(len(self.text), start + self.budget)
        for match in _BRACKET.finditer(self.text, start, end):
            depth += (match[0] == opening) - (match[0] == closing)
            if depth == 0:
                self.budget -= match.end() - start
                return match.end()
        self.budget -= end - start
        return min(len(self.text), start + 1)

    def _substituted(self, inside: str) -> None:
        if self.depth < _NESTING and not inside.startswith("("):
            nested = _Lexer(inside, self.line, self.at - self.start_of_line + 1, self.depth + 1)
            self.inner += nested.commands()
