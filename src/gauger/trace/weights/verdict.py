"""From what was found to one verdict, in the order in which one finding outweighs another."""

from __future__ import annotations

from typing import Any, Literal

from gauger.core.comparison import Comparison, ComponentMatch, Verdict
from gauger.core.lineage import Relation
from gauger.core.readings import Measured, Reading, Unmeasured
from gauger.trace.weights.done import Work, work_of
from gauger.trace.weights.every_number import tensors
from gauger.trace.weights.found import Found
from gauger.trace.weights.links import component_of
from gauger.trace.weights.parts import Parts, parts_of
from gauger.trace.weights.power import AGREEMENT, power_of
from gauger.trace.weights.rederive import rederived
from gauger.trace.weights.rewritten import Rewritten, rewritten
from gauger.trace.weights.units import value

RELATIONS: dict[Verdict, Relation] = {
    "identical": "same-as",
    "converted": "converted-from",
    "gate-order-changed": "converted-from",
    "re-parameterised": "converted-from",
    "quantised": "quantised-from",
    "pruned": "pruned-from",
    "width-changed": "pruned-from",
    "depth-changed": "pruned-from",
    "vocabulary-changed": "fine-tuned-from",
    "fine-tuned": "fine-tuned-from",
    "adapter": "fine-tuned-from",
    "partly-inherited": "fine-tuned-from",
    "contained": "merged-from",
    "merged": "merged-from",
}
"""Which relation a finding amounts to."""

WEIGHT: tuple[Verdict, ...] = (
    "merged",
    "contained",
    "partly-inherited",
    "re-parameterised",
    "depth-changed",
    "width-changed",
    "vocabulary-changed",
    "adapter",
    "pruned",
    "fine-tuned",
    "quantised",
    "gate-order-changed",
    "converted",
)
"""The verdict is the first of these that was found; all others are listed as alterations."""

_RELATION_ORDER: tuple[Verdict, ...] = (
    "merged",
    "contained",
    "depth-changed",
    "width-changed",
    "pruned",
    "adapter",
    "fine-tuned",
    "partly-inherited",
    "quantised",
    "vocabulary-changed",
    "re-parameterised",
    "gate-order-changed",
    "converted",
)
_MOST_COMPONENTS = 2000
_MOST_TESTS = 40
_MOST_CAVEATS = 12


def comparison(found: Found, subject: str, reference: str) -> Comparison:
    """What is the verdict on this pair?"""
    rewriting = rewritten(found)
    if (found.established and found.good) or found.embeddings_only:
        said = _same_basis(found, rewriting)
    elif rewriting.units:
        said = _laundered(found, rewriting)
    else:
        said = _nothing(found)
    caveats = (*said.pop("caveats", ()), *_of_reading(found))
    return Comparison(
        subject=subject,
        reference=reference,
        caveats=tuple(dict.fromkeys(caveats))[:_MOST_CAVEATS],
        tests=found.outcomes[:_MOST_TESTS],
        read_bytes=found.ours.weights.read_bytes + found.theirs.weights.read_bytes,
        total_bytes=found.ours.weights.total_bytes + found.theirs.weights.total_bytes,
        **said,
    )


def _same_basis(found: Found, rewriting: Rewritten) -> dict[str, Any]:
    work = work_of(found.good, found.ours.limits, kept_only=rewriting.alters)
    parts = parts_of(found, rewriting)
    if "width-changed" in parts.alterations:
        rewriting = Rewritten()
    if not work.derived and not rewriting.units:
        return _common_start(found, work)
    alterations = [*parts.alterations, *work.alterations]
    if rewriting.alters and (parts.whole or not parts.alterations):
        alterations.insert(0, "re-parameterised")
    if any(link.gates for link in found.good):
        alterations.append("gate-order-changed")
    ordered = tuple(v for v in WEIGHT if v in alterations)
    if isinstance(work.rank, Measured):
        ordered = tuple(v for v in WEIGHT if v in {*ordered, "adapter"} - {"fine-tuned"})
    if not ordered and work.rescaled:
        ordered = ("converted",)
    if not ordered and found.loose:
        ordered = ("fine-tuned",)
    if not ordered and found.ours.weights.file.format != found.theirs.weights.file.format:
        ordered = ("converted",)
    verdict: Verdict = ordered[0] if ordered else "identical"
    inverse, direction = _direction(work, parts)
    again: Reading = Unmeasured(reason="not-requested")
    if work.ours_coarser is not None and "quantised" in work.alterations:
        again = rederived(found.good, work.quantiser, ours=work.ours_coarser)
    return {
        "verdict": verdict,
        "alterations": ordered or ("identical",),
        "relation": _relation(ordered, parts) if ordered else "same-as",
        "inverse": inverse,
        "direction": direction,
        "tier": "laundered"
        if verdict == "re-parameterised"
        else "identity"
        if _is_copy(ordered)
        else "same-base",
        "statement": _statement(found, work, parts, rewriting, verdict, again),
        "caveats": parts.caveats,
        "quantiser": work.quantiser,
        "rank": work.rank,
        "components": _components(found, rewriting),
        "layer_map": parts.layer_map,
        "facts": _facts(found, work) | _again(again),
    }


