"""Has this question been answered before, and is everything still as it was?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from gauger import __version__
from gauger.core.dossier import Dossier
from gauger.flows.question import Means, Question
from gauger.lists.records import ListFolder
from gauger.scan.store import Store, folder_state, key_of, store_for

_PROGRAM = Path(__file__).parents[1]


def recalled(kind: str, root: Path, catalogue: Path, question: Question, means: Means) -> Dossier | None:
    """The document of an earlier run, byte for byte what a fresh run would give; None where there is none.

    Args:
        kind: Which part of the work it holds: `scan`, or `trace` for scan and trace.
        root: What is examined.
        catalogue: Folder of the knowledge base.
        question: What is asked.
        means: Where documents are kept.
    """
    store = _store(root, means)
    if store is None:
        return None
    data = store.get(_key(kind, root, catalogue, question))
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=Dossier)
    except (msgspec.DecodeError, RecursionError):
        return None


def kept(
    kind: str,
    root: Path,
    catalogue: Path,
    question: Question,
    means: Means,
    answer: Dossier,
    seen: Sequence[tuple[str, int, int, int, int]],
    started_ns: int,
) -> None:
    """Keep the document for the next run, where it can be told that nothing has changed by then."""
    store = _store(root, means)
    if store is not None and seen:
        store.put(_key(kind, root, catalogue, question), seen, started_ns, msgspec.msgpack.encode(answer))


def _store(root: Path, means: Means) -> Store | None:
    if not means.remember or not root.is_dir():
        return None
    return store_for(root, means.folder)


def _key(kind: str, root: Path, catalogue: Path, question: Question) -> str:
    """Everything besides the files on which the document depends."""
    # a part is taken from the whole afterwards, and lists are asked only afterwards
    whole = msgspec.structs.replace(question, since="", lists=ListFolder())
    program = folder_state(_PROGRAM)
    known = program if catalogue.is_relative_to(_PROGRAM) else folder_state(catalogue)
    return key_of(kind, __version__, program, known, os.path.realpath(root), whole)
