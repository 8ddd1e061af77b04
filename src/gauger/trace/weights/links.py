"""Which tensors of two models hang together in the same basis, how surely, and which are fixed by nature."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from gauger.core.comparison import TestOutcome
from gauger.core.errors import GaugerError
from gauger.core.limits import Limits
from gauger.formats.number_types import Floats
from gauger.stats.combine import bonferroni, fisher_bound
from gauger.stats.matching import constrained_test
from gauger.stats.pairing import PairingTest
from gauger.stats.same_basis import same_basis_test
from gauger.trace.weights.analytic import is_analytic
from gauger.trace.weights.correspond import LINKED, SCREEN_Z, Match
from gauger.trace.weights.matrix import Matrix
from gauger.trace.weights.residual import Change, change_between
from gauger.trace.weights.sketch import axes_of
from gauger.trace.weights.units import outcome, value

EMBEDDINGS = frozenset({"embeddings", "unembedding"})
TOGETHER = "all tested parts together"
"""What the joint test is called."""

_TESTED = 4
_MOST_TESTED = 24
_ROWS = 192
_HELD = 1 << 22
_ANALYTIC_ROWS = 512
_SLICE = 8
_SLICES = 4
_EXPLAINED = 0.25
_SCALED = 0.05
_WITNESSES = 2
_OF_UNITS = frozenset({"gate", "up", "gate-up", "value", "output", "down"})
_OF_HEADS = frozenset({"query", "key"})
_TRAINED = frozenset(
    {
        *("gate", "up", "down", "gate-up", "query", "key", "value", "output", "query-key-value"),
        *("router", "token-embedding", "recurrent-input", "recurrent-hidden"),
    }
)


class Link(msgspec.Struct, frozen=True, eq=False):
    """One tensor of ours with its likeliest origin.

    Attributes:
        match: The two tensors.
        change: How their numbers differ, on the sketch.
        linked: Whether the sketch stands far enough above chance to be tested.
        analytic: Why the tensor is fixed by nature and proves nothing; empty for a trained one.
        rescaled: The numbers agree but for a factor along one axis (a normalisation was folded in).
        gates: For each gate of ours the gate of theirs, where recurrent gates stand in another order.
    """

    match: Match
    change: Change
    linked: bool
    analytic: str = ""
    rescaled: bool = False
    gates: tuple[int, ...] = ()

    @property
    def matrix(self) -> Matrix:
        """The subject's tensor."""
        return self.match.ours.matrix

    @property
    def numbers(self) -> int:
        """Its size."""
        return self.match.ours.numbers

    @property
    def component(self) -> str:
        """The part of the subject that it belongs to; the tensor's own name where no part is known."""
        return component_of(self.matrix)

    @property
    def origin(self) -> str:
        """The part of the reference."""
        return component_of(self.match.theirs.matrix)


def component_of(matrix: Matrix) -> str:
    """Which part of a model is this tensor?"""
    return matrix.tensor.name if matrix.place.component == "other" else matrix.place.component


def link_of(match: Match) -> Link:
    """How do these two tensors differ, and is it more than chance?"""
    a, b = match.pair
    change = change_between(a, b)
    linked = match.cosine >= LINKED and match.z >= SCREEN_Z
    close = change.cosine >= 0.999 and change.numbers >= 32
    analytic = ""
    if linked or close:
        analytic = _analytic(match.ours.matrix) or _analytic(match.theirs.matrix)
    rescaled = linked and change.relative > 0.02 and _rescaled(a, b)
    return Link(match, change, linked or close, analytic, rescaled)


def _analytic(matrix: Matrix) -> str:
    """Why this matrix is fixed by nature, or empty; only small ones without a known role are asked."""
    if matrix.place.role in _TRAINED or matrix.shape[0] * matrix.shape[1] > _HELD:
        return ""
    try:
        stored = matrix if matrix.by_rows else matrix.turned()
        return is_analytic(stored.rows(0, _ANALYTIC_ROWS))
    except GaugerError:
        return ""


