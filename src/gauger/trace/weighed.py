"""From traced models to their weights: which can be opened, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial

from gauger.catalogue.query import Lookup
from gauger.core.limits import Limits
from gauger.formats.weights import Weights, open_weights
from gauger.trace.probe import TracedModel
from gauger.trace.subject import Place
from gauger.trace.weights.lineage import ByWeights, Item, by_weights
from gauger.trace.weights.opened import Opened


def weighed(traced: Sequence[tuple[TracedModel, Place]], lookup: Lookup, limits: Limits) -> ByWeights:
    """What do the weights of these models say of where they come from?

    Models without weights, and pickles whose numbers are not read, are left out; the other probes told why.
    """
    return by_weights(list(_items(traced, limits)), lookup, limits)


def _items(traced: Sequence[tuple[TracedModel, Place]], limits: Limits) -> Iterator[Item]:
    for subject, place in traced:
        readable = {opened.path for opened in subject.weights if opened.file.tensors}
        groups = [group for group in place.weights if group[0] in readable]
        if groups:
            group = groups[0]
            inputs = subject.inputs_of(*group)
            yield Item(subject.model, group[0], partial(_open, subject, place, group, limits), inputs)


def _open(subject: TracedModel, place: Place, group: tuple[str, ...], limits: Limits) -> Opened:
    return Opened(
        _weights(place, group, limits),
        limits,
        config=subject.config,
        tokenizer=subject.tokenizer,
        name=subject.model.name,
    )


def _weights(place: Place, group: tuple[str, ...], limits: Limits) -> Weights:
    """Files of a folder with their siblings; members of archives and remote files as they are."""
    if place.root is None or group[0] in place.members:
        with ExitStack() as stack:
            sources = [stack.enter_context(place.members.open(path)) for path in group]
            return Weights(sources, limits, closing=stack.pop_all())
    paths = [place.root / part for part in group]
    return open_weights(paths[0] if len(paths) == 1 else paths, limits, root=place.root)
