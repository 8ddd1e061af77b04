"""Every reader of the formats package behind one signature, for laws, fuzzing and benchmarks."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack

from build.ctranslate2 import tiny_ctranslate2
from build.ggml import tiny_ggml
from build.gguf import tiny_gguf
from build.hdf5 import tiny_hdf5
from build.images import packed, tar
from build.npz import tiny_npz
from build.onnx import tiny_onnx
from build.openvino import tiny_openvino
from build.paddle import WEIGHTS as PADDLE_WEIGHTS
from build.paddle import graph as paddle_graph
from build.paddle import program as paddle_program
from build.paddle import tiny_paddle
from build.pickles import calling_pickle, tiny_torch_zip, zip_bytes
from build.safetensors import raw_entry, with_header
from build.tflite import tiny_tflite
from build.tokenizers import sentencepiece, tokenizer_json
from gauger.core.errors import LimitExceeded, Malformed, NothingToExamine, Unreadable
from gauger.core.limits import Limits
from gauger.formats import oci
from gauger.formats.bounded_json import bounded_json
from gauger.formats.bounded_yaml import bounded_yaml_all
from gauger.formats.cards import read_card
from gauger.formats.configs import read_config
from gauger.formats.ctranslate2 import read_ctranslate2
from gauger.formats.dequantise import can_read, read_rows
from gauger.formats.ggml import read_ggml
from gauger.formats.gguf import read_gguf
from gauger.formats.hdf5 import read_hdf5
from gauger.formats.joined import JoinedSource
from gauger.formats.model_file import ModelFile
from gauger.formats.npz import read_npz
from gauger.formats.ollama import read_manifest
from gauger.formats.onnx import read_onnx
from gauger.formats.openvino import read_openvino
from gauger.formats.paddle import read_paddle
from gauger.formats.pickles import read_pickle
from gauger.formats.pytorch_zip import read_pytorch_zip
from gauger.formats.registry import read_model
from gauger.formats.safetensors import read_safetensors
from gauger.formats.sentencepiece import read_sentencepiece
from gauger.formats.source import MemorySource, Source
from gauger.formats.tar import tar_members
from gauger.formats.tflite import read_tflite
from gauger.formats.tokenizer_files import (
    read_tiktoken,
    read_tokenizer_config,
    read_vocab_json,
    read_vocab_txt,
)
from gauger.formats.tokenizer_json import read_tokenizer_json
from gauger.formats.unpack import Budget, PlainStream, UnpackedStream, packing
from gauger.formats.zipped import open_zipped

ALLOWED = (Malformed, LimitExceeded, Unreadable, NothingToExamine)
"""All that may come out of a reader besides its answer."""


def weights(reader: Callable[[list[Source], Limits], ModelFile]) -> Callable[[bytes, Limits], object]:
    """This reader on one file, with the first numbers of what it finds."""

    def read(data: bytes, limits: Limits) -> ModelFile:
        source = MemorySource(data, name="mutant")
        model = reader([source], limits)
        for entry in model.tensors[:4]:
            if can_read(entry):
                try:
                    next(read_rows(source, entry, limits), None)
                except ALLOWED:
                    continue
        return model

    return read


def _vocab_json(data: bytes, limits: Limits) -> object:
    return read_vocab_json(MemorySource(data), MemorySource(data), limits)


def _tar(data: bytes, limits: Limits) -> object:
    """The members of a tar file, packed or not, with their first bytes."""
    source, kind = MemorySource(data), packing(data)
    stream = UnpackedStream(source, kind, limits, Budget(limits)) if kind else PlainStream(source)
    return [(member.name, stream.read(10)) for member in tar_members(stream, limits)]


def _zipped(data: bytes, limits: Limits) -> object:
    """The model inside an archive of these bytes."""
    with ExitStack() as stack:
        sources, remarks = open_zipped(stack, MemorySource(data, name="m.zip"), limits)
        return read_model(sources, limits), remarks


def _joined(data: bytes, limits: Limits) -> object:
    """These bytes in three pieces, read as one."""
    third = len(data) // 3
    parts = [MemorySource(piece) for piece in (data[:third], data[third : 2 * third], data[2 * third :])]
    return read_model([JoinedSource(parts, name="mutant")], limits)


def _paddle_program(name: str) -> Callable[[bytes, Limits], object]:
    """These bytes as the program beside a valid file of parameters."""
    params = MemorySource(tiny_paddle(), name="m.pdiparams")
    return lambda data, limits: read_paddle([params, MemorySource(data, name=name)], limits)


def _openvino(data: bytes, limits: Limits) -> object:
    """These bytes as the document beside a valid file of numbers."""
    numbers = MemorySource(tiny_openvino()[1], name="m.bin")
    return read_openvino([MemorySource(data, name="m.xml"), numbers], limits)


_BLOB = {"mediaType": "x", "digest": "sha256:" + "a" * 64, "size": 1, "platform": {"os": "linux"}}


def _of_source(reader: Callable[[Source, Limits], object]) -> Callable[[bytes, Limits], object]:
    return lambda data, limits: reader(MemorySource(data), limits)


READERS: dict[str, tuple[Callable[[bytes, Limits], object], bytes]] = {
    "safetensors": (
        weights(read_safetensors),
        with_header("{" + raw_entry("a", 0, 8, [2]) + "," + raw_entry("b", 8, 12, [1]) + "}", b"\0" * 12),
    ),
    "gguf": (weights(read_gguf), tiny_gguf()),
    "onnx": (weights(read_onnx), tiny_onnx()),
    "pytorch_zip": (weights(read_pytorch_zip), tiny_torch_zip()),
    "pickle": (weights(read_pickle), calling_pickle()),
    "tflite": (weights(read_tflite), tiny_tflite()),
    "paddle": (weights(read_paddle), tiny_paddle()),
    "paddle_program": (_paddle_program("m.pdmodel"), paddle_program(PADDLE_WEIGHTS)),
    "paddle_graph": (_paddle_program("m.json"), paddle_graph(PADDLE_WEIGHTS)),
    "ctranslate2": (weights(read_ctranslate2), tiny_ctranslate2()),
    "hdf5": (weights(read_hdf5), tiny_hdf5()),
    "hdf5_newer": (weights(read_hdf5), tiny_hdf5(newer=True)),
    "ggml": (weights(read_ggml), tiny_ggml()),
    "openvino": (_openvino, tiny_openvino()[0]),
    "zipped": (_zipped, zip_bytes({"a/model.gguf": tiny_gguf(), "b.txt": b"x" * 99}, packed=True)),
    "joined": (_joined, tiny_gguf()),
    "npz": (weights(read_npz), tiny_npz()),
    "npz_packed": (weights(read_npz), tiny_npz(packed=True)),
    "any_model": (weights(read_model), tiny_gguf()),
    "tokenizer_json": (_of_source(read_tokenizer_json), tokenizer_json()),
    "tokenizer_config": (
        _of_source(read_tokenizer_config),
        b'{"added_tokens_decoder": {"1": {"content": "x"}}}',
    ),
    "vocab_txt": (_of_source(read_vocab_txt), b"[PAD]\na\nb\n"),
    "vocab_json": (_vocab_json, b'{"a": 0, "b": 1}'),
    "tiktoken": (_of_source(read_tiktoken), b"YQ== 0\nYg== 1\n"),
    "sentencepiece": (_of_source(read_sentencepiece), sentencepiece([("<s>", 3), ("a", 1)])),
    "json": (bounded_json, b'{"a": [1, 2.5, "x", null, {"b": true}]}'),
    "yaml": (
        bounded_yaml_all,
        b"a: &a [1, {b: c}]\nd: *a\ne:\n  <<: {x: 1}\n---\nf",
    ),
    "config": (
        read_config,
        b'{"model_type": "x", "text_config": {"a": 1}}',
    ),
    "card": (
        read_card,
        b"---\nlicense: mit\nbase_model: [a/b]\n---\n# T\n",
    ),
    "manifest": (
        read_manifest,
        b'{"schemaVersion": 2, "layers": [{"digest": "sha256:' + b"a" * 64 + b'", "size": 1}]}',
    ),
    "image_manifest": (
        oci.read_manifest,
        json.dumps({"config": _BLOB, "layers": [_BLOB | {"annotations": {"a": "b"}}]}).encode(),
    ),
    "image_index": (oci.read_manifest, json.dumps({"manifests": [_BLOB]}).encode()),
    "saved_images": (oci.read_saved, b'[{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l"]}]'),
    "tar": (_tar, tar({"a": b"x", "b/" * 90: b"y", "c": "../a"})),
    "packed_tar": (_tar, packed(tar({"a": b"x"}))),
}
"""Name: the reader, and a small valid file for it."""
