"""Every architecture of the table becomes the network that it is."""

from __future__ import annotations

import re

import numpy as np
import pytest

from build.architectures import GGUF, TABLE, Architecture, arrays_of
from build.documents import REPOSITORY
from build.gguf import gguf_bytes
from build.safetensors import safetensors_bytes
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of
from gauger.trace.weights.network import Network, network_of


def opened(architecture: Architecture) -> Network:
    """The architecture as a file, read as a network."""
    arrays = arrays_of(architecture)
    if architecture in GGUF:
        values = {"general.architecture": architecture.architecture}
        data = gguf_bytes(values, {n: (a.shape, 0, a.tobytes()) for n, a in arrays.items()})
    else:
        data = safetensors_bytes(arrays)
    return network_of(weights_of([MemorySource(data, name="model")]), architecture.config)


@pytest.mark.parametrize("architecture", [*TABLE, *GGUF], ids=lambda a: a.name)
def test_blocks_are_found(architecture):
    """Each layer has its blocks, with the right units, the right experts and the norm in front."""
    network = opened(architecture)
    expected = {
        part.replace(".1", f".{n}", 1): units
        for part, units in architecture.blocks.items()
        for n in range(architecture.layers)
    }
    assert {block.component: block.units for block in network.blocks} == expected
    assert len(network.blocks) == len(expected)
    assert network.architecture == (
        architecture.config.get("text_config.model_type")
        or architecture.config.get("model_type")
        or architecture.architecture
    ) or not (architecture.architecture or architecture.config)
    for block in network.blocks:
        width = 14 if block.component.startswith("vision") and "Qwen" in architecture.name else 16
        assert (block.width, block.down.shape) == (width, (width, block.units))
        if architecture.norm or architecture.gated:
            assert (block.gate is not None) == architecture.gated
            assert (block.norm.name if block.norm else "").endswith(architecture.norm)
            assert (block.norm is None) == (not architecture.norm)


@pytest.mark.parametrize("architecture", [*TABLE, *GGUF], ids=lambda a: a.name)
def test_gains_are_those_in_use(architecture):
    """Where a checkpoint stores the gain less one, the one is added."""
    network = opened(architecture)
    arrays = arrays_of(architecture)
    for block in network.blocks:
        if block.norm is not None and block.gain is not None and not block.component.startswith("vision"):
            np.testing.assert_array_equal(
                block.gain, arrays[block.norm.name] + np.float32(architecture.offset)
            )


@pytest.mark.parametrize("architecture", [*TABLE, *GGUF], ids=lambda a: a.name)
def test_everything_has_its_place(architecture):
    """No number of a matrix is lost or counted twice, and layers' matrices have their roles."""
    network = opened(architecture)
    arrays = arrays_of(architecture)
    stored = sum(a.size for n, a in arrays.items() if a.ndim > 1 and not n.endswith("_bias"))
    biases = sum(a.size for n, a in arrays.items() if a.ndim > 1 and n.endswith("_bias"))
    assert sum(m.shape[0] * m.shape[1] for m in network.matrices) in (stored, stored + biases)
    found = {m.place.role for m in network.layer(architecture.part)}
    assert set(architecture.roles.split()) - found == set()
    assert (network.embedding is not None) == architecture.embedding
    assert (network.unembedding is not None) == architecture.unembedding
    if network.embedding is not None:
        assert network.embedding.shape == (300, 16)


def row_of(architecture: Architecture) -> str:
    """The architecture's line in the documentation."""
    network = opened(architecture)
    layer = [b for b in network.blocks if b.component in architecture.blocks]
    parts = dict.fromkeys(
        re.sub(r"experts\.\d", "experts.E", b.component.replace(".1", ".N", 1)) for b in layer
    )
    how = {
        "outputs first": any(not b.up.view.transposed for b in layer),
        "inputs first": any(b.up.view.transposed for b in layer),
        "fused": any(b.gate and b.gate.tensor == b.up.tensor for b in layer),
        "stacked": any(len(b.up.tensor.shape) == 3 for b in layer),
        "alternating": any(b.gate and b.gate.view.columns == range(0, 2 * b.units, 2) for b in layer),
    }
    norms = (
        re.sub(r"^.*?[._]\d+[./]", "", b.norm.name).replace("/", ".").rpartition(".")[0]
        for b in layer
        if b.norm
    )
    gain = ", ".join(f"`{norm}`" for norm in dict.fromkeys(norms)) or "none"
    return " | ".join(
        [
            f"| {architecture.name}",
            ", ".join(parts),
            "yes" if any(b.gate for b in layer) else "no",
            gain + (" + 1" if architecture.offset else ""),
            ", ".join(word for word, holds in how.items() if holds) + " |",
        ]
    )


def test_the_documentation_lists_them_all():
    """The table of the reference page is this table."""
    page = (REPOSITORY / "docs" / "reference" / "architectures.md").read_text(encoding="utf-8")
    rows = [
        line
        for line in page.splitlines()
        if line.startswith("| ") and not line.startswith(("| Arch", "| ---"))
    ]
    assert rows == [row_of(architecture) for architecture in (*TABLE, *GGUF)]