def _rescaled(a: Floats, b: Floats) -> bool:
    """Is every slice along one axis a multiple of the other's, and does that explain most of the difference?

    Slices need 8 numbers for that to mean anything.
    """
    for axis in range(a.ndim):
        x = np.moveaxis(a, axis, 0).reshape(a.shape[axis], -1).astype(np.float64)
        y = np.moveaxis(b, axis, 0).reshape(b.shape[axis], -1).astype(np.float64)
        if x.shape[1] < _SLICE or x.shape[0] < _SLICES:
            continue
        factor = (x * y).sum(axis=1, keepdims=True) / np.maximum((y * y).sum(axis=1, keepdims=True), 1e-300)
        left = float(np.linalg.norm(x - factor * y))
        before = float(np.linalg.norm(x - y))
        if left <= _EXPLAINED * before and left <= _SCALED * float(np.linalg.norm(x)):
            return True
    return False


def arrays_of(match: Match, limits: Limits) -> tuple[Floats, Floats]:
    """A block of both tensors in one orientation, two-dimensional, at most 192 rows of a large one.

    Raises:
        GaugerError: as `Matrix.rows`.
    """
    pair = matrix_pair(match)
    if pair is not None:
        return _rows_of_both(*pair)
    a, b = array_pair(match, limits)
    return a.reshape(a.shape[0], -1)[:_ROWS], b.reshape(b.shape[0], -1)[:_ROWS]


def matrix_pair(match: Match) -> tuple[Matrix, Matrix] | None:
    """Both matrices in one orientation; None where they have more than two axes."""
    ours, theirs = match.ours.matrix, match.theirs.matrix
    axes_a, axes_b = axes_of(ours), axes_of(theirs)
    if len(axes_a) > 2:
        return None
    return ours, theirs.turned() if axes_a != axes_b or _turned(match, axes_a, axes_b) else theirs


def array_pair(match: Match, limits: Limits) -> tuple[Floats, Floats]:
    """All numbers of both in one order of axes, without axes of length one.

    Raises:
        GaugerError: as `Matrix.whole`.
    """
    ours, theirs = match.ours.matrix, match.theirs.matrix
    axes_a, axes_b = axes_of(ours), axes_of(theirs)
    limits.check(4 * ours.shape[0] * ours.shape[1], "header_bytes", subject=ours.tensor.name)
    a, b = ours.whole().reshape(axes_a), theirs.whole().reshape(axes_b)
    if len(axes_a) <= 2:
        return a, b.T if axes_a != axes_b or _turned(match, axes_a, axes_b) else b
    return (
        a.transpose(_longest_first(axes_a)),
        b.transpose(_longest_first(axes_b)).transpose(match.order),
    )


def _turned(match: Match, axes_a: tuple[int, ...], axes_b: tuple[int, ...]) -> bool:
    """Both square: is theirs the transposed one? The order of axes was found from the longest first."""
    return len(axes_a) == 2 and axes_a[0] == axes_a[1] and axes_b[0] == axes_b[1] and match.order == (1, 0)


def _rows_of_both(ours: Matrix, theirs: Matrix) -> tuple[Floats, Floats]:
    """Rows of both, from the side on which both lie by rows where there is one."""
    if not ours.by_rows and not theirs.by_rows:
        ours, theirs = ours.turned(), theirs.turned()
    rows, columns = ours.shape
    step = max(1, rows // _ROWS)
    wanted = np.arange(0, rows, step)[:_ROWS]
    a, b = ours.gather(wanted), theirs.gather(wanted)
    narrow = max(1, columns // 512)
    return a[:, ::narrow], b[:, ::narrow]


def _longest_first(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(axes)), key=lambda n: -axes[n]))


class Tested(msgspec.Struct, frozen=True):
    """The same-basis tests of a pair.

    Attributes:
        outcomes: Test by test, the strongest first, then all together by Fisher's method.
        components: Parts whose corrected bound is under the claim threshold.
    """

    outcomes: tuple[TestOutcome, ...]
    components: tuple[str, ...]


