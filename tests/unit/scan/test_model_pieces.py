"""A model in pieces is one model of the inventory, wherever its pieces lie."""

from __future__ import annotations

import pytest

from build.deployments import collect_all
from build.gguf import tiny_gguf
from build.hdf5 import tiny_hdf5
from build.openvino import tiny_openvino
from build.paddle import WEIGHTS, program, tiny_paddle
from build.pickles import zip_bytes
from gauger.scan.model_files import ModelFiles


def cut(data, names):
    """The data in pieces of equal length under these names."""
    step = -(-len(data) // len(names))
    return {name: data[n * step : (n + 1) * step] for n, name in enumerate(names)}


def weights(files):
    """Path, format, parts and tensors of each file of weights that is found, and the gaps."""
    found = collect_all(ModelFiles(), files)
    listed = [
        (str(a.location.path), a.format, len(a.parts), a.facts.get("tensors"))
        for a in found.artifacts
        if a.kind == "weights"
    ]
    return listed, [g.detail for g in found.gaps]


@pytest.mark.parametrize(
    "names",
    [
        ["m/x.gguf.part00", "m/x.gguf.part01"],
        ["m/part1.bin", "m/part2.bin", "m/part3.bin"],
        ["s/a_part1/data/x.gguf.part00", "s/a_part2/data/x.gguf.part01"],
        ["s/voice_model_1/part.bin", "s/voice_model_2/part.bin"],
    ],
)
def test_pieces_are_one_model(names):
    """Listed once, under its first piece, and read as a whole."""
    listed, gaps = weights(cut(tiny_gguf(), names))
    assert listed == [(names[0], "gguf", len(names), 2)]
    assert gaps == []


def test_a_missing_piece_is_a_gap():
    """With its number."""
    files = cut(tiny_gguf() + bytes(4000), ["m/x.gguf.part0", "m/x.gguf.part1", "m/x.gguf.part3"])
    _, gaps = weights(files)
    assert any("1 shards are not there: 2" in gap for gap in gaps)


def test_models_that_begin_anew_are_models_of_their_own():
    """Numbers alone make no pieces."""
    listed, _ = weights({"m/model_part_1.gguf": tiny_gguf(), "m/model_part_2.gguf": tiny_gguf()})
    assert [path for path, *_ in listed] == ["m/model_part_1.gguf", "m/model_part_2.gguf"]


def test_formats_of_other_frameworks_are_read():
    """With what belongs to them, inside Keras' own archive, too."""
    document, numbers = tiny_openvino()
    listed, gaps = weights(
        {
            "a/m.pdiparams": tiny_paddle(),
            "a/m.pdmodel": program(WEIGHTS),
            "b/m.xml": document,
            "b/m.bin": numbers,
            "c/m.keras": zip_bytes({"config.json": b"{}", "model.weights.h5": tiny_hdf5()}),
            "d/pom.xml": b"<project/>",
        }
    )
    assert listed == [
        ("a/m.pdiparams", "paddle", 1, 2),
        ("b/m.xml", "openvino", 1, 6),
        ("c/m.keras", "hdf5", 1, 3),
    ]
    assert gaps == []
