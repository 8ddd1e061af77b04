"""A number that was measured, or the reason why there is none. Never NaN, null, 0 or an empty list."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

Reason = Literal[
    "not-declared",
    "not-present",
    "not-resolved",
    "not-in-catalogue",
    "not-supported",
    "not-requested",
    "not-sourced",
    "no-reference",
    "too-little-data",
    "ambiguous",
    "malformed",
    "unreadable",
    "limit-exceeded",
]
"""Why something is not known. A closed set: a report can group by it, a test can count it."""


class Measured(msgspec.Struct, frozen=True, kw_only=True, tag="measured", forbid_unknown_fields=True):
    """A number with its interval, unit and sample size.

    Attributes:
        value: The estimate.
        low: Lower end of the interval; equal to `value` where the number is exact.
        high: Upper end of the interval; equal to `value` where the number is exact.
        unit: What it counts: `share`, `bytes`, `tokens`, `p-value`, …
        n: How many observations stand behind it.
    """

    value: float
    low: float
    high: float
    unit: str
    n: int

    def __post_init__(self) -> None:
        if not all(math.isfinite(x) for x in (self.value, self.low, self.high)):
            raise ValueError("a measured number is finite; say Unmeasured where there is none")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value} is outside its own interval [{self.low}, {self.high}]")
        if self.n < 0:
            raise ValueError(f"n is a count, not {self.n}")

    @classmethod
    def exact(cls, value: float, unit: str, n: int) -> Measured:
        """A number without sampling error: a count, or a share of a finite set that was seen whole."""
        return cls(value=value, low=value, high=value, unit=unit, n=n)


class Unmeasured(msgspec.Struct, frozen=True, kw_only=True, tag="unmeasured", forbid_unknown_fields=True):
    """Something that is not known, and why.

    Attributes:
        reason: One of the closed set `Reason`.
        detail: One sentence for the reader, with the name of what is missing.
    """

    reason: Reason
    detail: str = ""


Reading = Measured | Unmeasured
"""What a probe reports."""

Known = str | Unmeasured
"""A name or category that may not be known."""


def known(value: Known) -> str | None:
    """The text where it is known, else None: for code that goes on to say what it does then."""
    return value if isinstance(value, str) else None
