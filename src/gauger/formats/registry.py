"""The readers of weights, by the format that `sniff` names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gauger.core.errors import NothingToExamine
from gauger.core.limits import Limits
from gauger.core.plugin import Registry
from gauger.formats.ctranslate2 import read_ctranslate2
from gauger.formats.ggml import read_ggml
from gauger.formats.gguf import read_gguf
from gauger.formats.hdf5 import read_hdf5
from gauger.formats.model_file import ModelFile
from gauger.formats.npz import read_npz
from gauger.formats.onnx import read_onnx
from gauger.formats.openvino import read_openvino
from gauger.formats.paddle import read_paddle
from gauger.formats.pickles import read_pickle
from gauger.formats.pytorch_zip import read_pytorch_zip
from gauger.formats.safetensors import read_safetensors
from gauger.formats.sniff import sniff_source
from gauger.formats.source import Source
from gauger.formats.tflite import read_tflite


class Reader(Protocol):
    """Reads the headers of one format; its `ident` is what `sniff` calls the format."""

    @property
    def ident(self) -> str:
        """The format's name."""
        ...

    def read(self, sources: Sequence[Source], limits: Limits) -> ModelFile:
        """What do these files, which are one model, say they hold?

        Raises:
            Malformed: they are not what the format says.
            LimitExceeded: reading on would cost more than the bounds allow.
            Unreadable: the bytes cannot be had.
        """
        ...


@dataclass(frozen=True)
class FunctionReader:
    """A reader that is one function."""

    ident: str
    read: Callable[[Sequence[Source], Limits], ModelFile]


READERS: Registry[Reader] = Registry(
    "reader",
    (
        FunctionReader("safetensors", read_safetensors),
        FunctionReader("gguf", read_gguf),
        FunctionReader("onnx", read_onnx),
        FunctionReader("pytorch-zip", read_pytorch_zip),
        FunctionReader("tflite", read_tflite),
        FunctionReader("paddle", read_paddle),
        FunctionReader("ctranslate2", read_ctranslate2),
        FunctionReader("hdf5", read_hdf5),
        FunctionReader("ggml", read_ggml),
        FunctionReader("openvino", read_openvino),
        FunctionReader("npz", read_npz),
        FunctionReader("pickle", read_pickle),
    ),
)
"""Every reader of weights that comes with Gauger."""


def read_model(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What do these sources, which are one model, say they hold? The reader is chosen by their bytes.

    Args:
        sources: The files of one model, local or not: shards, their index, external data.
        limits: Bounds.

    Raises:
        NothingToExamine: no reader knows the format.
        Malformed: as the reader.
        LimitExceeded: as the reader.
        Unreadable: as the reader.
    """
    known = READERS.idents()
    for source in sources:
        kind = sniff_source(source)
        if kind in known:
            return READERS.get(kind).read(sources, limits)
    raise NothingToExamine("not a model file that can be read", subject=sources[0].name if sources else "")
