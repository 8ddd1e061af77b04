"""Tiny `.npz` archives."""

from __future__ import annotations

import io

import numpy as np

from build.pickles import zip_bytes


def npy(array: np.ndarray) -> bytes:
    """One array as a file."""
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def tiny_npz(*, packed: bool = False) -> bytes:
    """A matrix by rows, one by columns, a scalar, and texts that are no weights."""
    arrays = {
        "layer.weight": np.arange(6, dtype="<f4").reshape(2, 3),
        "other": np.asfortranarray(np.arange(6, dtype="<f2").reshape(2, 3)),
        "step": np.array(3, "<i8"),
        "labels": np.array(["a", "b"]),
    }
    return zip_bytes({f"{name}.npy": npy(array) for name, array in arrays.items()}, packed=packed)
