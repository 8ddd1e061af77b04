"""One file cut into pieces: which pieces belong together, and how they are read as one.

Packages have size limits, so models travel as `model.gguf.part00`, `model.zip.001`, `model.gguf.aa`,
`part01.bin`, and one piece to a numbered package or release: `model_part1/data/part01.bin`,
`voice_model_3/part.bin`, `0.2.7/chunk.bin`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec

from gauger.core.errors import Malformed
from gauger.formats.source import Source

_WORD = r"(?:part|chunk|piece|segment|split|shard|volume|vol)"
_OF = r"(?:[-_]?of[-_]?(?P<count>\d{1,5}))?"
_NAMES = (
    re.compile(rf"(?P<stem>.+\.){_WORD}[-_.]?(?P<number>\d{{1,5}}){_OF}(?P<end>)", re.IGNORECASE),
    re.compile(r"(?P<stem>.+\.\w{2,12}\.)(?P<number>\d{3,4})(?P<count>)(?P<end>)"),
    re.compile(
        rf"(?P<stem>(?:.*[-_.])?{_WORD}[-_.]?)(?P<number>\d{{1,5}}){_OF}(?P<end>(?:\.[a-z]\w{{0,11}})*)",
        re.IGNORECASE,
    ),
)
_LETTERS = re.compile(r"(?P<stem>.+[._-])(?P<letters>[a-z]{2,3})")
_BARE = re.compile(rf"(?:.*[-_.])?{_WORD}s?(?:\.\w{{1,12}})*", re.IGNORECASE)
_FOLDER = re.compile(rf"(?P<stem>(?:.*[-_.]|.*{_WORD})?)(?P<number>\d{{1,5}})", re.IGNORECASE)
_WORDED = re.compile(rf".*{_WORD}[-_.]?\d{{1,5}}", re.IGNORECASE)


_TEXTS = (".py", ".pyc", ".pyi", ".json", ".md", ".txt", ".toml", ".html", ".typed")
"""Every numbered package has these, and they are no pieces."""


class PartGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Files that are one file cut into pieces.

    Attributes:
        title: What to call the whole: the name without its number where that is a name, else with `*` for it.
        names: The pieces that follow one another without a gap, from the first on.
        missing: Numbers of pieces that should be there and are not, as far as can be told.
        left: Pieces behind a gap, which cannot be used.
    """

    title: str
    names: tuple[str, ...]
    missing: tuple[int, ...] = ()
    left: tuple[str, ...] = ()


class _Place(msgspec.Struct, frozen=True):
    """Which piece a name says it is: of what, by number, out of how many (0: not told)."""

    title: str
    number: int
    count: int = 0
    lettered: bool = False


def group_parts(names: Iterable[str]) -> tuple[PartGroup, ...]:
    """Which of these files are pieces of one file, told by their names alone?

    Pieces may lie in numbered folders beside one another. Whether their bytes are pieces must be asked of the
    bytes: complete files are numbered, too.

    Args:
        names: Paths with `/`.

    Returns:
        Groups of two pieces or more that begin with the first (0, 1 or `aa`), by title. Each file is in at
        most one of them. Law: the order of `names` does not matter.
    """
    wide: dict[str, list[tuple[str, _Place]]] = {}
    for name in sorted(set(names)):
        place = _place(name, across=True)
        if place is not None:
            wide.setdefault(place.title, []).append((name, place))
    groups: list[PartGroup] = []
    for title, members in wide.items():
        if len({place.number for _, place in members}) == len(members):
            groups += _group(title, members)
            continue
        narrow: dict[str, list[tuple[str, _Place]]] = {}
        for name, _ in members:
            place = _place(name, across=False)
            if place is not None:
                narrow.setdefault(place.title, []).append((name, place))
        for inner, found in narrow.items():
            if len({place.number for _, place in found}) == len(found):
                groups += _group(inner, found)
    return tuple(sorted(groups, key=lambda group: (group.title, group.names)))


def is_piece(name: str) -> bool:
    """Does this path say that it is a piece of something?"""
    place = _place(name, across=True)
    return place is not None and (not place.lettered or name.endswith("aa"))


def _group(title: str, members: Sequence[tuple[str, _Place]]) -> list[PartGroup]:
    numbered = {place.number: name for name, place in members}
    lettered = members[0][1].lettered
    first = 0 if 0 in numbered or lettered else 1
    last = first
    while last in numbered:
        last += 1
    used = tuple(numbered[number] for number in range(first, last))
    if not used or len(members) < 2 or (lettered and len(used) < 2):
        return []
    if lettered:
        return [PartGroup(title=title, names=used)]
    end = min(max(*numbered, first + max(place.count for _, place in members) - 1), last + 10_000)
    return [
        PartGroup(
            title=title,
            names=used,
            missing=tuple(number for number in range(last, end + 1) if number not in numbered),
            left=tuple(numbered[number] for number in sorted(numbered) if number >= last),
        )
    ]