def _again(again: Reading) -> dict[str, float]:
    return {"re-derived": round(again.value, 6)} if isinstance(again, Measured) else {}


def _is_copy(alterations: tuple[Verdict, ...]) -> bool:
    return set(alterations) <= {"quantised", "converted", "gate-order-changed", "identical"}


def _relation(alterations: tuple[Verdict, ...], parts: Parts) -> Relation:
    """The weightiest alteration's relation; a larger vocabulary or depth is no pruning."""
    first = next(v for v in _RELATION_ORDER if v in alterations)
    if first == "depth-changed" and parts.stacked:
        return "merged-from"
    if first == "depth-changed" and parts.experts:
        return "fine-tuned-from"
    if first == "width-changed" and parts.widened:
        return "fine-tuned-from"
    if first == "vocabulary-changed" and parts.moved_tokens:
        return "converted-from"
    if first == "vocabulary-changed" and parts.fewer_tokens:
        return "pruned-from"
    return RELATIONS[first]


def _direction(work: Work, parts: Parts) -> tuple[bool, str]:
    """Does the relation hold the other way round, and how is that known?"""
    if parts.inverse is not None:
        return parts.inverse, "information-loss"
    if work.ours_coarser is not None:
        return not work.ours_coarser, "information-loss"
    if work.cosine < 0.98 and abs(work.contained - work.containing) > 0.1:
        return work.containing > work.contained, "heuristic"
    return False, "unknown"


def _common_start(found: Found, work: Work) -> dict[str, Any]:
    parts = len(found.parts)
    return {
        "verdict": "shared-initialisation",
        "tier": "same-base",
        "statement": f"the numbers of both hang together (median cosine {work.cosine:.2f} over {parts} "
        "parts), and "
        f"neither is found whole in the other ({work.contained:.2f} and {work.containing:.2f}): both began "
        "from one "
        "starting point, or share a distant ancestor; this is no proof that one comes from the other",
        "components": _components(found, Rewritten()),
        "facts": _facts(found, work),
    }


def _laundered(found: Found, rewriting: Rewritten) -> dict[str, Any]:
    alterations: list[Verdict] = ["re-parameterised", *rewriting.alterations]
    ordered = tuple(v for v in WEIGHT if v in alterations)
    inverse = rewriting.inverse
    relation = RELATIONS[next(v for v in _RELATION_ORDER if v in ordered)]
    return {
        "verdict": "re-parameterised",
        "alterations": ordered,
        "relation": relation,
        "inverse": inverse,
        "direction": "information-loss" if rewriting.directed else "unknown",
        "tier": "laundered",
        "statement": rewriting.statement,
        "caveats": rewriting.caveats,
        "quantiser": rewriting.quantiser,
        "components": _components(found, rewriting),
        "layer_map": rewriting.layer_map,
        "facts": {"likeness": round(rewriting.likeness, 4)},
    }


def _nothing(found: Found) -> dict[str, Any]:
    power, reason, caveats = power_of(found)
    if reason:
        return {
            "verdict": "undecided",
            "tier": "none",
            "statement": f"not decidable: {reason}",
            "caveats": caveats,
            "power": power,
            "components": _components(found, Rewritten()),
        }
    shown = "the least correlation that would have shown is not known"
    if isinstance(power, Measured):
        shown = (
            f"{power.value:.0%} of the units of two layers matched alike on both views would have shown"
            if power.unit == AGREEMENT
            else f"a correlation of {power.value:.2f} or more between the paired units of two layers would "
            "have shown"
        )
    bounds = [value(t) for t in found.outcomes]
    tests = (
        f"the strongest of {len(bounds)} tests has a corrected bound of {min(bounds):.2g}"
        if bounds
        else f"none of {found.looks} pairs of tensors of one size is more alike than chance allows"
    )
    return {
        "verdict": "independent",
        "tier": "none",
        "statement": f"no trace of a common origin: {tests}; {shown}",
        "caveats": caveats,
        "power": power,
        "components": _components(found, Rewritten()),
    }


