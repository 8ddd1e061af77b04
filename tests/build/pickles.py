"""PyTorch archives and bare pickles, made without torch. What they would call is never called here."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
from collections import OrderedDict
from typing import Any


def torch_pickle(tensors: dict[str, tuple[str, int, tuple[int, ...]]]) -> bytes:
    """The `data.pkl` of a state dictionary, protocol 2.

    Args:
        tensors: Name to storage class, storage key and shape; each tensor fills its storage.
    """
    out = [b"\x80\x02", b"ccollections\nOrderedDict\n)R("]
    for name, (storage, key, shape) in tensors.items():
        count = 1
        for size in shape:
            count *= size
        strides = [1]
        for size in reversed(shape[1:]):
            strides.insert(0, strides[0] * size)
        out.append(_text(name))
        out.append(b"ctorch._utils\n_rebuild_tensor_v2\n((")
        out.append(_text("storage") + f"ctorch\n{storage}\n".encode() + _text(str(key)) + _text("cpu"))
        out.append(_int(count) + b"tQ" + _int(0))
        out.append(b"(" + b"".join(_int(n) for n in shape) + b"t")
        out.append(b"(" + b"".join(_int(n) for n in strides[: len(shape)]) + b"t")
        out.append(b"\x89ccollections\nOrderedDict\n)RtR")
    return b"".join([*out, b"u."])


def torch_script() -> bytes:
    """A TorchScript archive: a module's state with attributes set by BUILD, and a tuple of constants."""
    state = torch_pickle({"weight": ("FloatStorage", "0", (2,))})[:-1]
    state += b"}(" + _text("_metadata") + b"}u" + b"b."
    constant = torch_pickle({"0": ("FloatStorage", "0", (3,))})
    members = {
        "m/data.pkl": state,
        "m/data/0": struct.pack("<2f", 1, 2),
        "m/constants.pkl": constant,
        "m/constants/0": struct.pack("<3f", 3, 4, 5),
        "m/code/__torch__/m.py": b"raise SystemExit",
    }
    return zip_bytes(members)


def torch_zip(tensors: dict[str, tuple[str, bytes, tuple[int, ...]]], *, packed: bool = False) -> bytes:
    """A whole archive.

    Args:
        tensors: Name to storage class, bytes and shape.
        packed: Whether members are deflated, which PyTorch itself never does.
    """
    directory = {name: (kind, key, shape) for key, (name, (kind, _, shape)) in enumerate(tensors.items())}
    members = {"archive/data.pkl": torch_pickle(directory), "archive/version": b"3\n"}
    members |= {f"archive/data/{key}": data for key, (_, data, _) in enumerate(tensors.values())}
    return zip_bytes(members, packed=packed)


def zip_bytes(members: dict[str, bytes], *, packed: bool = False) -> bytes:
    """An archive of these members with fixed dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, archive.compression)
    return out.getvalue()


def tiny_torch_zip() -> bytes:
    """A state dictionary with one matrix and one vector."""
    return torch_zip(
        {
            "layer.weight": ("FloatStorage", struct.pack("<6f", *range(6)), (2, 3)),
            "layer.bias": ("HalfStorage", struct.pack("<3e", 1, 2, 3), (3,)),
        }
    )


class _Calls:
    """Asks for a call on loading. Nothing in these tests loads it."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("true",)


def calling_pickle(protocol: int = 4) -> bytes:
    """A pickle that would call `os.system`."""
    return pickle.dumps({"weights": [1.0, 2.0], "hook": _Calls()}, protocol=protocol)


def harmless_pickle(protocol: int = 4) -> bytes:
    """A pickle of plain values."""
    return pickle.dumps(OrderedDict(a=[1, 2.5, "x", b"y", None, True, (1, {2})]), protocol=protocol)


def _text(value: str) -> bytes:
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def _int(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)
