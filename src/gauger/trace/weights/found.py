"""Everything that correspondences and tests said of a pair, and what is asked of it again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from gauger.core.comparison import TestOutcome
from gauger.stats.matching import AGREEMENT_FLOOR
from gauger.trace.weights.links import EMBEDDINGS, TOGETHER, Link, Tested, component_of
from gauger.trace.weights.opened import Opened
from gauger.trace.weights.shape import layer_of, layers_of, main_tower
from gauger.trace.weights.units import Aligned, Matched, value

CLAIM = 1e-6
"""The claim threshold for the corrected bound of a p-value. Source: docs/methods/weights.md."""

_NEAR = 0.98
_NEAR_NUMBERS = 1000
_FEW_TENSORS = 2
_TELLING = 64


class Found:
    """What is known of the pair.

    Attributes:
        ours: The subject.
        theirs: The reference.
        links: Each tensor of ours with its likeliest origin.
        same_basis: The tests on them.
        looks: Pairs of tensors that were looked at.
        aligned: The aligned test, where it was run.
        matched: The matched test, where it was run.
    """

    def __init__(
        self, ours: Opened, theirs: Opened, links: Sequence[Link], same_basis: Tested, looks: int
    ) -> None:
        self.ours = ours
        self.theirs = theirs
        self.links = tuple(links)
        self.same_basis = same_basis
        self.looks = looks
        self.aligned: Aligned | None = None
        self.matched: Matched | None = None

    @cached_property
    def good(self) -> tuple[Link, ...]:
        """Links that are more than chance and not fixed by nature."""
        return tuple(link for link in self.links if link.linked and not link.analytic)

    @cached_property
    def body(self) -> tuple[Link, ...]:
        """Those outside the embeddings."""
        return tuple(link for link in self.good if link.component not in EMBEDDINGS)

    @cached_property
    def analytic(self) -> frozenset[str]:
        """Names of tensors of either side that are fixed by nature."""
        found = [link for link in self.links if link.analytic]
        return frozenset(m.tensor.name for x in found for m in (x.matrix, x.match.theirs.matrix))

    @cached_property
    def share_ours(self) -> float:
        """Share of the subject's numbers outside the embeddings that are linked."""
        return self._share(self.ours, self.theirs, {id(link.match.ours) for link in self.good})

    @cached_property
    def share_theirs(self) -> float:
        """Share of the reference's numbers outside the embeddings that something of ours is linked to."""
        return self._share(self.theirs, self.ours, {id(link.match.theirs) for link in self.good})

    def _share(self, side: Opened, other: Opened, linked: set[int]) -> float:
        """Tensors whose counterpart tells nothing (no numbers, all zeros) count for neither.

        A tensor that is stored twice is linked where one of the two is.
        """
        every = covered = 0
        twins = {(s.lengths, s.values.tobytes()) for s in side.sketches if id(s) in linked}
        for sketch in side.sketches:
            name = sketch.matrix.tensor.name
            if component_of(sketch.matrix) in EMBEDDINGS or name in self.analytic:
                continue
            if id(sketch) not in linked and other.lacks(sketch.matrix):
                continue
            every += sketch.numbers
            if id(sketch) in linked or (sketch.lengths, sketch.values.tobytes()) in twins:
                covered += sketch.numbers
        return covered / every if every else 0.0

    @cached_property
    def near(self) -> bool:
        """Do so many numbers of several tensors nearly agree that no test is needed?"""
        close = [link for link in self.good if link.change.cosine >= _NEAR and link.match.z >= 10]
        return len(close) >= _FEW_TENSORS and sum(link.change.numbers for link in close) >= _NEAR_NUMBERS

    @cached_property
    def established(self) -> bool:
        """Is dependence in the same basis shown: by two parts, or by numbers that agree?"""
        joint = [t for t in self.same_basis.outcomes if t.component == TOGETHER]
        together = bool(joint) and below(joint) > 0 and len(self.body) > _FEW_TENSORS
        return len(set(self.same_basis.components)) >= 2 or self.near or together

    @cached_property
    def embeddings_only(self) -> bool:
        """Do the embeddings hang together beyond doubt, and nothing else?"""
        if self.body or not self.good or self.units_aligned or self.units_matched:
            return False
        return below(self.same_basis.outcomes) > 0

    @cached_property
    def loose(self) -> tuple[str, ...]:
        """Tensors of ours that are linked to none of theirs, although some have their size."""
        if self.theirs.incomplete:
            return ()
        linked = {id(link.match.ours) for link in self.good}
        sizes = {sketch.lengths for sketch in self.theirs.sketches}
        return tuple(
            s.matrix.tensor.name
            for s in self.ours.sketches
            if id(s) not in linked
            and s.lengths in sizes
            and s.values.size >= _TELLING
            and s.matrix.tensor.name not in self.analytic
        )

    @cached_property
    def parts(self) -> dict[str, list[Link]]:
        """Good links by part of the subject."""
        table: dict[str, list[Link]] = defaultdict(list)
        for link in self.good:
            table[link.component].append(link)
        return table

    @cached_property
    def feed_forward_open(self) -> bool:
        """Are there feed-forward blocks whose origin the same basis does not tell?"""
        if not self.ours.network.blocks or not self.theirs.network.blocks:
            return False
        return bool(self.open_blocks)

    @cached_property
    def open_blocks(self) -> tuple[str, ...]:
        """Components of ours with a feed-forward matrix that is linked to nothing."""
        linked = {link.matrix.place for link in self.good}
        return tuple(
            block.component
            for block in self.ours.network.blocks
            if any(m.place not in linked for m in (block.gate, block.up, block.down) if m is not None)
        )

    @property
    def units_aligned(self) -> bool:
        """Did the aligned test show two layers?"""
        return self.aligned is not None and below(self.aligned.outcomes) >= min(2, self._layers)

    @property
    def units_matched(self) -> bool:
        """Did the matched test show two layers, with more agreement than independent models reach?"""
        return (
            self.matched is not None
            and below(self.matched.outcomes) >= min(2, self._layers)
            and self.matched.agreement >= AGREEMENT_FLOOR
        )

    @property
    def _layers(self) -> int:
        return max(1, min(len(self.ours.network.blocks), len(self.theirs.network.blocks)))

    @cached_property
    def layers(self) -> tuple[list[int], list[int]]:
        """Layers of the main tower of both."""
        a, b = layers_of(self.ours.network), layers_of(self.theirs.network)
        return a.get(main_tower(a), []), b.get(main_tower(b), [])

    @cached_property
    def silent_layers(self) -> frozenset[int]:
        """Layers of the subject's main tower of which no tensor tells anything."""
        told = {layer_of(component_of(sketch.matrix)) for sketch in self.ours.sketches}
        return frozenset(n for n in self.layers[0] if (self.tower, n) not in told)

    @cached_property
    def tower(self) -> str:
        """The subject's main tower."""
        return main_tower(layers_of(self.ours.network))

    @property
    def outcomes(self) -> tuple[TestOutcome, ...]:
        """All tests, the strongest first."""
        every = [*self.same_basis.outcomes]
        every += self.aligned.outcomes if self.aligned is not None else ()
        every += self.matched.outcomes if self.matched is not None else ()
        return tuple(sorted(every, key=lambda t: (value(t), t.test, t.component)))


def below(outcomes: Iterable[TestOutcome]) -> int:
    """How many of these tests are under the claim threshold?"""
    return sum(1 for t in outcomes if value(t) < CLAIM)
