"""What blocks and attributes does a Terraform file hold? A small bounded reader with places, no evaluation.

Source: the HCL native syntax specification (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md).
    Expressions are kept as text except for strings, lists, objects and `jsonencode(…)` around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\f]+|#[^\n]*|//[^\n]*|/\*.*?\*/)"
    r"|(?P<newline>\n)"
    r"|(?P<heredoc><<-?(?P<mark>[A-Za-z_][\w-]*)\r?\n)"
    r"|(?P<quote>\")"
    r"|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<open>[\[{(])|(?P<close>[\]})])"
    r"|(?P<equals>=(?!=)|:(?!:))"
    r"|(?P<comma>,)"
    r"|(?P<other>==|[^\s\w\"\[\]{}(),#]+?|[\d.]+)",
    re.DOTALL,
)
_CLOSING = {"[": "]", "{": "}", "(": ")"}
_UNWRAPPED = {"jsonencode", "yamlencode", "tomap", "tolist", "toset", "merge", "concat", "trimspace", "file"}


class Token(msgspec.Struct, frozen=True):
    """One token.

    Attributes:
        kind: `name`, `text`, `open`, `close`, `equals`, `comma`, `newline`, `other`.
        text: The text; of a string, what stands between the quotes.
        line: From 1.
        column: From 1.
    """

    kind: str
    text: str
    line: int
    column: int


class HclValue(msgspec.Struct, frozen=True):
    """The right side of an attribute.

    Attributes:
        kind: `text` (a string, maybe with `${…}`), `expression`, `list`, `object`.
        text: The text of a string or an expression.
        line: From 1.
        column: From 1.
        items: Elements of a list.
        body: Pairs of an object.
    """

    kind: Literal["text", "expression", "list", "object"]
    text: str
    line: int
    column: int
    items: tuple[HclValue, ...] = ()
    body: HclBody | None = None


class HclAttribute(msgspec.Struct, frozen=True):
    """`key = value`."""

    key: str
    value: HclValue


class HclBlock(msgspec.Struct, frozen=True):
    """`kind "label" { … }`."""

    kind: str
    labels: tuple[str, ...]
    body: HclBody
    line: int


class HclBody(msgspec.Struct, frozen=True):
    """What stands between braces, or in the whole file."""

    attributes: tuple[HclAttribute, ...] = ()
    blocks: tuple[HclBlock, ...] = ()

    def get(self, key: str) -> HclValue | None:
        """The value of an attribute; None where there is none of that name."""
        return next((a.value for a in self.attributes if a.key == key), None)


def read_hcl(text: str, limits: Limits, subject: str = "") -> HclBody:
    """Which blocks and attributes does this file hold?

    O(length) time.

    Raises:
        Malformed: brackets do not match, or a string does not end.
        LimitExceeded: too many tokens, or nested too deeply.
    """
    limits.check(len(text), "text_file_bytes", subject=subject)
    tokens = []
    for token in _tokens(text, subject):
        tokens.append(token)
        if len(tokens) > limits.nodes:
            raise LimitExceeded(f"more than {limits.nodes} tokens", subject=subject)
    reader = _Reader(tokens, limits, subject)
    return reader.body(0, "")


def _tokens(text: str, subject: str) -> Iterator[Token]:
    at, line, start = 0, 1, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Malformed(f"line {line}: not HCL", subject=subject)
        kind, column, first = match.lastgroup or "other", at - start + 1, line
        end, inner = match.end(), match[0]
        if match["heredoc"] is not None:
            kind = "text"
            end, inner = _heredoc(text, match.end(), match["mark"], subject, line)
            first += 1
            column = 1
        elif kind == "quote":
            kind = "text"
            end = _string_end(text, at, subject, line)
            inner = text[at + 1 : end - 1]
        lines = text.count("\n", at, end)
        if kind != "space":
            yield Token(kind, inner, first, column)
        if lines:
            line += lines
            start = text.rfind("\n", at, end) + 1
        at = end


def _heredoc(text: str, start: int, mark: str, subject: str, line: int) -> tuple[int, str]:
    end = re.compile(rf"^[ \t]*{re.escape(mark)}[ \t]*\r?$", re.MULTILINE).search(text, start)
    if end is None:
        raise Malformed(f"line {line}: a here document does not end", subject=subject)
    return end.end(), text[start : end.start()]


def _string_end(text: str, start: int, subject: str, line: int) -> int:
    """The place after the closing quote; quotes inside `${…}` belong to the expression."""
    at, depth = start + 1, 0
    for match in re.compile(r"\\.|\$\{|%\{|[{}\"\n]").finditer(text, at):
        mark = match[0]
        if mark in ("${", "%{") or (mark == "{" and depth):
            depth += 1
        elif mark == "}" and depth:
            depth -= 1
        elif mark == '"' and not depth:
            return match.end()
        elif mark == "\n":
            break
    raise Malformed(f"line {line}: a string does not end", subject=subject)


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Token], limits: Limits, subject: str) -> None:
        self.tokens = tokens
        self.limits = limits
        self.subject = subject
        self.at = 0

    def peek(self, ahead: int = 0) -> Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def body(self, depth: int, closing: str) -> HclBody:
        self.limits.check(depth, "depth", subject=self.subject)
        attributes: list[HclAttribute] = []
        blocks: list[HclBlock] = []
        while (token := self.peek()) is not None:
            if token.kind == "close":
                if token.text != closing:
                    raise Malformed(f"line {token.line}: {token.text} closes nothing", subject=self.subject)
                self.at += 1
                return HclBody(tuple(attributes), tuple(blocks))
            if token.kind not in ("name", "text", "open"):
                self.at += 1
                continue
            self._member(token, depth, attributes, blocks)
        if closing:
            raise Malformed(f"{closing} is missing at the end of the file", subject=self.subject)
        return HclBody(tuple(attributes), tuple(blocks))

    def _member(
        self, token: Token, depth: int, attributes: list[HclAttribute], blocks: list[HclBlock]
    ) -> None:
        if token.kind == "open":
            self.value(depth + 1)
            if (following := self.peek()) is not None and following.kind == "equals":
                self.at += 1
                self.value(depth + 1)
            return
        following = self.peek(1)
        if following is not None and following.kind == "equals":
            self.at += 2
            attributes.append(HclAttribute(token.text, self.value(depth + 1)))
            return
        labels: list[str] = []
        self.at += 1
        while (label := self.peek()) is not None and label.kind in ("name", "text"):
            labels.append(label.text)
            self.at += 1
        opening = self.peek()
        if opening is not None and opening.text == "{" and opening.kind == "open":
            self.at += 1
            blocks.append(HclBlock(token.text, tuple(labels), self.body(depth + 1, "}"), token.line))

    def value(self, depth: int) -> HclValue:
        """One expression, up to the end of its line, a comma or the bracket around it."""
        self.limits.check(depth, "depth", subject=self.subject)
        while (token := self.peek()) is not None and token.kind == "newline":
            self.at += 1
        if token is None:
            return HclValue("expression", "", 0, 0)
        value = self._simple(token, depth)
        rest = self._rest(depth)
        if not rest:
            return value
        head = f'"{value.text}"' if value.kind == "text" else value.text
        return HclValue("expression", head + rest, token.line, token.column, value.items, value.body)

    def _simple(self, token: Token, depth: int) -> HclValue:
        if token.kind == "close":
            raise Malformed(f"line {token.line}: {token.text} closes nothing", subject=self.subject)
        self.at += 1
        if token.kind == "text":
            return HclValue("text", token.text, token.line, token.column)
        if token.kind == "open" and token.text in "[{" and (over := self._comprehension()):
            inner = self.body(depth + 1, "}") if token.text == "{" else None
            items = () if inner is not None else tuple(self._elements(depth, "]"))
            return HclValue("expression", over, token.line, token.column, items)
        if token.kind == "open" and token.text == "[":
            return HclValue("list", "", token.line, token.column, tuple(self._elements(depth, "]")))
        if token.kind == "open" and token.text == "{":
            return HclValue("object", "", token.line, token.column, (), self.body(depth + 1, "}"))
        if token.kind == "open":
            items = tuple(self._elements(depth, ")"))
            return items[0] if len(items) == 1 else HclValue("list", "", token.line, token.column, items)
        following = self.peek()
        if token.kind == "name" and following is not None and following.text == "(":
            self.at += 1
            return self._call(token, depth)
        return HclValue("expression", token.text, token.line, token.column)

    def _comprehension(self) -> str:
        """`for x in y` at the beginning of a list or an object: the text up to the colon, not taken."""
        ahead = 0
        while (token := self.peek(ahead)) is not None and token.kind == "newline":
            ahead += 1
        parts: list[str] = []
        while (token := self.peek(ahead)) is not None and len(parts) < 40:
            if (not parts and token.text != "for") or token.kind in ("open", "close"):
                return ""
            if token.kind == "equals":
                return " ".join(parts).replace(" . ", ".")
            parts.append(token.text)
            ahead += 1
        return ""

    def _call(self, name: Token, depth: int) -> HclValue:
        items = tuple(self._elements(depth, ")"))
        if name.text in _UNWRAPPED and len(items) == 1:
            return items[0]
        return HclValue("expression", f"{name.text}()", name.line, name.column, items)

    def _elements(self, depth: int, closing: str) -> Iterator[HclValue]:
        while (token := self.peek()) is not None:
            if token.kind == "close":
                if token.text != closing:
                    raise Malformed(f"line {token.line}: {token.text} closes nothing", subject=self.subject)
                self.at += 1
                return
            if token.kind in ("newline", "comma"):
                self.at += 1
                continue
            yield self.value(depth + 1)
        raise Malformed(f"{closing} is missing at the end of the file", subject=self.subject)

    def _rest(self, depth: int) -> str:
        """What follows the first operand: `.name`, `[0]`, `? a : b`, `== x`, as text."""
        parts: list[str] = []
        while (token := self.peek()) is not None:
            ternary = token.kind == "equals" and token.text == ":" and "?" in "".join(parts)
            if token.kind in ("newline", "comma", "close") or (token.kind == "equals" and not ternary):
                break
            if token.kind == "open":
                self.at += 1
                inner = list(self._elements(depth + 1, _CLOSING[token.text])) if token.text != "{" else []
                if token.text == "{":
                    self.body(depth + 1, "}")
                shown = ",".join(f'"{i.text}"' if i.kind == "text" else i.text for i in inner)
                parts.append(f"{token.text}{shown}{_CLOSING[token.text]}")
                continue
            parts.append(f'"{token.text}"' if token.kind == "text" else token.text)
            self.at += 1
        return "".join(parts)
