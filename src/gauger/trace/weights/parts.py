"""What happened to layers, units, tokens and whole parts, where both models hang together in one basis."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gauger.core.comparison import Verdict
from gauger.core.errors import GaugerError
from gauger.trace.weights.correspond import correspond
from gauger.trace.weights.found import Found
from gauger.trace.weights.links import EMBEDDINGS
from gauger.trace.weights.rewritten import Rewritten
from gauger.trace.weights.shape import layer_map, layer_of, vocabulary, width

_ALL = 0.9
_MOST = 0.95
_PART = 0.8
_LITTLE = 0.6
_SAME = 0.5
_PADDING = 0.02
_DUPLICATE = 0.9


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the parts.

    Attributes:
        alterations: Of `depth-changed`, `width-changed`, `vocabulary-changed`, `contained`,
            `partly-inherited`.
        said: One phrase for each.
        caveats: What to know besides.
        layer_map: For each layer of ours the layer of theirs.
        inverse: Whether theirs comes from ours, where lost layers or units tell; None where they do not.
        stacked: Layers are repeated.
        widened: Units are repeated.
        experts: Several experts of one side are one block of the other.
        fewer_tokens: Ours has the smaller vocabulary.
        moved_tokens: The same tokens stand in other rows.
        whole: Not only a part of the subject is inherited.
    """

    alterations: tuple[Verdict, ...] = ()
    said: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    layer_map: tuple[int, ...] = ()
    inverse: bool | None = None
    stacked: bool = False
    widened: bool = False
    experts: bool = False
    fewer_tokens: bool = False
    moved_tokens: bool = False
    whole: bool = True


def parts_of(found: Found, rewriting: Rewritten) -> Parts:
    """What happened to layers, units, tokens and parts?"""
    parts = _depth(found, rewriting)
    parts = _merged(parts, _width(found))
    parts = _merged(parts, _vocabulary(found))
    return _merged(parts, _share(found, rewriting, parts))


def _merged(first: Parts, second: Parts) -> Parts:
    return Parts(
        alterations=tuple(dict.fromkeys((*first.alterations, *second.alterations))),
        said=(*first.said, *second.said),
        caveats=(*first.caveats, *second.caveats),
        layer_map=first.layer_map or second.layer_map,
        inverse=first.inverse if first.inverse is not None else second.inverse,
        stacked=first.stacked or second.stacked,
        widened=first.widened or second.widened,
        experts=first.experts or second.experts,
        fewer_tokens=first.fewer_tokens or second.fewer_tokens,
        moved_tokens=first.moved_tokens or second.moved_tokens,
        whole=first.whole and second.whole,
    )


def _depth(found: Found, rewriting: Rewritten) -> Parts:
    ours, theirs = found.layers
    if not ours or not theirs:
        return Parts()
    pairs = [(link.component, link.origin) for link in found.body]
    mapped = layer_map([*pairs, *rewriting.partner.items()], ours, found.tower)
    known = [n for n in mapped if n >= 0]
    experts = _experts(pairs)
    if experts:
        words = "experts of one side are all one feed-forward block of the other"
        return Parts(
            alterations=("depth-changed",), said=(words,), layer_map=mapped, experts=True, inverse=experts < 0
        )
    if not known or (len(ours) == len(theirs) and len(set(known)) == len(known)):
        return Parts(layer_map=mapped)
    return _deeper(found, mapped, len(ours), len(theirs))


def _deeper(found: Found, mapped: tuple[int, ...], ours: int, theirs: int) -> Parts:
    known = [n for n in mapped if n >= 0]
    words = f"{ours} layers against {theirs}"
    changed: tuple[Verdict, ...] = ("depth-changed",)
    if (found.ours if ours < theirs else found.theirs).incomplete:
        return Parts(layer_map=mapped)
    if len(set(known)) < len(known):
        said = f"{words}: layers of the reference are repeated"
        return Parts(alterations=changed, said=(said,), layer_map=mapped, inverse=False, stacked=True)
    if ours < theirs and len(known) >= _ALL * ours:
        repeated = _repeated(found)
        said = (
            f"{words}: layers of the subject are repeated" if repeated else f"{words}: layers were taken out"
        )
        return Parts(alterations=changed, said=(said,), layer_map=mapped, inverse=repeated, stacked=repeated)
    if ours > theirs and len(set(known)) >= _ALL * theirs:
        said = f"{words}: every layer of the reference is in the subject"
        return Parts(alterations=changed, said=(said,), layer_map=mapped, inverse=True)
    return Parts(layer_map=mapped)


