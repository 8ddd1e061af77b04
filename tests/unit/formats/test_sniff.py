"""Formats are told by their bytes."""

from __future__ import annotations

import numpy as np
import pytest

from build.gguf import tiny_gguf
from build.onnx import tiny_onnx
from build.pickles import harmless_pickle, tiny_torch_zip, zip_bytes
from build.safetensors import safetensors_bytes
from build.tokenizers import sentencepiece, tokenizer_json
from gauger.formats.sniff import HEAD_BYTES, sniff, sniff_source
from gauger.formats.source import MemorySource

FILES = {
    "safetensors": safetensors_bytes({"a": np.zeros(2, "f4")}),
    "gguf": tiny_gguf(),
    "onnx": tiny_onnx(),
    "pytorch-zip": tiny_torch_zip(),
    "pickle": harmless_pickle(2),
    "tokenizer-json": tokenizer_json(),
    "sentencepiece": sentencepiece([("<unk>", 2), ("a", 1)]),
    "zip": zip_bytes({"readme.txt": b"x"}),
    "safetensors-index": b'{"metadata": {}, "weight_map": {"a": "b"}}',
    "json": b'{"a": 1}',
    "": b"hello",
}


@pytest.mark.parametrize("expected", FILES)
@pytest.mark.parametrize("name", ["sha256-0123", "model.bin", "misleading.gguf"])
def test_a_format_is_told_by_its_bytes_whatever_the_name_says(expected, name):
    """An Ollama blob has no extension; a wrong one must not mislead."""
    data = FILES[expected]
    assert sniff(data[:HEAD_BYTES], len(data), name) == expected


def test_an_archive_of_torchscript_is_told_by_its_directory():
    """Its first member is code; `data.pkl` comes somewhere behind."""
    data = zip_bytes({"m/code/x.py": b"x", "m/data.pkl": harmless_pickle(2)})
    assert sniff_source(MemorySource(data, name="m.jit")) == "pytorch-zip"
    assert sniff_source(MemorySource(zip_bytes({"a": b"b"}), name="a.jit")) == "zip"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a/config.json", "model-config"), ("adapter_config.json", "adapter-config"), ("x.json", "json")],
)
def test_json_documents_are_told_apart_by_name(name, expected):
    """Their first bytes are alike."""
    assert sniff(b'{"model_type": "bert"}', 22, name) == expected


def test_a_cut_onnx_file_is_still_told():
    """The graph's length then points behind the end."""
    data = tiny_onnx()[:80]
    assert sniff(data, len(data), "x") == "onnx"


@pytest.mark.parametrize("data", [b"", b"\x08", b"\x80", b"GGU", b"\x80\x02", b"\x0a\x05", b"PK\x03\x04"])
def test_few_bytes_are_no_model(data):
    """Nothing is read past the end of a short file."""
    assert sniff(data, len(data)) in ("", "zip")
