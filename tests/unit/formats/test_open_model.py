"""From paths to a model: grouping, choosing, refusing."""

from __future__ import annotations

import numpy as np
import pytest

from build.gguf import tiny_gguf
from build.onnx import external_tensor, model
from build.pickles import tiny_torch_zip
from build.safetensors import index_bytes, safetensors_bytes
from build.tokenizers import tokenizer_json
from gauger.core.errors import NothingToExamine, Unreadable
from gauger.formats.open_model import models_in, open_model, open_tokenizer
from gauger.formats.registry import READERS
from gauger.formats.shards import group_shards
from gauger.formats.sniff import WEIGHTS

SHARD = "model-0000{}-of-00002.safetensors"


def write_shards(folder):
    """Two shards and their index."""
    for n, name in ((1, "a"), (2, "b")):
        (folder / SHARD.format(n)).write_bytes(safetensors_bytes({name: np.zeros(1, "f4")}))
    (folder / "model.safetensors.index.json").write_bytes(
        index_bytes({"a": SHARD.format(1), "b": SHARD.format(2)})
    )


def test_every_format_with_a_reader_is_told_by_its_bytes():
    """The registry and the sniffing agree."""
    assert set(READERS.idents()) == WEIGHTS


def test_a_folder_of_shards_is_one_model(tmp_path):
    """So is one of its shards, named alone."""
    write_shards(tmp_path)
    for place in (tmp_path, tmp_path / SHARD.format(2)):
        found = open_model(place)
        assert [t.name for t in found.tensors] == ["a", "b"]
        assert found.parts == (SHARD.format(1), SHARD.format(2))
        assert found.remarks == ()


def test_exact_files_are_taken_as_given(tmp_path):
    """A sequence is not completed; the index then says what is missing."""
    write_shards(tmp_path)
    found = open_model([tmp_path / SHARD.format(1), tmp_path / "model.safetensors.index.json"])
    assert [t.name for t in found.tensors] == ["a"]
    assert "is missing" in found.remarks[0]


def test_a_file_is_known_without_its_extension(tmp_path):
    """As in Ollama's store; names of parts are relative to the root."""
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "sha256-00").write_bytes(tiny_gguf())
    found = open_model(tmp_path / "blobs" / "sha256-00", root=tmp_path)
    assert (found.format, found.parts) == ("gguf", ("blobs/sha256-00",))


def test_of_several_models_the_first_is_taken_and_the_others_named(tmp_path):
    """By format, then by name."""
    (tmp_path / "z.safetensors").write_bytes(safetensors_bytes({"a": np.zeros(1, "f4")}))
    (tmp_path / "a.gguf").write_bytes(tiny_gguf())
    (tmp_path / "pytorch_model.bin").write_bytes(tiny_torch_zip())
    found = open_model(tmp_path)
    assert found.parts == ("z.safetensors",)
    assert found.remarks == ("also in this folder: a.gguf", "also in this folder: pytorch_model.bin")
    assert [group.title for group in models_in(tmp_path)] == ["z.safetensors", "a.gguf", "pytorch_model.bin"]


def test_external_data_of_onnx_is_looked_for_beside_it(tmp_path):
    """By the usual names."""
    (tmp_path / "m.onnx").write_bytes(model([external_tensor("w", (1,), "m.onnx_data", 0, 4)]))
    (tmp_path / "m.onnx_data").write_bytes(b"\0" * 4)
    for place in (tmp_path, tmp_path / "m.onnx"):
        found = open_model(place)
        assert found.parts == ("m.onnx", "m.onnx_data")
        assert (found.tensors[0].source, found.remarks) == (1, ())


def test_a_link_out_of_the_root_is_refused(tmp_path):
    """One that stays inside is followed, as the Hugging Face cache needs it."""
    (tmp_path / "root").mkdir()
    (tmp_path / "outside").write_bytes(tiny_gguf())
    (tmp_path / "root" / "inside").write_bytes(tiny_gguf())
    (tmp_path / "root" / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "root" / "in").symlink_to("inside")
    assert open_model(tmp_path / "root" / "in", root=tmp_path / "root").parts == ("in",)
    with pytest.raises(Unreadable, match="leads out"):
        open_model(tmp_path / "root" / "out", root=tmp_path / "root")
    assert [group.title for group in models_in(tmp_path / "root", root=tmp_path / "root")] == ["in", "inside"]


def test_what_is_no_model_is_nothing_to_examine(tmp_path):
    """An empty folder and a text file alike; a file that is not there cannot be read."""
    with pytest.raises(NothingToExamine):
        open_model(tmp_path)
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(NothingToExamine):
        open_model(tmp_path / "notes.txt")
    with pytest.raises(Unreadable):
        open_model(tmp_path / "absent")


def test_a_folder_gives_its_tokenizer(tmp_path):
    """None where there is none."""
    assert open_tokenizer(tmp_path) is None
    (tmp_path / "tokenizer.json").write_bytes(tokenizer_json())
    assert open_tokenizer(tmp_path).pieces == (b"a", b"b", b"ab")


def test_shards_are_grouped_by_folder_stem_and_count():
    """A missing one is named; other files stand alone; the order does not matter."""
    names = [
        "x/m-00003-of-00003.gguf",
        "x/m-00001-of-00003.gguf",
        "y/m-00001-of-00003.gguf",
        "x/m.gguf.index.json",
        "x/other.gguf",
        "z/consolidated.01.pth",
        "z/consolidated.00.pth",
        "w/model-00001-of-000163.safetensors",
    ]
    groups = group_shards(names)
    assert groups == group_shards(reversed(names))
    by_title = {group.title: group for group in groups if len(group.names) > 1}
    assert by_title["x/m.gguf"].names == ("x/m-00001-of-00003.gguf", "x/m-00003-of-00003.gguf")
    assert by_title["x/m.gguf"].missing == (2,)
    assert by_title["x/m.gguf"].index == "x/m.gguf.index.json"
    assert by_title["z/consolidated.pth"].names == ("z/consolidated.00.pth", "z/consolidated.01.pth")
    assert len(next(group for group in groups if group.title == "w/model.safetensors").missing) == 162
    assert len(groups) == 5


def test_a_hostile_count_makes_no_long_list():
    """A name can say any number."""
    (group,) = group_shards(["m-00001-of-999999.gguf"])
    assert group.missing == ()