def _experts(pairs: Sequence[tuple[str, str]]) -> int:
    """1 where experts of ours are dense blocks of theirs, -1 the other way round, else 0."""
    a = sum(".experts." in x and ".experts." not in y and layer_of(y) is not None for x, y in pairs)
    b = sum(".experts." in y and ".experts." not in x and layer_of(x) is not None for x, y in pairs)
    return int(a > 1) - int(b > 1)


def _repeated(found: Found) -> bool:
    """Are the reference's layers without a partner repetitions of linked ones?"""
    taken = {id(link.match.theirs) for link in found.good}
    free = [s for s in found.theirs.sketches if id(s) not in taken and layer_of(s.matrix.place.component)]
    if not free:
        return False
    again, _ = correspond(free, found.ours.sketches)
    hits = [m for m in again if m.cosine >= _DUPLICATE]
    return 2 * len(hits) >= len(free)


def _width(found: Found) -> Parts:
    """Blocks of other sizes whose units are found again, in the first and a middle layer."""
    ours = {block.component: block for block in found.ours.network.blocks}
    theirs = {block.component: block for block in found.theirs.network.blocks}
    origin = {link.component: link.origin for link in found.body}
    pairs = [
        (block, theirs[origin[name]])
        for name, block in ours.items()
        if origin.get(name) in theirs and theirs[origin[name]].units != block.units
        and theirs[origin[name]].width == block.width
    ]  # fmt: skip
    for a, b in pairs[:: max(1, len(pairs) // 2)][:2]:
        try:
            seen = width(a, b)
        except GaugerError:
            continue
        if seen.found >= _SAME:
            said = (
                f"{a.units} units a layer against {b.units}; {seen.found:.0%} of the probed ones are "
                "units of the other"
            )
            wider = seen.repeated >= _SAME
            said += ", where they are repeated" if wider else ""
            inverse = (a.units > b.units) != wider
            return Parts(alterations=("width-changed",), said=(said,), inverse=inverse, widened=wider)
    return Parts()


def _vocabulary(found: Found) -> Parts:
    a, b = found.ours.network, found.theirs.network
    if a.embedding is None or b.embedding is None:
        return Parts()
    linked = any(link.component == "embeddings" for link in found.good)
    if linked and a.embedding.shape == b.embedding.shape:
        return Parts()
    seen = vocabulary(found.ours.with_tokens(), found.theirs.with_tokens())
    if seen is None or seen.equal < _SAME:
        return Parts()
    if seen.ours == seen.theirs:
        if not seen.moved:
            return Parts()
        return Parts(
            alterations=("vocabulary-changed",), said=("tokens stand in other rows",), moved_tokens=True
        )
    fewer = seen.ours < seen.theirs
    padding = abs(seen.ours - seen.theirs) <= _PADDING * seen.theirs and not seen.moved
    said = (
        f"{seen.ours:,} tokens against {seen.theirs:,}, {seen.shared:,} of them shared, "
        f"{seen.equal:.0%} with equal embeddings"
    )
    return Parts(
        alterations=("vocabulary-changed",),
        said=(said,),
        fewer_tokens=fewer and not padding,
        inverse=True if fewer and padding else None,
    )


def _share(found: Found, rewriting: Rewritten, so_far: Parts) -> Parts:
    """Is only a part of one in the other?"""
    ours, theirs = found.share_ours, found.share_theirs
    if not found.body and not rewriting.partner:
        named = sorted({link.component for link in found.good if link.component in EMBEDDINGS})
        said = f"only the {' and '.join(named)} are inherited"
        return Parts(alterations=("partly-inherited",), said=(said,), whole=False)
    explained = {"depth-changed", "width-changed"} & {*so_far.alterations} or rewriting.alters
    if found.ours.incomplete or found.theirs.incomplete:
        return Parts()
    if ours >= _MOST and theirs < _PART and not explained:
        said = f"the subject is whole in the reference, of which it is {theirs:.0%}"
        return Parts(alterations=("contained",), said=(said,), inverse=True)
    if theirs >= _MOST and ours < _PART and not explained:
        said = f"the reference is whole in the subject, of which it is {ours:.0%}"
        return Parts(alterations=("contained",), said=(said,), inverse=False)
    silent = found.silent_layers
    unmapped = sum(
        n < 0 and layer not in silent for layer, n in zip(found.layers[0], so_far.layer_map, strict=False)
    )
    partly = max(ours, theirs) < _LITTLE or (unmapped > 0 and "depth-changed" not in so_far.alterations)
    if partly and not explained:
        parts = (
            f"{unmapped} of {len(so_far.layer_map)} layers have no origin in the reference"
            if unmapped
            else ""
        )
        return Parts(alterations=("partly-inherited",), said=(parts,) if parts else (), whole=False)
    return Parts()