def _statement(
    found: Found, work: Work, parts: Parts, rewriting: Rewritten, verdict: Verdict, again: Reading
) -> str:
    """The main finding, then what else was done, with numbers."""
    share = f"{found.share_ours:.0%} of its numbers outside the embeddings are linked to the reference"
    words = [_main(work, verdict), *parts.said]
    if rewriting.alters:
        words.append(rewriting.statement)
    if found.loose and verdict == "fine-tuned" and not work.alterations:
        words.append(
            f"{tensors(found.loose)} of the subject with other numbers: {', '.join(found.loose[:3])}"
        )
    if "quantised" in work.alterations:
        words.append(f"quantised ({work.quantiser})")
    if isinstance(again, Measured) and again.value == 1.0:
        words.append("quantising the other again gives the same numbers")
    if "pruned" in work.alterations:
        words.append(f"{work.pruned_share:.0%} of the numbers set to zero")
    if "fine-tuned" in work.alterations and verdict not in ("fine-tuned", "adapter"):
        words.append(f"changed by {work.change:.2%} beyond that")
    if isinstance(work.rank, Measured):
        words.append(f"the change has rank {work.rank.value:.0f}: a merged adapter")
    if work.rescaled:
        words.append("rows of some tensors are rescaled, as when a normalisation is folded in")
    words += [
        f"{name} is incomplete, and only what is here of it was compared"
        for side, name in ((found.ours, "the subject"), (found.theirs, "the reference"))
        if side.incomplete
    ]
    return "; ".join([w for w in words if w] + [share])


def _main(work: Work, verdict: Verdict) -> str:
    if verdict == "identical":
        return "every compared number is equal"
    if verdict == "converted":
        if not work.change:
            return "every compared number is equal, in another format"
        return f"equal up to the rounding of a number type (relative change {work.change:.1e})"
    if verdict == "fine-tuned" and not work.alterations:
        return f"the same model in part (median cosine {work.cosine:.3f})"
    if verdict in ("fine-tuned", "adapter"):
        where = "" if work.changed > 0.98 else f" in tensors that hold {work.changed:.0%} of the numbers"
        size = work.largest if where else work.change
        return f"the same model, changed by {size:.2%}{where} (median cosine {work.cosine:.3f})"
    return f"the same basis (median cosine {work.cosine:.3f})"


def _components(found: Found, rewriting: Rewritten) -> tuple[ComponentMatch, ...]:
    """Part by part: the largest linked tensor speaks for its part."""
    rows: dict[str, ComponentMatch] = {}
    for sketch in found.ours.sketches:
        name = component_of(sketch.matrix)
        if name in rows:
            continue
        links = found.parts.get(name)
        if links:
            top = max(links, key=lambda x: x.numbers)
            equal = all(x.change.equal == 1.0 for x in links)
            rows[name] = ComponentMatch(
                component=name,
                origin=top.origin,
                cosine=_exact(top.change.cosine, "cosine", top.change.numbers),
                change=_exact(top.change.relative, "share", top.change.numbers),
                state="equal" if equal else "altered",
            )
        elif name in rewriting.partner:
            rows[name] = ComponentMatch(component=name, origin=rewriting.partner[name], state="linked")
        elif sketch.matrix.tensor.name in found.analytic:
            rows[name] = ComponentMatch(component=name, state="analytic")
        else:
            unlinked = "undecided" if rewriting.units else _unlinked(found, sketch.lengths)
            rows[name] = ComponentMatch(component=name, state=unlinked)
    return tuple(rows[name] for name in sorted(rows))[:_MOST_COMPONENTS]


def _unlinked(found: Found, lengths: tuple[int, ...]) -> Literal["independent", "undecided"]:
    return "independent" if any(s.lengths == lengths for s in found.theirs.sketches) else "undecided"


def _exact(number: float, unit: str, n: int) -> Reading:
    return Measured.exact(float(number), unit, n) if n else Unmeasured(reason="too-little-data")


def _of_reading(found: Found) -> tuple[str, ...]:
    """What could not be looked at on either side."""
    said: list[str] = []
    for side, name in ((found.ours, "the subject"), (found.theirs, "the reference")):
        unread = [tensor for tensor, _ in side.weights.unread]
        if unread:
            said.append(f"{tensors(unread)} of {name} could not be read: {side.weights.unread[0][1]}")
        if side.broken:
            tell = "tells" if len(side.broken) == 1 else "tell"
            said.append(f"{tensors(side.broken)} of {name} {tell} nothing, the first {side.broken[0]}")
        said += [f"{name}: {remark}" for remark in side.weights.file.remarks[:3]]
    if found.analytic:
        said.append(f"{tensors(found.analytic)} fixed by nature, such as {min(found.analytic)}, left out")
    return tuple(said)


def _facts(found: Found, work: Work) -> dict[str, float]:
    return {
        "cosine": round(work.cosine, 5),
        "change": float(f"{work.change:.4g}"),
        "contained": round(work.contained, 4),
        "containing": round(work.containing, 4),
        "share-of-subject": round(found.share_ours, 4),
        "share-of-reference": round(found.share_theirs, 4),
    }