def _place(name: str, *, across: bool) -> _Place | None:
    """Which piece of what this name says it is; `across`: numbers of folders do not tell wholes apart."""
    folder, slash, base = name.rpartition("/")
    starred = "/".join(_starred(part) for part in folder.split("/")) if across else folder
    for pattern in _NAMES:
        found = pattern.fullmatch(base)
        if found:
            whole = found["stem"].rstrip(".") if not found["end"] else f"{found['stem']}*{found['end']}"
            named = re.sub(rf"[-_.]?{_WORD}[-_.]?$", "", whole, flags=re.IGNORECASE) or f"{found['stem']}*"
            return _Place(f"{starred}{slash}{named}", int(found["number"]), int(found["count"] or 0))
    if across:
        for part in reversed(folder.split("/")):
            numbered = _FOLDER.fullmatch(part)
            if numbered and (_BARE.fullmatch(base) or _WORDED.fullmatch(part)) and not base.endswith(_TEXTS):
                return _Place(f"{starred}{slash}{base}", int(numbered["number"]))
    found = _LETTERS.fullmatch(base)
    if found:
        title = f"{starred}{slash}{found['stem'].rstrip('._-')}"
        return _Place(title, _letters(found["letters"]), lettered=True)
    return None


def _starred(part: str) -> str:
    """A folder's name without the number at its end."""
    found = _FOLDER.fullmatch(part)
    return f"{found['stem']}*" if found else part


def _letters(text: str) -> int:
    """The number that `split` means: aa is 0, ab is 1."""
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - ord("a")
    return number


def numbered_folder(folder: str) -> tuple[str, re.Pattern[str], str] | None:
    """Which component of this path, of the last three, ends with a number: where pieces may lie beside it?

    Returns:
        What stands before it, an expression for its siblings' names, and what stands behind it; else None.
    """
    parts = folder.split("/")
    for place in range(len(parts) - 1, max(-1, len(parts) - 4), -1):
        found = _FOLDER.fullmatch(parts[place])
        if found:
            beside = re.compile(re.escape(found["stem"]) + r"\d{1,5}")
            return "/".join(parts[:place]), beside, "/".join(parts[place + 1 :])
    return None


class JoinedSource:
    """Several sources read as one, one behind the other.

    Args:
        parts: In order. The caller closes them.
        name: What to call the whole.
    """

    def __init__(self, parts: Sequence[Source], *, name: str) -> None:
        self._parts = tuple(parts)
        self._name = name
        self._ends = list(accumulate(part.size_bytes for part in self._parts))

    @property
    def name(self) -> str:
        """The name given by the caller."""
        return self._name

    @property
    def size_bytes(self) -> int:
        """Of all parts together."""
        return self._ends[-1] if self._ends else 0

    @property
    def read_bytes(self) -> int:
        """Bytes read from the parts."""
        return sum(part.read_bytes for part in self._parts)

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Source.read_at`."""
        if offset < 0 or length < 0 or offset + length > self.size_bytes:
            raise Malformed(
                f"bytes {offset} to {offset + length} were asked for, the parts have {self.size_bytes}",
                subject=self._name,
            )
        pieces: list[bytes] = []
        number = bisect_right(self._ends, offset)
        while length:
            part = self._parts[number]
            begin = offset - (self._ends[number] - part.size_bytes)
            count = min(length, part.size_bytes - begin)
            if count:
                pieces.append(part.read_at(begin, count))
            offset, length, number = offset + count, length - count, number + 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class SliceSource:
    """A stretch of another source, which the caller closes.

    Args:
        whole: The source around it.
        offset: Where it begins.
        size_bytes: How long it is.
        name: What to call it.

    Raises:
        Malformed: it is not wholly inside.
    """

    def __init__(self, whole: Source, offset: int, size_bytes: int, *, name: str) -> None:
        if offset < 0 or size_bytes < 0 or offset + size_bytes > whole.size_bytes:
            raise Malformed("the member lies outside its archive", subject=name)
        self._whole = whole
        self._offset = offset
        self._size = size_bytes
        self._name = name
        self._read = 0

    @property
    def name(self) -> str:
        """The name given by the caller."""
        return self._name

    @property
    def size_bytes(self) -> int:
        """The length given by the caller."""
        return self._size

    @property
    def read_bytes(self) -> int:
        """Bytes read through this object."""
        return self._read

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Source.read_at`."""
        if offset < 0 or length < 0 or offset + length > self._size:
            raise Malformed(
                f"bytes {offset} to {offset + length} were asked for, the member has {self._size}",
                subject=self._name,
            )
        self._read += length
        return self._whole.read_at(self._offset + offset, length)
