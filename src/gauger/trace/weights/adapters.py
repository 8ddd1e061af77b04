"""An adapter by itself: does it fit the weights of another model?"""

from __future__ import annotations

from collections import Counter, defaultdict

from gauger.core.comparison import Comparison
from gauger.core.errors import GaugerError
from gauger.core.readings import Measured, Unmeasured
from gauger.core.text import printable
from gauger.formats.lora import LoraPair, lora_pairs
from gauger.trace.weights.names import parse_name
from gauger.trace.weights.opened import Opened

_Key = tuple[tuple[int, ...], str, tuple[str, ...]]


def adapter_alone(ours: Opened, theirs: Opened, subject: str, reference: str) -> Comparison | None:
    """Is one of these nothing but an adapter, and do all of its targets fit the other's weights?

    An adapter holds what is added to a model, not the model: whether it was trained on this one, its numbers
    do not tell. None where neither or both are adapters, or where a target has no place of its size.
    """
    pairs = (_pairs(ours), _pairs(theirs))
    if bool(pairs[0]) == bool(pairs[1]):
        return None
    inverse = bool(pairs[1])
    adapter, base = (theirs, ours) if inverse else (ours, theirs)
    found = pairs[1] if inverse else pairs[0]
    if not _fit(found, base):
        return None
    ranks = [pair.rank for pair in found]
    usual = Counter(sorted(ranks)).most_common(1)[0][0]
    declared = _declared(adapter)
    said = (
        f"; it declares to be for {declared}" if declared else "; which base it was made for is only declared"
    )
    which = "the reference" if inverse else "the subject"
    other = "the subject" if inverse else "the reference"
    return Comparison(
        subject=subject,
        reference=reference,
        verdict="adapter",
        alterations=("adapter",),
        inverse=inverse,
        tier="none",
        statement=f"{which} is an adapter of rank {usual} and no model: {len(found)} weights to which it "
        f"adds have the names and sizes of {other}'s, as they have in every model of that architecture{said}",
        caveats=("an adapter by itself shows no lineage: apply it, or compare it with other adapters",),
        rank=Measured(value=float(usual), low=min(ranks), high=max(ranks), unit="rank", n=len(ranks)),
        power=Unmeasured(reason="not-present", detail="an adapter has no weights of the base"),
        read_bytes=ours.weights.read_bytes + theirs.weights.read_bytes,
        total_bytes=ours.weights.total_bytes + theirs.weights.total_bytes,
        facts={"adapted-weights": len(found), **({"declared-base": declared} if declared else {})},
    )


def _pairs(opened: Opened) -> tuple[LoraPair, ...]:
    """The adapter's pairs, where there is next to nothing else in the file."""
    try:
        pairs = lora_pairs(opened.weights, opened.adapter_config)
    except GaugerError:
        return ()
    thin = {name for pair in pairs for name in (pair.a.name, pair.b.name)}
    others = [m for m in opened.network.matrices if m.tensor.name not in thin]
    return pairs if not others else ()


def _fit(pairs: tuple[LoraPair, ...], base: Opened) -> bool:
    """Has the base a weight at the place and of the size of each target?"""
    sizes: dict[_Key, set[tuple[int, ...]]] = defaultdict(set)
    for tensor in base.weights.tensors:
        sizes[_key(tensor.name)].add(tensor.shape)
    for pair in pairs:
        turned = (pair.a.shape[-1], pair.b.shape[0])
        there = sizes[_key(pair.target)]
        if not there & {turned[::-1], turned}:
            return False
    return True


def _key(name: str) -> _Key:
    """Which place a name speaks of, without the words that adapters put before it."""
    told = parse_name(name)
    return told.layer, told.expert, told.path


def _declared(adapter: Opened) -> str:
    base = adapter.adapter_config.get("base_model_name_or_path")
    return printable(base, 200) if isinstance(base, str) else ""
