"""CTranslate2's `model.bin`: every variable with its place, quantised ones with their scales.

Source: `src/models/model.cc` and `python/ctranslate2/specs/model_spec.py` of CTranslate2 4
(https://github.com/OpenNMT/CTranslate2).
"""

from __future__ import annotations

from collections.abc import Sequence

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.extents import check_names, elements_of
from gauger.formats.model_file import ModelFile, QuantisedPair, TensorEntry
from gauger.formats.sniff import CTRANSLATE2_VERSIONS
from gauger.formats.source import Source
from gauger.formats.window import Window

_TYPES: dict[int, tuple[str, int]] = {
    0: ("FLOAT32", 4), 1: ("INT8", 1), 2: ("INT16", 2), 3: ("INT32", 4), 4: ("FLOAT16", 2),
    5: ("BFLOAT16", 2),
}  # fmt: skip
"""`DataType`: name, bytes of one number."""

_BY_SIZE = {4: 0, 2: 2, 1: 1}
"""Up to version 3 only the size of a number is written, and half precision did not exist."""

_SCALE = "_scale"


def read_ctranslate2(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What does this CTranslate2 model hold?

    Matrices stand as (outputs, inputs). A weight in small integers is `integer / scale`, with one scale for
    each row (8 bits) or one for all (16 bits): `ModelFile.pairs`.

    Args:
        sources: The file.
        limits: Bounds.

    Returns:
        The model; a file that is cut off gives the variables that begin before the cut, with a remark. Two
        names of one variable are told as a remark.

    Raises:
        Malformed: not such a file, or a size that does not fit type and shape.
        LimitExceeded: too many variables.
        Unreadable: the bytes cannot be had.
    """
    source = sources[0]
    walk = _Walk(Window(source, limits))
    version = walk.number("I")
    if version not in CTRANSLATE2_VERSIONS:
        raise Malformed(f"CTranslate2 version {version} is not one of 2 to 8", subject=source.name)
    facts: Facts = {"version": version, "spec": printable(walk.name(), 200), "revision": walk.number("I")}
    count = limits.check(walk.number("I"), "tensors", subject=source.name)
    entries: list[TensorEntry] = []
    remarks: list[str] = []
    try:
        entries.extend(_variable(walk, version) for _ in range(count))  # what came before a cut stays
        if walk.at > source.size_bytes:
            remarks.append(f"{source.name}: cut off inside {entries[-1].name}")
        elif version >= 3:
            facts |= _aliases(walk)
    except _CutOff:
        remarks.append(f"{source.name}: cut off: {len(entries)} of {count} variables begin before the cut")
    check_names(entries, subject=source.name)
    return ModelFile(
        format="ctranslate2",
        parts=(source.name,),
        tensors=tuple(entries),
        metadata=facts,
        remarks=tuple(remarks),
        pairs=_pairs(entries),
        read_bytes=source.read_bytes,
    )


class _CutOff(Malformed):
    """The file ends between two values."""


class _Walk:
    """The values one after the other."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.at = 0

    def number(self, code: str) -> int:
        size = {"B": 1, "H": 2, "I": 4}[code]
        if self.at + size > self.window.source.size_bytes:
            raise _CutOff("the file is cut off", subject=self.window.source.name)
        value = self.window.number(code, self.at)
        self.at += size
        return value

    def name(self) -> str:
        """A length with the zero at the end, then the text."""
        length = self.number("H")
        if self.at + length > self.window.source.size_bytes:
            raise _CutOff("the file is cut off", subject=self.window.source.name)
        text = self.window.text(self.at, length)
        self.at += length
        return text.rstrip("\0")


def _variable(walk: _Walk, version: int) -> TensorEntry:
    name = printable(walk.name(), 1000)
    shape = tuple(walk.number("I") for _ in range(walk.number("B")))
    subject = walk.window.source.name
    if version >= 4:
        kind, size = walk.number("B"), walk.number("I")
    else:
        item, items = walk.number("B"), walk.number("I")
        kind, size = _BY_SIZE.get(item, -1), item * items
    dtype, item = _TYPES.get(kind, (f"type-{kind}", 0))
    elements = elements_of(shape, name=name, subject=subject)
    if item and size != elements * item:
        raise Malformed(
            f"tensor {printable(name, 80)}: {dtype} {list(shape)} does not fit its {size} bytes",
            subject=subject,
        )
    entry = TensorEntry(name=name, dtype=dtype, shape=shape, offset=walk.at, size_bytes=size)
    walk.at += size
    return entry


def _aliases(walk: _Walk) -> Facts:
    """Second names of variables, such as an output layer that is the embedding."""
    count = walk.window.limits.check(walk.number("I"), "tensors", subject=walk.window.source.name)
    pairs = [(walk.name(), walk.name()) for _ in range(count)]
    return (
        {"aliases": tuple(printable(f"{alias} = {name}", 400) for alias, name in pairs[:64])} if pairs else {}
    )


def _pairs(entries: Sequence[TensorEntry]) -> tuple[QuantisedPair, ...]:
    """`x/weight` in small integers and `x/weight_scale`."""
    named = {entry.name: entry for entry in entries}
    return tuple(
        QuantisedPair(weight=entry.name, scale=entry.name + _SCALE, axis=0, divide=True)
        for entry in sorted(entries, key=lambda e: e.name)
        if entry.dtype in ("INT8", "INT16") and entry.name + _SCALE in named
    )
