"""A model in pieces is traced from any of its pieces, wherever they lie."""

from __future__ import annotations

import pytest

from build.gguf import tiny_gguf
from build.pickles import zip_bytes
from gauger.core.limits import DEFAULT_LIMITS
from gauger.trace.in_pieces import place_in_pieces

NAMES = ("a_model_part1/data/part01.bin", "a_model_part2/data/part02.bin")


@pytest.fixture
def site(tmp_path):
    """A folder with two numbered packages that hold one model between them."""
    data = tiny_gguf()
    for name, piece in zip(NAMES, (data[:500], data[500:]), strict=True):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(piece)
    return tmp_path


def test_pieces_are_found_from_the_folder_above_and_from_each_of_them(site):
    """Their common folder is the root, and all of them are one file of weights."""
    for path in (site, site / NAMES[0], site / NAMES[1]):
        place = place_in_pieces(path, DEFAULT_LIMITS)
        assert (place.root, place.weights) == (site, (NAMES,))


def test_a_folder_with_only_an_archive_is_its_model(tmp_path):
    """The archive is the file of weights."""
    (tmp_path / "m.zip").write_bytes(zip_bytes({"m.gguf": tiny_gguf()}))
    assert place_in_pieces(tmp_path, DEFAULT_LIMITS).weights == (("m.zip",),)


def test_plain_models_and_empty_folders_are_left_to_the_usual_way(tmp_path):
    """None is the answer for what is not in pieces."""
    assert place_in_pieces(tmp_path, DEFAULT_LIMITS) is None
    (tmp_path / "m.gguf").write_bytes(tiny_gguf())
    assert place_in_pieces(tmp_path, DEFAULT_LIMITS) is None
    assert place_in_pieces(tmp_path / "m.gguf", DEFAULT_LIMITS) is None
