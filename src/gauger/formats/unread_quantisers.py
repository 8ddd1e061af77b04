"""Quantisers that are recognised and not decoded: their tensors are listed with the reason."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.formats.composite import Directory, Logical

_KNOWN: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        ".q_weight",
        (".q_scale", ".q_scale_max", ".q_groups", ".q_invperm", ".q_perm", ".q_group_map"),
        "EXL2: bits change from group to group, along a permutation of the inputs",
    ),
    (".trellis", (".suh", ".svh", ".su", ".sv", ".mcg", ".mul1"), "EXL3: codes of a trellis"),
    (
        ".W_q",
        (".meta", ".scale", ".zero", ".axis", ".group_size", ".nbits", ".shape"),
        "HQQ: its packing is a setting that is not stored with it",
    ),
    (".codes", (".codebooks", ".scales"), "AQLM: sums of codebook entries"),
    (
        ".Qidxs",
        (".SU", ".SV", ".Wscale", ".codebook_id"),
        "QuIP#: indices into a lattice after a rotation",
    ),
    (
        ".indices",
        (".centroids", ".res_centroids", ".perm", ".weight_scale", ".weight_bias"),
        "VPTQ: vector codebooks",
    ),
)
"""End of the name of the packed tensor, ends of those beside it (one at least must be there), the reason."""


def find_unread(directory: Directory) -> Iterator[Logical]:
    """Nothing; adds what is known and cannot be read to `directory.unread`."""
    for leaf, beside, reason in _KNOWN:
        for name in [one for one in directory.entries if one.endswith(leaf)]:
            stem = name.removesuffix(leaf)
            parts = [stem + other for other in beside if stem + other in directory.entries]
            if parts:
                directory.unread += [(part, reason) for part in (name, *parts)]
    seen = {name for name, _ in directory.unread}
    for name in [one for one in directory.entries if one.endswith(".qweight") and one not in seen]:
        stem = name.removesuffix(".qweight")
        parts = [f"{stem}.{leaf}" for leaf in ("qweight", "qzeros", "scales", "g_idx")]
        if any(other in directory.entries for other in parts[1:]) and name not in directory.claimed:
            reason = "packed integers whose zero points and scales fit neither AWQ nor GPTQ"
            directory.unread += [(part, reason) for part in parts if part in directory.entries]
    yield from ()
