"""OpenVINO's constants are found in the document and read from the file beside it."""

from __future__ import annotations

import numpy as np
import pytest

from build.openvino import PLAIN, Graph, tiny_openvino
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.bounded_xml import walk_xml
from gauger.formats.open_model import open_model
from gauger.formats.registry import read_model
from gauger.formats.source import MemorySource
from gauger.formats.weights import open_weights, weights_of


def read(document, numbers=None, limits=DEFAULT_LIMITS):
    """The model of this document and its numbers."""
    extra = [MemorySource(numbers, name="m.bin")] if numbers is not None else []
    return read_model([MemorySource(document, name="m.xml"), *extra], limits)


def test_constants_have_their_names_shapes_and_places():
    """Groups are laid out in their rows."""
    found = read(*tiny_openvino())
    assert [(t.name, t.dtype, t.shape) for t in found.tensors] == [
        ("plain", "FLOAT32", (2, 3)),
        ("w", "UINT8", (2, 3)),
        ("w/zero", "UINT8", (2, 1)),
        ("w/scale", "FLOAT32", (2, 1)),
        ("g", "UINT4", (2, 4)),
        ("g/scale", "FLOAT16", (2, 2)),
    ]
    assert found.metadata["name"] == "made"
    assert "Const×6" in found.metadata["operators"]


def test_compressed_weights_are_read_as_the_model_uses_them():
    """By row with a zero point, and by groups of a row."""
    document, numbers = tiny_openvino()
    weights = weights_of([MemorySource(document, name="m.xml"), MemorySource(numbers, name="m.bin")])
    values = {t.name: weights.rows(t).tolist() for t in weights.tensors}
    assert values == {
        "plain": PLAIN.tolist(),
        "w": [[0, 1, 2], [0, 2, 4]],
        "g": [[0, 1, 4, 6], [12, 15, 24, 28]],
    }
    assert weights.unread == ()


def test_both_files_open_the_model(tmp_path):
    """By either name, and by their folder."""
    document, numbers = tiny_openvino()
    (tmp_path / "m.xml").write_bytes(document)
    (tmp_path / "m.bin").write_bytes(numbers)
    for place in (tmp_path, tmp_path / "m.xml", tmp_path / "m.bin"):
        assert len(open_model(place).tensors) == 6
    with open_weights(tmp_path / "m.xml") as weights:
        assert weights.rows(weights.tensors[0]).tolist() == PLAIN.tolist()


def test_a_document_alone_lists_what_it_has():
    """And says that the numbers are not here."""
    found = read(tiny_openvino()[0])
    assert {t.offset for t in found.tensors} == {-1}
    assert found.remarks == ("m.xml: the file with its numbers (.bin) is not here",)


def test_a_cut_file_of_numbers_is_told():
    """Tensors that are not whole are counted."""
    document, numbers = tiny_openvino()
    assert read(document, numbers[:20]).remarks == ("m.bin: cut off: 6 of 6 tensors are not whole",)


def test_entities_are_refused():
    """A document that declares its own grows without end, or reaches for files."""
    bomb = b'<!DOCTYPE net [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    document = tiny_openvino()[0].replace(b"<net", bomb + b"<net", 1)
    with pytest.raises(Malformed):
        open_document(document)


def open_document(document):
    """The document read as what its name says, whatever its first bytes are."""
    return list(walk_xml(MemorySource(document), DEFAULT_LIMITS))


@pytest.mark.parametrize("change", [(b'size="24"', b'size="25"'), (b'offset="0"', b'offset="-1"')])
def test_sizes_that_do_not_fit_are_refused(change):
    """A size against the shape, and a place before the file."""
    document, numbers = tiny_openvino()
    with pytest.raises(Malformed):
        read(document.replace(*change), numbers)


def test_too_many_layers_and_levels_are_refused():
    """The bounds are the caller's."""
    graph = Graph()
    for n in range(10):
        graph.constant(f"c{n}", np.ones(1, "<f4"))
    with pytest.raises(LimitExceeded):
        read(graph.document(), bytes(graph.numbers), Limits(tensors=9))
    deep = graph.document().replace(b"</net>", b"<a>" * 70 + b"</a>" * 70 + b"</net>")
    with pytest.raises(LimitExceeded):
        read(deep)
