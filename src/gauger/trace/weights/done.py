"""What was done to a model, once it is known that it hangs together with another in the same basis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from gauger.core.comparison import Verdict
from gauger.core.errors import GaugerError
from gauger.core.limits import Limits
from gauger.core.readings import Measured, Reading, Unmeasured
from gauger.trace.weights.links import EMBEDDINGS, Link, arrays_of
from gauger.trace.weights.matrix import Matrix
from gauger.trace.weights.residual import grid_of, quantising_error, rank_of, rounded_to, zeros_by_rounding

DERIVED_COSINE = 0.9
"""Median cosine of linked tensors from which derivation is claimed by itself. Source:
docs/methods/weights.md; short-trained models of one seed reach 0.70 on `bench/zoo`."""

CONTAINED = 0.85
"""Share of one model's numbers that is found whole in the other from which derivation is claimed at a lower
cosine: changes on top of a parent leave ⟨child, parent⟩ / ⟨parent, parent⟩ near 1, and two models that
drifted apart from one start are both short of it. Source: docs/methods/weights.md; on `bench/zoo` 0.98 to
1.22 for children that were trained twice as long as their parents, 0.38 to 0.73 for models of one seed."""

INHERITED = 0.8
"""Median cosine of embeddings from which these alone are called inherited: rows of rare tokens stay near
their start, so that containment says nothing there. Source: docs/methods/weights.md (related embeddings:
0.88)."""

_AGREE = 0.6
_PRUNED = 0.05
_SAMPLED_ROWS = 64
_GRIDS = 4
_KEPT_COSINE = 0.98
_KEPT_SHARE = 0.3
_RANKED = 3


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to the numbers, whatever happened to the layers.

    Attributes:
        alterations: Of `converted`, `quantised`, `pruned`, `fine-tuned`; empty where every number is equal.
        cosine: Median over the linked tensors, weighted by size.
        change: Median relative change, weighted by size.
        contained: How much of theirs is in ours (median).
        containing: How much of ours is in theirs (median).
        quantiser: The coarser of the quantised side, or empty.
        ours_coarser: Ours is the side that lost information; None where neither or both did.
        rank: Of the change, where it is of low rank.
        pruned_share: Zeros on the pruned side beyond the other's.
        rescaled: Rows were rescaled in some tensors.
        changed: Share of the numbers that lie in tensors with any change.
        largest: The largest relative change of one tensor.
        embeddings: Only embeddings are linked: rows of rare tokens stay near their start, so that one
            starting point shows there as containment.
    """

    alterations: tuple[Verdict, ...]
    cosine: float
    change: float
    contained: float
    containing: float
    quantiser: str = ""
    ours_coarser: bool | None = None
    rank: Reading = Unmeasured(reason="not-requested")
    pruned_share: float = 0.0
    rescaled: bool = False
    changed: float = 0.0
    largest: float = 0.0
    embeddings: bool = False

    @property
    def derived(self) -> bool:
        """Is the likeness more than a common starting point leaves?"""
        if self.embeddings:
            return self.cosine >= INHERITED
        return self.cosine >= DERIVED_COSINE or max(self.contained, self.containing) >= CONTAINED


def work_of(links: Sequence[Link], limits: Limits, *, kept_only: bool = False) -> Work:
    """What was done to the numbers of these linked tensors? At least one link.

    Args:
        links: The tensors of a pair with their origins.
        limits: Bounds.
        kept_only: Leave out tensors that were rewritten, whose numbers agree by chance or in part.
    """
    usable = [link for link in links if link.linked and not link.analytic]
    if kept_only:
        close = [link for link in usable if link.change.cosine >= _KEPT_COSINE]
        enough = sum(x.numbers for x in close) >= _KEPT_SHARE * sum(x.numbers for x in usable)
        usable = close if enough else [x for x in usable if x.change.cosine >= _AGREE] or usable
    body = [link for link in usable if link.component not in EMBEDDINGS] or usable
    plain = [link for link in body if not link.rescaled] or body
    middle = _weighted(plain)
    cosine = middle(lambda x: x.change.cosine)
    work = Work(
        alterations=(),
        cosine=max(cosine, middle(lambda x: x.match.cosine)) if cosine < _AGREE else cosine,
        change=middle(lambda x: x.change.relative),
        contained=middle(lambda x: x.change.contained),
        containing=middle(lambda x: x.change.containing),
        rescaled=any(link.rescaled for link in body),
        embeddings=all(link.component in EMBEDDINGS for link in body),
    )
    if all(link.change.equal == 1.0 for link in usable):
        return work
    if all(link.change.is_rounding for link in plain):
        return msgspec.structs.replace(work, alterations=("converted",))
    return _changed(work, plain, limits)


