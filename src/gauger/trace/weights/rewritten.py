"""Was the model rewritten so that it computes the same with other numbers?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import msgspec
import numpy as np

from gauger.core.comparison import Verdict
from gauger.trace.weights.circuits import circuits
from gauger.trace.weights.found import CLAIM, Found
from gauger.trace.weights.network import Network
from gauger.trace.weights.residual import quantising_error
from gauger.trace.weights.shape import layer_map, layer_of
from gauger.trace.weights.units import value

_SAME_CIRCUIT = 0.5
_PROBED_LAYERS = 3
_PURE = 0.995
_SAME_UNITS = 0.7
_ATTENTION = frozenset({"query", "key", "value", "output", "query-key-value"})


class Rewritten(msgspec.Struct, frozen=True, kw_only=True):
    """What units and attention products say where the same basis says nothing.

    Attributes:
        units: Whether the unit tests show dependence in two layers.
        alters: Whether something was rewritten.
        partner: Component of ours → the component of theirs that it is.
        layer_map: For each layer of ours the layer of theirs; -1 where not known.
        likeness: How alike paired units are: mean correlation of their scores, or of their responses.
        alterations: What else was done: of `depth-changed`, `width-changed`, `quantised`, `fine-tuned`.
        inverse: Ours is the parent, as far as lost information tells.
        directed: Whether it tells.
        quantiser: Of the quantised side.
        statement: In words.
        caveats: What to know besides.
    """

    units: bool = False
    alters: bool = False
    partner: Mapping[str, str] = {}
    layer_map: tuple[int, ...] = ()
    likeness: float = 0.0
    alterations: tuple[Verdict, ...] = ()
    inverse: bool = False
    directed: bool = False
    quantiser: str = ""
    statement: str = ""
    caveats: tuple[str, ...] = ()


def rewritten(found: Found) -> Rewritten:
    """What was rewritten, if anything?"""
    if found.units_aligned:
        return _by_units(found, _aligned_partners(found), _aligned_likeness(found), _aligned_words(found))
    if found.units_matched and found.matched is not None:
        words = (
            "hidden units stand in another order or basis: matched on two independent views, "
            f"{found.matched.agreement:.0%} "
            f"of them agree (independent models: about 1 %), over {found.matched.tokens} shared tokens"
        )
        return _by_units(found, _matched_partners(found), found.matched.likeness, words)
    attention = _attention(found)
    rescaled = _rescaled(found)
    if not attention and not rescaled:
        return Rewritten()
    words = "; ".join(w for w in (_attention_words(attention), rescaled) if w)
    return Rewritten(alters=True, likeness=1.0, partner={}, statement=words)


def _by_units(found: Found, partner: dict[str, str], likeness: float, words: str) -> Rewritten:
    layers_a, layers_b = found.layers
    mapped = layer_map(partner.items(), layers_a, found.tower)
    alterations: list[Verdict] = []
    inverse = directed = False
    whole = not (found.ours.incomplete or found.theirs.incomplete)
    if whole and layers_a and layers_b and len(layers_a) != len(layers_b):
        alterations.append("depth-changed")
        inverse, directed = len(layers_a) > len(layers_b), True
        words += f"; {len(layers_a)} layers against {len(layers_b)}"
    units_a, units_b = _units(found.ours.network), _units(found.theirs.network)
    if units_a != units_b:
        alterations.append("width-changed")
        inverse, directed = units_a > units_b, True
        words += f"; {units_a} units a layer against {units_b}"
    ours, theirs = _quantiser(found.ours.network), _quantiser(found.theirs.network)
    if ours or theirs:
        alterations.append("quantised")
        if not (ours and theirs) and not directed:
            inverse, directed = not ours, True
        words += f"; stored as {ours or theirs}"
    allowed = quantising_error(ours) + quantising_error(theirs)
    if likeness < min(_PURE, 1.0 - allowed**2):
        alterations.append("fine-tuned")
        words += f"; paired units are alike to {likeness:.3f}, so they were changed as well"
    tested = (
        {t.component.partition(" ~ ")[0] for t in found.matched.outcomes}
        if found.matched is not None
        else set()
    )
    asked = [name for name in found.open_blocks if found.units_aligned or name in tested]
    alike = (
        dict(zip(found.aligned.ours, found.aligned.alike, strict=True)) if found.aligned is not None else {}
    )
    close = (
        {name for name, value in alike.items() if value >= _SAME_UNITS}
        if found.units_aligned
        else set(partner)
    )
    explained = [name for name in asked if name in partner and name in close]
    return Rewritten(
        units=True,
        alters=2 * len(explained) > len(asked) > 0,
        partner=partner,
        layer_map=mapped,
        likeness=likeness,
        alterations=tuple(alterations),
        inverse=inverse,
        directed=directed,
        quantiser=ours or theirs,
        statement=words,
    )


def _aligned_partners(found: Found) -> dict[str, str]:
    assert found.aligned is not None  # noqa: S101 - the caller asked
    pairs = zip(found.aligned.ours, found.aligned.partner, strict=True)
    return {name: found.aligned.theirs[other] for name, other in pairs if other >= 0}


def _aligned_likeness(found: Found) -> float:
    assert found.aligned is not None  # noqa: S101 - the caller asked
    return found.aligned.likeness


def _aligned_words(found: Found) -> str:
    assert found.aligned is not None  # noqa: S101 - the caller asked
    z = np.sort(found.aligned.z.max(axis=1))[::-1]
    return (
        "hidden units are paired one by one although the residual stream stands in another basis or units "
        "were "
        f"rescaled (z up to {z[0]:.0f})"
    )


def _matched_partners(found: Found) -> dict[str, str]:
    assert found.matched is not None  # noqa: S101 - the caller asked
    a, b = found.ours.network.blocks, found.theirs.network.blocks
    sure = {t.component for t in found.matched.outcomes if value(t) < CLAIM}
    pairs = {a[i].component: b[j].component for i, j in found.matched.partner.items()}
    return {ours: theirs for ours, theirs in pairs.items() if f"{ours} ~ {theirs}" in sure}


def _units(network: Network) -> int:
    return Counter(block.units for block in network.blocks).most_common(1)[0][0] if network.blocks else 0


def _quantiser(network: Network) -> str:
    kinds = Counter(block.up.tensor.quantiser for block in network.blocks)
    return kinds.most_common(1)[0][0] if kinds else ""


def _attention(found: Found) -> list[tuple[str, float, float]]:
    """Layers with attention matrices that are linked to nothing, and products that are."""
    open_layers = list(_open_attention(found))
    chosen = open_layers[:: max(1, len(open_layers) // _PROBED_LAYERS)][:_PROBED_LAYERS]
    hits: list[tuple[str, float, float]] = []
    for ours, theirs in chosen:
        seen = circuits(found.ours.network, found.theirs.network, ours, theirs)
        if seen is not None and max(seen.scores, seen.values) >= _SAME_CIRCUIT:
            hits.append((ours, seen.scores, seen.values))
    return hits


def _open_attention(found: Found) -> Iterator[tuple[str, str]]:
    linked: dict[str, set[str]] = defaultdict(set)
    origin: dict[str, str] = {}
    for link in found.body:
        linked[link.component].add(link.matrix.place.role)
        origin[link.component] = link.origin
    for matrix in found.ours.network.matrices:
        name = matrix.place.component
        if matrix.place.role == "query" and name in linked and layer_of(name) is not None:
            there = linked[name] & _ATTENTION
            if len(there) < len({"query", "key", "value", "output"}):
                yield name, origin[name]


def _attention_words(hits: list[tuple[str, float, float]]) -> str:
    if not hits:
        return ""
    name, scores, values = hits[0]
    return (
        f"attention heads were reordered or mixed: matrices of {name} differ, while query·key agrees to "
        f"{scores:.3f} and "
        f"output·value to {values:.3f}"
    )


def _rescaled(found: Found) -> str:
    """Units whose input and output were rescaled against each other."""
    rescaled = [
        link for link in found.body if link.rescaled and link.matrix.place.role in ("up", "down", "gate")
    ]
    if len(rescaled) < 2:
        return ""
    return f"hidden units were rescaled in {len({link.component for link in rescaled})} layers"
