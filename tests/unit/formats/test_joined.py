"""Pieces of one file are found by their names and read as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.gguf import tiny_gguf
from build.pickles import zip_bytes
from build.safetensors import raw_entry, with_header
from gauger.core.errors import Malformed, NothingToExamine
from gauger.core.limits import Limits
from gauger.formats.joined import JoinedSource, SliceSource, group_parts
from gauger.formats.open_model import open_model
from gauger.formats.source import MemorySource
from gauger.formats.weights import open_weights

SAFETENSORS = with_header("{" + raw_entry("a", 0, 8, [2]) + "}", b"\0\0\x80?\0\0\0@")


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (["m.gguf.part00", "m.gguf.part01"], "m.gguf"),
        (["m.gguf.part1of2", "m.gguf.part2of2"], "m.gguf"),
        (["m.zip.001", "m.zip.002"], "m.zip"),
        (["m.gguf.aa", "m.gguf.ab", "m.gguf.ac"], "m.gguf"),
        (["model_part_0000", "model_part_0001"], "model"),
        (["part1.bin", "part2.bin"], "part*.bin"),
        (["s/a_part1/d/m.bin.part0", "s/a_part2/d/m.bin.part1"], "s/a_part*/d/m.bin"),
        (["s/voice_model_1/part.bin", "s/voice_model_2/part.bin"], "s/voice_model_*/part.bin"),
        (["v0.2.1/pkg/chunk.bin", "v0.2.2/pkg/chunk.bin"], "v0.2.*/pkg/chunk.bin"),
        (["p-part_1/m.gguf", "p-part_2/m.gguf"], "p-part_*/m.gguf"),
    ],
)
def test_pieces_are_told_by_their_names(names, title):
    """In one folder or in numbered ones, in the order of their numbers."""
    (group,) = group_parts(reversed(names))
    assert (group.title, list(group.names), group.missing) == (title, names, ())


@pytest.mark.parametrize(
    "names",
    [
        ["a.py", "b.py", "layer.weight", "x.md"],
        ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
        ["a_part1/__init__.py", "a_part2/__init__.py"],
        ["exp_1/model.onnx", "exp_2/model.onnx"],
        ["m.gguf.part3", "m.gguf.part4"],
        ["m.gguf.part0"],
    ],
)
def test_other_files_are_no_pieces(names):
    """Shards are whole files, and without the first piece there is no beginning."""
    assert group_parts(names) == ()


def test_numbers_are_put_in_their_order():
    """10 comes after 9, with and without zeros before it."""
    names = [f"d/part{n}.bin" for n in range(1, 13)]
    assert group_parts(sorted(names))[0].names == tuple(names)


def test_folders_with_the_same_numbers_are_wholes_of_their_own():
    """Two models cut into pieces are not mixed."""
    names = ["e_1/w.part0", "e_1/w.part1", "e_2/w.part0", "e_2/w.part1"]
    assert [group.names for group in group_parts(names)] == [tuple(names[:2]), tuple(names[2:])]


def test_what_lies_behind_a_gap_is_told_and_not_used():
    """Bytes behind a gap would stand in the wrong place."""
    (group,) = group_parts(["m.part1of4", "m.part2of4", "m.part4of4"])
    assert (group.names, group.missing, group.left) == (("m.part1of4", "m.part2of4"), (3,), ("m.part4of4",))


@given(
    sizes=st.lists(st.integers(0, 9), min_size=1, max_size=6),
    offset=st.integers(-1, 50),
    length=st.integers(-1, 50),
)
def test_joined_pieces_read_as_their_bytes_one_behind_the_other(sizes, offset, length):
    """For every range; what is not wholly inside is refused."""
    whole = bytes(range(sum(sizes)))
    starts = [sum(sizes[:n]) for n in range(len(sizes))]
    parts = [MemorySource(whole[s : s + n]) for s, n in zip(starts, sizes, strict=True)]
    joined = JoinedSource(parts, name="j")
    half = len(whole) // 2
    for source, inner in ((joined, whole), (SliceSource(joined, 0, half, name="s"), whole[:half])):
        if offset >= 0 and length >= 0 and offset + length <= len(inner):
            assert source.read_at(offset, length) == inner[offset : offset + length]
        else:
            with pytest.raises(Malformed):
                source.read_at(offset, length)


def cut(folder, data, names):
    """Writes the data in pieces of equal length under these names."""
    step = -(-len(data) // len(names))
    for n, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data[n * step : (n + 1) * step])


@pytest.mark.parametrize(
    "names",
    [
        ["m.gguf.part00", "m.gguf.part01", "m.gguf.part02"],
        ["a_model_part1/data/part01.bin", "a_model_part2/data/part02.bin"],
        ["0.2.1/pkg/chunk.bin", "0.2.2/pkg/chunk.bin"],
    ],
)
def test_a_model_in_pieces_is_opened(tmp_path, names):
    """By its folder, by any of its pieces, and by all of them."""
    data = tiny_gguf()
    (tmp_path / "whole.gguf").write_bytes(data)
    whole = open_model(tmp_path / "whole.gguf")
    folder = tmp_path / "site"
    cut(folder, data, names)
    paths = [folder / name for name in names]
    for place in (folder, paths[0], paths[-1], paths):
        found = open_model(place)
        assert found.tensors == whole.tensors
        assert found.remarks == whole.remarks


def test_a_missing_piece_leaves_what_is_before_it(tmp_path):
    """And the gap is told."""
    data = tiny_gguf()
    cut(tmp_path, data + bytes(len(data)), [f"m.gguf.part{n}" for n in range(4)])
    (tmp_path / "m.gguf.part3").rename(tmp_path / "m.gguf.part7")
    remarks = open_model(tmp_path).remarks
    assert "belong to no tensor" in remarks[0]
    assert "m.gguf: pieces are not here: 3, 4, 5, 6; read up to the first gap" in remarks


def test_numbered_models_that_are_whole_are_not_joined(tmp_path):
    """Each begins as a model does."""
    for n in (1, 2):
        (tmp_path / f"model_part_{n}.gguf").write_bytes(tiny_gguf())
    assert "also in this folder: model_part_2.gguf" in open_model(tmp_path).remarks


@pytest.mark.parametrize("packed", [False, True])
def test_a_model_inside_an_archive_is_opened(tmp_path, packed):
    """Read in place when it is stored, unpacked when not; archives inside archives, too."""
    inner = zip_bytes(
        {"m/README.md": b"x" * 100, "m/model.safetensors": SAFETENSORS.ljust(80)}, packed=packed
    )
    (tmp_path / "model.zip").write_bytes(
        zip_bytes({"pkg/__init__.py": b"", "pkg/model.zip": inner}, packed=packed)
    )
    found = open_model(tmp_path / "model.zip")
    assert found.parts == ("model.zip!pkg/model.zip!m/model.safetensors",)
    with open_weights(tmp_path) as weights:
        assert weights.rows(weights.tensors[0]).tolist() == [[1, 2]]


def test_an_archive_in_pieces_is_opened(tmp_path):
    """The joined pieces are an archive, and the model is in it."""
    data = zip_bytes({"a/model.safetensors": SAFETENSORS.ljust(80), "b/model.gguf": tiny_gguf()})
    cut(tmp_path, data, ["m.zip.001", "m.zip.002", "m.zip.003"])
    found = open_model(tmp_path)
    assert found.parts == ("m.zip!a/model.safetensors",)
    assert found.remarks[-1] == "also in this archive: b/model.gguf"


def test_an_archive_without_a_model_is_none(tmp_path):
    """Nor is one that lies about a member's size."""
    (tmp_path / "m.zip").write_bytes(zip_bytes({"a.txt": b"x" * 100}))
    with pytest.raises(NothingToExamine):
        open_model(tmp_path / "m.zip")
    data = bytearray(zip_bytes({"m.safetensors": SAFETENSORS.ljust(80)}, packed=True))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (70).to_bytes(4, "little")
    (tmp_path / "m.zip").write_bytes(bytes(data))
    with pytest.raises(Malformed):
        open_model(tmp_path / "m.zip")


def test_a_bomb_is_not_unpacked(tmp_path):
    """What may be kept is bounded."""
    data = zip_bytes({"m.safetensors": SAFETENSORS + b"\0" * (1 << 20)}, packed=True)
    (tmp_path / "m.zip").write_bytes(data)
    with pytest.raises(Exception, match="kept_bytes"):
        open_model(tmp_path / "m.zip", Limits(kept_bytes=1 << 16))
