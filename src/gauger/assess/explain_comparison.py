"""Why does a comparison say what it says? Its verdict, the tests behind it, its parts, its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from gauger.core.comparison import Comparison, ComponentMatch, TestOutcome
from gauger.core.readings import Measured, Reading

_MOST_TESTS = 12
_MOST_PARTS = 40


def told_of(comparison: Comparison, name: Callable[[str], str]) -> Iterator[str]:
    """The comparison in lines of plain text.

    Args:
        comparison: The record.
        name: What people call the record with an id.
    """
    both = f"{name(comparison.subject)} and {name(comparison.reference)}"
    yield f"{both} by their weights: {comparison.verdict}"
    yield comparison.statement
    if comparison.alterations:
        yield f"what was done: {', '.join(comparison.alterations)}"
    yield from _relation(comparison, name)
    if comparison.quantiser:
        yield f"quantiser: {comparison.quantiser}"
    if isinstance(comparison.rank, Measured):
        yield f"rank of the change: {comparison.rank.value:g}"
    yield from (f"test: {_test(test)}" for test in comparison.tests[:_MOST_TESTS])
    yield from _more(len(comparison.tests), _MOST_TESTS, "tests")
    counts = Counter(part.state for part in comparison.components)
    if counts:
        yield "parts: " + ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    yield from (f"  {_part(part)}" for part in comparison.components[:_MOST_PARTS])
    yield from _more(len(comparison.components), _MOST_PARTS, "parts")
    if comparison.layer_map:
        pairs = (f"{n}←{m if m >= 0 else 'none'}" for n, m in enumerate(comparison.layer_map))
        yield f"layers, each with the reference's layer it corresponds to: {', '.join(pairs)}"
    if isinstance(comparison.power, Measured):
        yield f"smallest share that the tests would have shown: {_number(comparison.power)}"
    yield f"read {comparison.read_bytes:,} of {comparison.total_bytes:,} bytes of weights of both"
    yield from (f"note: {caveat}" for caveat in comparison.caveats)
    yield from (f"  {key}: {value}" for key, value in sorted(comparison.facts.items()))


def _relation(comparison: Comparison, name: Callable[[str], str]) -> Iterator[str]:
    if not comparison.relation:
        yield "no descent was shown, so no claim follows"
        return
    ends = (name(comparison.subject), name(comparison.reference))
    child, parent = ends[::-1] if comparison.inverse else ends
    yield f"{child} {comparison.relation} {parent}"
    yield f"which came first is known by: {comparison.direction}"


def _test(test: TestOutcome) -> str:
    bound = f"p at most {_number(test.p_bound)}" if isinstance(test.p_bound, Measured) else "no bound of p"
    return (
        f"{test.test} on {test.component}: {_number(test.statistic)}, {bound} after {test.looks:,} looks, "
        f"{test.units:,} units"
    )


def _part(part: ComponentMatch) -> str:
    origin = f" from {part.origin}" if part.origin else ""
    numbers = [
        f"{label} {reading.value:.4g}"
        for label, reading in (("cosine", part.cosine), ("change", part.change))
        if isinstance(reading, Measured)
    ]
    return f"{part.component}{origin}: {', '.join([part.state, *numbers])}"


def _number(reading: Reading) -> str:
    if isinstance(reading, Measured):
        return f"{reading.value:.3g}" if reading.unit == "p-value" else f"{reading.unit} {reading.value:.3g}"
    return f"no number ({reading.reason})"


def _more(count: int, shown: int, what: str) -> Iterator[str]:
    if count > shown:
        yield f"and {count - shown} more {what}: see --format json"