def _changed(work: Work, links: Sequence[Link], limits: Limits) -> Work:
    ours, theirs = _quantisers([x for x in links if x.change.equal < 1.0] or links, limits)
    middle = _weighted(links)
    zeros = middle(lambda x: x.change.zeros_ours - x.change.zeros_theirs)
    pruned = abs(zeros) >= _PRUNED + zeros_by_rounding(ours if zeros > 0 else theirs)
    alterations: list[Verdict] = ["pruned"] if pruned else []
    if ours or theirs:
        alterations.append("quantised")
    allowed = float(np.hypot(quantising_error(ours), quantising_error(theirs)))
    rest = middle(lambda x: x.change.kept) if pruned else work.change
    close = sum(
        x.numbers for x in links if (x.change.kept if pruned else x.change.relative) <= max(allowed, 0.004)
    )
    if close < 0.8 * sum(x.numbers for x in links):
        alterations.append("fine-tuned")
    alterations = alterations or ["fine-tuned"]
    coarser = _coarser(ours, theirs, zeros if pruned else 0.0)
    rank: Reading = Unmeasured(reason="not-requested")
    if ours or theirs:
        rank = Unmeasured(reason="not-supported", detail="rounding hides the rank of a change")
    elif "fine-tuned" in alterations and not pruned:
        rank = _rank(links, limits)
    return msgspec.structs.replace(
        work,
        alterations=tuple(alterations),
        change=rest,
        changed=sum(x.numbers for x in links if x.change.equal < 1.0) / sum(x.numbers for x in links),
        largest=max(x.change.kept if pruned else x.change.relative for x in links),
        quantiser=_shown(ours, theirs),
        ours_coarser=coarser,
        rank=rank,
        pruned_share=abs(zeros) if pruned else 0.0,
    )


def _shown(ours: str, theirs: str) -> str:
    if ours and theirs and ours != theirs:
        return f"{ours} against {theirs}"
    return ours or theirs


def _coarser(ours: str, theirs: str, zeros: float) -> bool | None:
    """Which side lost information? Quantising and pruning cannot be undone, so they tell the direction."""
    told = {True for test in (bool(ours) and not theirs, zeros > 0) if test}
    told |= {False for test in (bool(theirs) and not ours, zeros < 0) if test}
    return told.pop() if len(told) == 1 else None


def _quantisers(links: Sequence[Link], limits: Limits) -> tuple[str, str]:
    """The quantiser of either side: as the files say, else the grid to which one side was rounded."""
    ours, theirs = _stored(links, ours=True), _stored(links, ours=False)
    if ours or theirs:
        return ours, theirs
    kinds = Counter(_rounded(link, limits) for link in sorted(links, key=lambda x: -x.numbers)[:_GRIDS])
    kind, count = kinds.most_common(1)[0]
    return kind if 2 * count > min(len(links), _GRIDS) else ("", "")


def _stored(links: Sequence[Link], *, ours: bool) -> str:
    """The quantiser of most numbers of one side, as its file says."""
    sizes: Counter[str] = Counter()
    for link in links:
        sizes[_side(link, ours=ours).tensor.quantiser] += link.numbers
    quantised = [(name, size) for name, size in sizes.most_common() if name]
    return quantised[0][0] if quantised and quantised[0][1] >= sum(sizes.values()) / 4 else ""


def _side(link: Link, *, ours: bool) -> Matrix:
    return link.match.ours.matrix if ours else link.match.theirs.matrix


def _rounded(link: Link, limits: Limits) -> tuple[str, str]:
    """Which side of this link lies on a grid, to which the other was rounded?"""
    a, b = link.match.ours.matrix, link.match.theirs.matrix
    if a.shape != b.shape or link.match.order not in ((), (0,), (0, 1)):
        return "", ""
    a, b = (m if m.by_rows else m.turned() for m in (a, b))
    if a.shape != b.shape:
        return "", ""
    try:
        count = min(_SAMPLED_ROWS, max(1, limits.block_bytes // (4 * max(1, a.shape[1]))))
        x, y = a.rows(0, count), b.rows(0, count)
    except GaugerError:
        return "", ""
    for first, second, place in ((x, y, 0), (y, x, 1)):
        kind = grid_of(first)
        if kind and rounded_to(second, first, kind):
            return (kind, "") if place == 0 else ("", kind)
    return "", ""


def _rank(links: Sequence[Link], limits: Limits) -> Reading:
    """The rank of the change, where the most changed matrices agree that it is low."""
    changed = sorted((x for x in links if x.change.relative > 0.002), key=lambda x: -x.change.relative)
    found: list[int] = []
    for link in [x for x in changed if min(x.match.ours.lengths) >= 64][:_RANKED]:
        try:
            a, b = arrays_of(link.match, limits)
        except GaugerError:
            continue
        rank, _ = rank_of((a - b)[:, :512])
        found.append(rank)
    if found and min(found) > 0 and max(found) <= 2 * min(found):
        return Measured(
            value=float(np.median(found)), low=min(found), high=max(found), unit="rank", n=len(found)
        )
    return Unmeasured(reason="not-present", detail="the change is not of low rank")


def _weighted(links: Sequence[Link]) -> Callable[[Callable[[Link], float]], float]:
    """The median over links, where a tensor counts with its size."""
    sizes = np.array([link.numbers for link in links], np.float64)

    def median(of: Callable[[Link], float]) -> float:
        values = np.array([of(link) for link in links], np.float64)
        order = np.argsort(values, kind="stable")
        half = np.searchsorted(np.cumsum(sizes[order]), sizes.sum() / 2)
        return float(values[order][min(int(half), len(values) - 1)])

    return median
