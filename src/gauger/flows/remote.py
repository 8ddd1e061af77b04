"""One model at an address: where it comes from, by ranges of its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gauger.catalogue.query import Lookup
from gauger.core.dossier import Coverage, Dossier
from gauger.flows.check import lineage_of
from gauger.flows.question import DEFAULT_MEANS, Means, Question
from gauger.remote.remote_model import RemoteModel, open_remote
from gauger.scan.store import default_folder
from gauger.trace.trace import trace_remote


def lineage_at(
    address: str,
    lookup: Lookup,
    question: Question,
    means: Means = DEFAULT_MEANS,
    *,
    environment: Mapping[str, str] = {},
    told: Callable[[str], None] = lambda _: None,
) -> Dossier:
    """Where does the model at this address come from?

    Args:
        address: See `gauger.remote.address.address_of`.
        lookup: The knowledge base.
        question: Date and limits.
        means: Where ranges are kept for another run, and whether they are.
        environment: Tokens and endpoints.
        told: Is told at the end how much was read.

    Returns:
        The dossier; the same whether an earlier run has left ranges or not.

    Raises:
        UsageError: the text is no address.
        NothingToExamine: no model is there.
        Unreadable, Malformed, LimitExceeded: the place cannot be listed.
    """
    folder = (means.folder or default_folder()) / "ranges" if means.remember else None
    with open_remote(
        address, question.limits, environment=environment, folder=folder, told=means.progress
    ) as remote:
        means.progress(f"tracing {remote.name}")
        traced = trace_remote(remote, lookup, question.limits)
        read = Coverage(
            files_seen=len(remote.listing.entries),
            files_read=len(remote.opened),
            bytes_read=remote.touched_bytes,
            bytes_total=remote.total_bytes,
        )
        told(_account(remote))
    return lineage_of(remote.name, traced, read, lookup, question)


def _account(remote: RemoteModel) -> str:
    """How much was needed, and how much of that came over the network now?"""
    total = remote.total_bytes
    share = 100 * remote.touched_bytes / total if total else 100.0
    commit = f" at {remote.listing.revision}" if remote.listing.revision else ""
    return (
        f"{remote.name}{commit}: read {remote.touched_bytes:,} of {total:,} bytes ({share:.3g} %); "
        f"{remote.fetched_bytes:,} bytes came over the network in {remote.requests} requests"
    )
