"""An adapter by itself is called one, and nothing is claimed of its base."""

from __future__ import annotations

import numpy as np
import pytest

from build import copies
from build.opened_models import opened
from gauger.core.comparison import Comparison
from gauger.core.readings import Measured
from gauger.trace.weights.claims import result_of
from gauger.trace.weights.compare import compare_opened

P = copies.parent(layers=2)


def thin(
    targets: tuple[str, ...] = ("q_proj", "v_proj"), rank: int = 4, *, inputs: int = copies.WIDTH
) -> copies.Tensors:
    """A low-rank adapter of these weights."""
    draw = np.random.default_rng(1)
    found = {}
    for name in P:
        if name.endswith(tuple(f"{target}.weight" for target in targets)):
            stem = "base_model.model." + name.removesuffix(".weight")
            found[f"{stem}.lora_A.weight"] = draw.standard_normal((rank, inputs)).astype(np.float32)
            found[f"{stem}.lora_B.weight"] = draw.standard_normal((P[name].shape[0], rank)).astype(np.float32)
    return found


def said(
    ours: copies.Tensors, theirs: copies.Tensors = P, config: dict[str, object] | None = None
) -> Comparison:
    """The verdict; the configuration is the adapter's."""
    return compare_opened(opened(ours, adapter=config, name="ours"), opened(theirs, name="theirs"))


@pytest.mark.parametrize("rank", [1, 4, 16])
def test_an_adapter_that_fits(rank):
    """Its rank and the number of weights it adds to; no relation, and no claim."""
    found = said(thin(rank=rank))
    assert (found.verdict, found.relation, found.inverse, found.tier) == ("adapter", "", False, "none")
    assert found.rank == Measured(value=rank, low=rank, high=rank, unit="rank", n=4)
    assert "which base it was made for is only declared" in found.statement
    result = result_of(found)
    assert result.claims == ()
    assert result.evidence[0].strength == "none"


def test_the_declared_base_is_shown_as_declared():
    """What `adapter_config.json` names."""
    found = said(thin(), config={"base_model_name_or_path": "acme/base"})
    assert "it declares to be for acme/base" in found.statement
    assert found.facts["declared-base"] == "acme/base"
    assert said(thin(), config={"base_model_name_or_path": 7}).facts.get("declared-base") is None


def test_the_other_way_round():
    """The reference is the adapter."""
    found = said(P, thin())
    assert (found.verdict, found.inverse) == ("adapter", True)
    assert found.statement.startswith("the reference is an adapter")


@pytest.mark.parametrize(
    "adapter",
    [thin(inputs=48), {n.replace("layers.1", "layers.7"): t for n, t in thin().items()}],
    ids=["size", "place"],
)
def test_an_adapter_of_something_else(adapter):
    """Of another size, or for layers that are not there: not decidable."""
    found = said(adapter)
    assert (found.verdict, found.relation) == ("undecided", "")


def test_a_model_with_an_adapter_in_it_is_a_model():
    """Whole weights beside the adapter are compared as ever."""
    found = said(P | thin())
    assert found.verdict != "adapter"
    assert found.relation != ""


def test_two_adapters_are_compared_by_their_numbers():
    """Equal ones are; a broken pair is none."""
    assert said(thin(), thin()).verdict == "identical"
    broken = thin()
    name = next(iter(broken))
    broken[name] = broken[name][:2]
    assert said(broken).verdict == "undecided"