def same_basis(links: Sequence[Link], looks: int, limits: Limits, threshold: float) -> Tested:
    """Are the strongest links more than chance, part by part?

    One tensor of each part is tested, at most four for large models and 24 for those of small tensors. The
    bound of each is corrected for all pairs of tensors that were looked at. The two strongest links of known
    units are put to the constrained test as well.
    """
    linked: dict[str, list[Link]] = defaultdict(list)
    for link in sorted(links, key=lambda x: (-x.match.z, x.component, x.matrix.tensor.name)):
        if link.linked and not link.analytic:
            linked[link.component].append(link)
    chosen = _spread([group[0] for group in linked.values()])
    outcomes: list[TestOutcome] = []
    bounds: list[float] = []
    for link in chosen:
        try:
            test = tested(link.match, limits)
        except GaugerError:
            continue
        name = f"{link.component} ~ {link.origin}"
        outcomes.append(outcome("same-basis", name, test.z, test.p_value, test.log_bound, looks, test.units))
        choices = link.match.candidates * len(linked[link.component])
        bounds.append(bonferroni(test.log_bound, choices))
    outcomes += _witnesses(linked, looks, limits)
    shown = {o.component.partition(" ~ ")[0] for o in outcomes if value(o) < threshold}
    if len(bounds) > 1:
        silent = {link.component for link in links if not link.analytic} - {*linked}
        outcomes.append(_together(bounds, len(silent)))
    return Tested(outcomes=tuple(sorted(outcomes, key=value)), components=tuple(sorted(shown)))


def _spread(strongest: Sequence[Link]) -> list[Link]:
    """As many of them as are tested, evenly from the strongest to the weakest."""
    small = all(link.numbers < _HELD // 64 for link in strongest)
    most = _MOST_TESTED if small else _TESTED
    if len(strongest) <= most:
        return list(strongest)
    picks = np.unique(np.linspace(0, len(strongest) - 1, most).round().astype(int))
    return [strongest[int(n)] for n in picks]


def _together(bounds: Sequence[float], silent: int) -> TestOutcome:
    """What do all parts say together? Fisher's method over parts, whose units are different ones.

    Each bound is corrected for the tensors among which the link was the best; parts without any link count
    as well, as tests that found nothing.
    """
    joint = fisher_bound([*bounds, *([0.0] * silent)])
    return outcome(
        "same-basis", TOGETHER, -2.0 * sum(bounds), float(np.exp(joint)), joint, 1, len(bounds), unit="χ²"
    )


def _witnesses(linked: Mapping[str, Sequence[Link]], looks: int, limits: Limits) -> list[TestOutcome]:
    """The constrained test on the strongest links of matrices whose units are known, in different parts."""
    roles = _OF_UNITS | _OF_HEADS
    known = [next((x for x in group if x.matrix.place.role in roles), None) for group in linked.values()]
    found: list[TestOutcome] = []
    for link in [x for x in known if x is not None][:_WITNESSES]:
        try:
            a, b = arrays_of(link.match, limits)
        except GaugerError:
            continue
        if link.matrix.place.role in _OF_HEADS:
            # rows of a query stand in the order of rotary angles; its columns are the residual stream's
            a, b = a.T, b.T
        test = constrained_test(a, b, most=_ROWS)
        name = f"{link.component} ~ {link.origin}"
        found.append(
            outcome(
                "constrained", name, test.rho, test.p_value, test.log_bound, looks, test.units, unit="rho"
            )
        )
    return found


def tested(match: Match, limits: Limits) -> PairingTest:
    """The same-basis test: columns where rows are tokens or positions, else the weaker null."""
    a, b = arrays_of(match, limits)
    role = match.ours.matrix.place.role
    fixed_rows = match.ours.matrix.place.component in EMBEDDINGS or role.endswith("-embedding")
    return same_basis_test(a, b, exchangeable="columns" if fixed_rows else "either")
