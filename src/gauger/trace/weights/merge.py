"""Is a model a mixture of several others, and with which weights?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.core.comparison import Comparison
from gauger.trace.weights.opened import Opened
from gauger.trace.weights.sketch import Sketch

_FEWEST = 1000
_EXPLAINED = 0.05
_LEAST_SHARE = 0.03
_MOST_PARENTS = 6
_TENSORS = 64

Numbers = npt.NDArray[np.float64]


class Mixture(msgspec.Struct, frozen=True):
    """How a model is made up of others.

    Attributes:
        parents: Which of the references, by place.
        weights: Of each, adding up to 1, or to more for an interpolation on a sphere.
        left: Share of the subject's distance from its nearest parent that the mixture does not explain.
    """

    parents: tuple[int, ...]
    weights: tuple[float, ...]
    left: float


def merged(
    subject: Opened, references: Sequence[Opened], comparisons: Sequence[Comparison]
) -> list[Comparison]:
    """The comparisons, where those with the parents of a merge say so and give the parent's weight.

    Args:
        subject: The model in question.
        references: One for each comparison, in their order.
        comparisons: Of the subject with each of them.
    """
    indices = [n for n, c in enumerate(comparisons) if c.relation and not c.inverse][:_MOST_PARENTS]
    if len(indices) < 2:
        return list(comparisons)
    found = mixture(subject, [references[n] for n in indices])
    if found is None:
        return list(comparisons)
    shown = list(comparisons)
    for place, weight in zip(found.parents, found.weights, strict=True):
        number = indices[place]
        before = shown[number]
        names = ", ".join(
            f"{references[indices[p]].name} {w:.2f}"
            for p, w in zip(found.parents, found.weights, strict=True)
        )
        shown[number] = msgspec.structs.replace(
            before,
            id="",
            verdict="merged",
            alterations=("merged", *(a for a in before.alterations if a not in ("merged", "fine-tuned"))),
            relation="merged-from",
            statement=f"a merge of {len(found.parents)} of the references ({names}), which leaves "
            f"{found.left:.1%} of its "
            f"distance from the nearest one unexplained",
            facts={
                **before.facts,
                "merge-weight": round(weight, 4),
                "merge-unexplained": round(found.left, 5),
            },
        )
    return shown


def mixture(subject: Opened, parents: Sequence[Opened]) -> Mixture | None:
    """Which two or three of these make up the subject as a weighted sum? None where none do.

    Least squares over the numbers of the sketches, with weights that add up to one; a parent counts with 0.03
    or more, and of three one may be taken off (changes of two models from a common base, added up). Weights
    of two parents may add up to more than one where they were interpolated on a sphere. The fewest parents
    that leave under a twentieth of the distance from the nearest parent unexplained are taken.
    """
    columns = _stacked(subject, parents)
    if columns is None:
        return None
    target, sources = columns
    nearest = min(float(np.linalg.norm(target - source)) for source in sources)
    if nearest <= 0:
        return None
    for size, fit in ((2, _fit), (2, _on_sphere), (3, _fit)):
        best: Mixture | None = None
        for chosen in combinations(range(len(parents)), size):
            weights, left = fit(target, [sources[n] for n in chosen])
            if not _is_mixture(weights) or left > _EXPLAINED * nearest:
                continue
            found = Mixture(chosen, tuple(round(float(w), 4) for w in weights), left / nearest)
            if best is None or found.left < best.left:
                best = found
        if best is not None:
            return best
    return None


def _is_mixture(weights: Numbers) -> bool:
    """Does every parent count, and is at most one of three taken off?"""
    taken_off = int((weights < 0).sum())
    return bool((np.abs(weights) >= _LEAST_SHARE).all()) and taken_off <= len(weights) - 2


def _stacked(subject: Opened, parents: Sequence[Opened]) -> tuple[Numbers, list[Numbers]] | None:
    """Numbers of tensors that all have at one place and of one size, as one long vector for each model."""
    tables = [{_key(s): s for s in one.sketches} for one in (subject, *parents)]
    shared = [k for k in tables[0] if all(k in t and t[k].lengths == tables[0][k].lengths for t in tables)]
    shared = sorted(shared)[:: max(1, len(shared) // _TENSORS)]
    if not shared:
        return None
    vectors = [
        np.concatenate([table[k].values.reshape(-1).astype(np.float64) for k in shared]) for table in tables
    ]
    return (vectors[0], vectors[1:]) if vectors[0].size >= _FEWEST else None


def _key(sketch: Sketch) -> str:
    matrix = sketch.matrix
    place = matrix.place
    return f"{place.component} {place.role}" if place.role else matrix.tensor.name


def _fit(target: Numbers, sources: Sequence[Numbers]) -> tuple[Numbers, float]:
    """Weights that add up to one, and the length of what they leave."""
    last = sources[-1]
    basis = np.stack([source - last for source in sources[:-1]], axis=1)
    weights, *_ = np.linalg.lstsq(basis, target - last, rcond=None)
    left = float(np.linalg.norm(target - last - basis @ weights))
    return np.append(weights, 1.0 - weights.sum()), left


def _on_sphere(target: Numbers, sources: Sequence[Numbers]) -> tuple[Numbers, float]:
    """Weights as spherical interpolation gives them, which add up to between 1 and √2; else none.

    Source: K. Shoemake, Animating rotation with quaternion curves, SIGGRAPH 1985: the weights are
    sin((1 - t)θ) / sin θ and sin(tθ) / sin θ for parents at the angle θ.
    """
    basis = np.stack(sources, axis=1)
    weights, *_ = np.linalg.lstsq(basis, target, rcond=None)
    left = float(np.linalg.norm(target - basis @ weights))
    usable = 1.0 <= float(weights.sum()) <= 1.42
    found: Numbers = weights.astype(np.float64) if usable else np.zeros(len(sources))
    return found, left
